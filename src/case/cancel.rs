//! The cancel truth table: every state with every combination of facets that it tells apart, first, repeated and at the
//! same time.

use super::taking::NO_READER;
use super::{Call, Case, Silence, Step, read, reader, take_with};
use crate::contract::Contract;
use crate::contract::cancel::{Expect, Row, Table};
use crate::contract::combination::{Facets, combinations, label, representatives};
use crate::contract::error::Condition;
use crate::contract::operation::{Operation, Role};

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    let facts = &contract.facts;
    for (id, cancel) in contract.of_role(Role::Cancel) {
        let Some(get) = reader(contract, cancel) else {
            cases.push(blind(contract, id));
            continue;
        };
        let shape = contract.shape_of(get);
        for state in facts.lifecycle.states.keys().filter(|state| shape.can_show(state)) {
            let alike = representatives(facts, &facts.cancel, state);
            // What a job was is told by its end alone: there, one combination for each row will do.
            let all = if facts.lifecycle.is_terminal(state) {
                alike.clone()
            } else {
                combinations(facts, &facts.cancel, state)
            };
            for facets in all {
                if let Some(row) = contract.cancel_row(state, &facets) {
                    let is_first = alike.contains(&facets);
                    cases.extend(on(contract, (id, cancel), state, &facets, row, is_first));
                }
            }
        }
    }
    cases
}

/// The case of a cancel that nobody can see the effect of.
fn blind(contract: &Contract, id: &str) -> Case {
    let title = "a cancel does what the table says".to_owned();
    let rules = ["cancel/accepted-when-allowed", "cancel/refused-when-finished", "cancel/takes-effect"];
    let mut case = Case::new(contract, id, "accepted", title, &rules);
    case.silent = Some(Silence::NoWay(NO_READER.to_owned()));
    case
}

/// The cases of one row on jobs in one state with these facets; `is_first` among those that the row treats alike.
fn on(
    contract: &Contract,
    (id, cancel): (&str, &Operation),
    state: &str,
    facets: &Facets,
    row: &Row,
    is_first: bool,
) -> Vec<Case> {
    let Some(get) = reader(contract, cancel) else { return Vec::new() };
    let kind = label(&contract.facts, facets);
    let (variant, whom) = if kind.is_empty() {
        (state.to_owned(), format!("a job in {state}"))
    } else {
        (format!("{state}::{kind}"), format!("a job in {state} ({kind})"))
    };
    let call = Call::new(id).job("job");
    let settle = Step::Poll { job: "job".into(), until: Vec::new() };
    let watch = Step::Watch { job: "job".into(), times: 2 };
    let begin = |what: &str, title: String, rules: &[&'static str]| {
        Case::new(contract, id, &format!("{what}::{variant}"), title, rules)
            .by(Table::Cancel, state, label(&contract.facts, &row.facets))
            .then(take_with("job", state, facets))
            .then(read(get, "job"))
    };
    match &row.expect {
        Expect::Accepted(_) => {
            let title = format!("{whom} can be cancelled, and ends cancelled");
            let mut rules = vec!["cancel/accepted-when-allowed", "cancel/takes-effect"];
            // Where nothing counts and nothing is called cancelled, no reading shows work that goes on.
            if has_counters(contract) {
                rules.push("cancel/work-stops");
            }
            let accepted = begin("accepted", title, &rules).then(Step::Call(call.clone()));
            let mut cases = vec![accepted.then(read(get, "job")).then(settle.clone()).then(watch.clone())];
            if is_first {
                let title = format!("a second cancel of what was {whom} does no harm");
                // The last cancel meets a job that was seen to have ended: where a cancelled job may run on for a
                // while, nothing else shows one that is put back to work.
                let repeated = begin("repeated", title, &["cancel/repeat-harmless"])
                    .then(Step::Call(call.clone()))
                    .then(Step::Call(call.clone()))
                    .then(read(get, "job"))
                    .then(settle.clone())
                    .then(Step::Call(call.clone()));
                cases.push(repeated.then(watch.clone()));
                let title = format!("two cancels of {whom} at the same time agree");
                let together = begin("concurrent", title, &["cancel/concurrent-agree"])
                    .then(Step::Together(vec![call.clone(), call]));
                cases.push(together.then(settle).then(watch));
            }
            cases
        }
        Expect::Refused(condition) => {
            let mut call = call;
            call.probe = Some(*condition);
            let title = format!("{whom} cannot be cancelled, and the attempt changes nothing");
            let is_by_kind = *condition == Condition::UnsupportedKind || !row.facets.is_empty();
            let due = if is_by_kind { "cancel/refused-for-kind" } else { "cancel/refused-when-finished" };
            let mut rules = vec![due, "cancel/refusal-error", "cancel/refusal-changes-nothing"];
            if !is_by_kind && contract.facts.lifecycle.is_terminal(state) {
                rules.push("cancel/repeat-consistent");
            }
            let mut refused = begin("refused", title, &rules);
            for _ in 0..2 {
                refused = refused.then(Step::Call(call.clone())).then(read(get, "job"));
            }
            let mut cases = vec![refused];
            if is_first {
                let title = format!("two cancels of {whom} at the same time change nothing");
                let rules = ["cancel/concurrent-agree", "cancel/refusal-changes-nothing"];
                let together =
                    begin("concurrent", title, &rules).then(Step::Together(vec![call.clone(), call]));
                cases.push(together.then(read(get, "job")));
            }
            cases
        }
        Expect::Undocumented(open) => {
            let title = format!("not documented: {open}");
            let case = begin("undocumented", title, &["cancel/undocumented", "errors/server-error"])
                .then(Step::Call(call));
            vec![case.then(read(get, "job"))]
        }
    }
}

/// Whether readings show how far a job's work is.
fn has_counters(contract: &Contract) -> bool {
    !contract.facts.job.counters.is_empty()
}
