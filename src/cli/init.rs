//! `jobproof init`.

use std::fmt::Write;

use super::args::InitArgs;
use super::surroundings::Contracts;
use super::terminal::{Complaint, Terminal};
use crate::contract::operation::Role;
use crate::sign::schemes;

/// Prints a commented target file.
pub(super) fn init(args: &InitArgs, out: &Terminal) -> Result<u8, Complaint> {
    let contract = Contracts::new(&args.contracts)?.contract(&args.vendor, None)?;
    let facts = &contract.facts;
    let mut text = String::new();
    let _ = writeln!(text, "# A server to judge against the contract of {}.", facts.title);
    let _ = writeln!(
        text,
        "# Use: jobproof plan {0} --target THIS, then jobproof check {0} --target THIS\n",
        facts.id
    );
    let _ = writeln!(text, "vendor = \"{}\"", facts.id);
    if !facts.editions.is_empty() {
        let editions: Vec<&str> = facts.editions.keys().map(String::as_str).collect();
        let _ = writeln!(text, "# edition = \"...\"        # one of: {}", editions.join(", "));
    }
    if facts.services.is_empty() {
        let _ = writeln!(text, "base_url = \"http://127.0.0.1:9000\"");
    }
    let _ = writeln!(text, "# What may be sent. With \"read\" alone nothing on the server is changed.");
    let mut more = String::new();
    if contract.of_role(Role::CancelMany).next().is_some() {
        let what = "cancels many jobs at a time: those of others, too, if they are in the range";
        let _ = writeln!(text, "# \"cancel-many\" {what}.");
        more.push_str(", \"cancel-many\"");
    }
    if facts.operations.keys().any(|operation| contract.writes(operation)) {
        let what = "makes, changes and removes what jobs belong to: only what the run made itself";
        let _ = writeln!(text, "# \"write\" {what}.");
        more.push_str(", \"write\"");
    }
    if facts.operations.values().any(|operation| operation.destroys) {
        let _ = writeln!(text, "# \"destroy\" starts jobs that destroy data.");
        more.push_str(", \"destroy\"");
    }
    let _ = writeln!(text, "allow = [\"read\"]        # + \"create\", \"cancel\"{more}\n");
    let _ = writeln!(
        text,
        "# What has to be judged for a verdict; without it, something of each group of rules that is allowed.\n# require = [\"lifecycle\", \"fields=80%\"]\n"
    );
    if !facts.services.is_empty() {
        let _ = writeln!(text, "[base_urls]");
        for service in facts.services.keys() {
            let _ = writeln!(text, "{service} = \"http://127.0.0.1:9000\"");
        }
        text.push('\n');
    }
    for (n, scheme) in schemes(&facts.auth).iter().enumerate() {
        // One scheme is enough; the others are there to choose from.
        let mark = if n == 0 { "" } else { "# " };
        let _ = writeln!(text, "# Secrets come as env:NAME or file:PATH.\n{mark}[auth.{}]", scheme.name());
        for name in scheme.example().0.keys() {
            let _ = writeln!(text, "{mark}{name} = \"{}\"", usual(scheme.name(), name));
        }
        if let Some(name) = scheme.temporary() {
            let value = usual(scheme.name(), name);
            let _ = writeln!(text, "# {name} = \"{value}\"        # of temporary keys");
        }
        text.push('\n');
    }
    let _ = writeln!(text, "# What paths and bodies need.\n[parameters]");
    for (name, parameter) in &facts.parameters {
        let mark = if parameter.optional { "# " } else { "" };
        let value = match parameter.secret {
            true => format!("\"env:JOBPROOF_{}\"", name.to_uppercase()),
            false => parameter.example.to_string(),
        };
        let _ = writeln!(text, "{mark}{name} = {value}    # {}", parameter.title);
    }
    if facts.parameters.values().any(|p| p.foreign.is_some()) {
        let _ = writeln!(text, "\n# A second parent, for the isolation rules.\n# [other_parent]");
        for (name, parameter) in &facts.parameters {
            if let Some(foreign) = &parameter.foreign {
                let _ = writeln!(text, "# {name} = {foreign}");
            }
        }
    }
    let state =
        facts.lifecycle.states.iter().find(|(_, s)| s.phase.is_terminal()).map_or("", |(name, _)| name);
    let _ =
        writeln!(text, "\n# Jobs known to be in a state, and to stay there until acted on.\n# [[fixtures]]");
    let _ = writeln!(text, "# state = \"{state}\"\n# jobs = [\"{}\"]", facts.job.ids.sample);
    let _ = writeln!(text, "\n# Members merged into the body of requests that start a job.\n# [create]");
    let _ = writeln!(
        text,
        "\n# What puts a job into a state: a POST of {{\"state\", \"facets\", \"parents\"}}, or a command."
    );
    let _ = writeln!(
        text,
        "# [arrange]\n# http = \"http://127.0.0.1:9000/__jobproof/arrange\"\n# command = [\"./seed\", \"{{state}}\"]"
    );
    let _ = writeln!(
        text,
        "\n[limits]\nrequests_per_second = 2\nmax_jobs = 3\ndeadline = \"10m\"     # for one job to get where it is waited for"
    );
    let _ = writeln!(
        text,
        "\n# [tls]\n# ca_file = \"ca.pem\"\n# insecure = true       # said loudly in the report"
    );
    out.out(&text);
    Ok(0)
}

/// Where a credential usually comes from.
fn usual(scheme: &str, name: &str) -> String {
    match (scheme, name) {
        (_, "region") => "us-east-1".to_owned(),
        // The variables that a target file without keys falls back on.
        ("sigv4", name) => format!("env:AWS_{}", name.to_uppercase()),
        (_, name) => format!("env:JOBPROOF_{}", name.to_uppercase()),
    }
}
