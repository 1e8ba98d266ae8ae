//! `jobproof plan`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::args::ChoiceArgs;
use super::subjects::{choice, subjects};
use super::terminal::{Complaint, Terminal};
use crate::case::{Case, Needs};
use crate::contract::Contract;
use crate::judge::Requirement;
use crate::judge::requirement::requirements;
use crate::report::bar::of_vendor;
use crate::report::model::{LedgerRow, WhyNot};
use crate::report::tally::by_group;
use crate::rule::registry::rules;
use crate::rule::{Rule, Why};
use crate::run::plan::{Decision, plan as decide};

/// Prints what `check` would send; sends nothing.
pub(super) fn plan(args: &ChoiceArgs, out: &Terminal) -> Result<u8, Complaint> {
    let chosen = choice(args)?;
    let (subjects, _) = subjects(args)?;
    let mut text = String::new();
    for subject in subjects {
        let contract = subject.server.contract();
        let judges = chosen.rules(&rules());
        let planned = decide(&contract, subject.server.allow(), &chosen, &judges);
        let (mut total, mut driven) = (Needs::default(), 0);
        let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
        let mut left_out = 0;
        let mut roles: BTreeMap<String, usize> = BTreeMap::new();
        for (case, decision) in &planned {
            match decision {
                Decision::Drive => {
                    let needs = case.needs(&contract);
                    driven += 1;
                    total += needs;
                    *roles.entry(case.operation.clone()).or_default() += 1;
                }
                Decision::Skip(why) => *skipped.entry(why.to_string()).or_default() += 1,
                Decision::LeftOut => left_out += 1,
            }
        }
        let edition = contract.edition.as_ref().map_or_else(String::new, |edition| format!(" [{edition}]"));
        let _ = writeln!(text, "{}{edition}, {}", contract.facts.title, subject.target);
        let _ = writeln!(text, "  {driven} of {} cases would be driven", planned.len());
        for (operation, number) in roles {
            let _ = writeln!(text, "    {number:>4}  {operation}");
        }
        let _ = writeln!(text, "  requests of the cases themselves, at least:");
        let _ = writeln!(text, "    {:>4}  that read (polling counted once each)", total.reads);
        let _ = writeln!(text, "    {:>4}  that start a job", total.creates);
        if total.destroys > 0 {
            let _ = writeln!(text, "    {:>4}  of which start one that destroys data", total.destroys);
        }
        let _ = writeln!(text, "    {:>4}  that cancel a job", total.cancels);
        if total.cancels_many > 0 {
            let what = "that cancel many jobs: those of others, too, if they are in the range";
            let _ = writeln!(text, "    {:>4}  {what}", total.cancels_many);
        }
        if total.writes > 0 {
            let what = "that make, change or remove something else";
            let _ = writeln!(text, "    {:>4}  {what}", total.writes);
        }
        judged(&mut text, &contract, &planned, &judges, &subject.require);
        if let Some(pace) = subject.server.pace() {
            let _ = writeln!(text, "  readings of jobs keep to the documented pace: {pace}");
        }
        let _ = writeln!(
            text,
            "  {} jobs in given states would be arranged: from fixtures, by the arrange hook, or",
            total.jobs
        );
        let _ =
            writeln!(text, "  created and brought there (shared between cases where they are not changed)");
        let used = total.permissions();
        let used: Vec<&str> = used.iter().filter(|(_, times)| *times > 0).map(|(word, _)| *word).collect();
        let _ = writeln!(text, "  permissions used: {}", used.join(", "));
        if left_out > 0 {
            let _ = writeln!(text, "  left out by --only, --skip or --rule: {left_out} cases");
        }
        if !skipped.is_empty() {
            let _ = writeln!(text, "  not driven:");
            for (why, number) in skipped {
                let _ = writeln!(text, "    {number:>4}  {why}");
            }
        }
        text.push('\n');
    }
    text.push_str("Nothing was sent.\n");
    out.out(&text);
    Ok(0)
}

/// How much of each group would be judged if all that is driven goes well, and what would keep the run below its bar: read
/// from the table that the report of `check` will be read from.
fn judged(
    text: &mut String,
    contract: &Contract,
    planned: &[(Case, Decision)],
    rules: &[&'static dyn Rule],
    require: &[String],
) {
    let ledger = ledger(contract, planned, rules);
    let vendor = &contract.facts.id;
    let groups = by_group(&ledger, vendor);
    let width = groups.keys().map(|group| group.len()).max().unwrap_or_default();
    let _ = writeln!(text, "  would be judged, if what is driven goes well:");
    for (group, tally) in &groups {
        let why = tally.why_not.iter().map(Why::brief).collect::<Vec<_>>().join("; ");
        let why = if why.is_empty() { String::new() } else { format!("  ({why})") };
        let _ = writeln!(text, "    {group:width$}  {:>3} of {:>3}{why}", tally.judged, tally.of);
    }
    for short in of_vendor(&ledger, vendor, require) {
        let _ = writeln!(text, "  there would be no verdict: {short}");
    }
}

/// The ledger of a run in which all that is driven goes well.
fn ledger(contract: &Contract, planned: &[(Case, Decision)], rules: &[&'static dyn Rule]) -> Vec<LedgerRow> {
    let row = |(requirement, places): (Requirement, Vec<usize>)| {
        let mut reasons: BTreeMap<Why, usize> = BTreeMap::new();
        let mut judged = 0;
        for (_, decision) in places.iter().filter_map(|place| planned.get(*place)) {
            match decision {
                Decision::Drive => judged += 1,
                Decision::Skip(why) => *reasons.entry(why.clone()).or_default() += 1,
                Decision::LeftOut => *reasons.entry(Why::LeftOut).or_default() += 1,
            }
        }
        let role = contract.facts.operations.get(&requirement.operation)?.role;
        Some(LedgerRow {
            vendor: contract.facts.id.clone(),
            rule: requirement.rule.to_owned(),
            operation: requirement.operation,
            role,
            row: requirement.row,
            judged,
            broken: 0,
            why_not: reasons.into_iter().map(|(why, times)| WhyNot { why, times }).collect(),
        })
    };
    requirements(planned.iter().map(|(case, _)| case), rules).into_iter().filter_map(row).collect()
}
