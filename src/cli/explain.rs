//! `jobproof explain`.

use std::fmt::Write;

use super::args::ExplainArgs;
use super::surroundings::Contracts;
use super::terminal::{Complaint, Terminal};
use crate::mock::decoy::decoys;
use crate::mock::fault::faults;
use crate::rule::registry::{rule, rules};

/// Explains a rule, a case, a fault or a decoy.
pub(super) fn explain(args: &ExplainArgs, out: &Terminal) -> Result<u8, Complaint> {
    let mut text = String::new();
    if let Some(rule) = rule(&args.id) {
        let meta = rule.meta();
        let _ = writeln!(text, "{} ({})\n{}\n", meta.id, meta.keyword.word(), meta.title);
        let _ = writeln!(text, "What is checked\n  {}\n", meta.checks);
        let _ = writeln!(text, "Why it matters\n  {}\n", meta.why);
        let _ = writeln!(text, "How to mend it\n  {}", meta.fix);
        out.out(&text);
        return Ok(0);
    }
    let contracts = Contracts::new(&args.contracts)?.in_edition(args.edition.as_deref())?;
    let mut known: Vec<String> = rules().iter().map(|rule| rule.meta().id.to_owned()).collect();
    for contract in &contracts {
        for case in crate::case::cases(contract) {
            if case.id == args.id {
                let steps = serde_json::to_string_pretty(&case.steps).map_err(|e| e.to_string())?;
                let _ = writeln!(text, "{}\n{}\n", case.id, case.title);
                let _ = writeln!(text, "Made for the rules\n  {}\n", case.rules.join("\n  "));
                if let Some(why) = case.silent.as_ref().map(crate::case::Silence::words) {
                    let _ = writeln!(text, "Not driven\n  {why}\n");
                }
                let _ = writeln!(text, "Steps\n{steps}");
                out.out(&text);
                return Ok(0);
            }
            known.push(case.id);
        }
        for fault in faults(contract) {
            if fault.label().id == args.id {
                let vendor = &contract.facts.id;
                let _ = writeln!(text, "{} ({vendor})\n{}\n", fault.label().id, fault.label().title);
                let _ = writeln!(text, "Caught by\n  {}\n", fault.label().caught_by.join("\n  "));
                let _ = writeln!(text, "See it\n  jobproof check {vendor} --fault '{}'\n", fault.label().id);
            }
            known.push(fault.label().id.clone());
        }
        for decoy in decoys(contract) {
            let label = decoy.label();
            if label.id == args.id {
                let vendor = &contract.facts.id;
                let _ = writeln!(text, "{} ({vendor})\n{}\n", label.id, label.title);
                let _ = writeln!(text, "Why it is legal\n  {}\n", label.legal);
                let _ =
                    writeln!(text, "See that it passes\n  jobproof check {vendor} --decoy '{}'\n", label.id);
            }
            known.push(label.id.clone());
        }
    }
    if text.is_empty() {
        let near = crate::contract::source::nearest(&args.id, known.iter().map(String::as_str));
        let help = near.map_or(
            "see `jobproof list rules`, `list cases`, `list faults` and `list decoys`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(format!("there is no rule, case, fault or decoy `{}`; {help}", args.id).into());
    }
    out.out(&text);
    Ok(0)
}
