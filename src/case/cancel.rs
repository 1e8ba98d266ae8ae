//! The cancel truth table: every state, first, repeated and at the same time.

use super::{Call, Case, Step, read, reader, take};
use crate::contract::Contract;
use crate::contract::cancel::Expect;
use crate::contract::error::Condition;
use crate::contract::operation::Role;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, cancel) in contract.of_role(Role::Cancel) {
        let Some(get) = reader(contract, cancel) else { continue };
        let shape = contract.shape_of(get);
        for state in contract.facts.lifecycle.states.keys().filter(|state| shape.can_show(state)) {
            let Some(row) = contract.cancel_row(state, &std::collections::BTreeMap::new()) else { continue };
            let call = Call::new(id).job("job");
            let settle = Step::Poll { job: "job".into(), until: Vec::new() };
            let watch = Step::Watch { job: "job".into(), times: 2 };
            let begin = |what: &str, title: String, rules: &[&'static str]| {
                Case::new(contract, id, &format!("{what}::{state}"), title, rules)
                    .then(take("job", &[state]))
                    .then(read(get, "job"))
            };
            match &row.expect {
                Expect::Accepted(_) => {
                    let title = format!("a job in {state} can be cancelled, and ends cancelled");
                    let rules = ["cancel/accepted-when-allowed", "cancel/takes-effect", "cancel/work-stops"];
                    let accepted = begin("accepted", title, &rules).then(Step::Call(call.clone()));
                    cases.push(accepted.then(read(get, "job")).then(settle.clone()).then(watch.clone()));
                    let title = format!("a second cancel of a job that was in {state} does no harm");
                    let repeated = begin("repeated", title, &["cancel/repeat-harmless"])
                        .then(Step::Call(call.clone()))
                        .then(Step::Call(call.clone()));
                    cases.push(repeated.then(read(get, "job")).then(settle.clone()).then(watch.clone()));
                    let title = format!("two cancels of a job in {state} at the same time agree");
                    let together = begin("concurrent", title, &["cancel/concurrent-agree"])
                        .then(Step::Together(vec![call.clone(), call]));
                    cases.push(together.then(settle).then(watch));
                }
                Expect::Refused(condition) => {
                    let mut call = call;
                    call.probe = Some(*condition);
                    let title =
                        format!("a job in {state} cannot be cancelled, and the attempt changes nothing");
                    let rules: &[&'static str] = if *condition == Condition::UnsupportedKind {
                        &["cancel/refused-for-kind", "cancel/refusal-error", "cancel/refusal-changes-nothing"]
                    } else {
                        &[
                            "cancel/refused-when-finished",
                            "cancel/refusal-error",
                            "cancel/refusal-changes-nothing",
                            "cancel/repeat-consistent",
                        ]
                    };
                    let mut refused = begin("refused", title, rules);
                    for _ in 0..2 {
                        refused = refused.then(Step::Call(call.clone())).then(read(get, "job"));
                    }
                    cases.push(refused);
                    let title = format!("two cancels of a job in {state} at the same time change nothing");
                    let rules = ["cancel/concurrent-agree", "cancel/refusal-changes-nothing"];
                    let together = begin("concurrent", title, &rules);
                    cases
                        .push(together.then(Step::Together(vec![call.clone(), call])).then(read(get, "job")));
                }
                Expect::Undocumented(open) => {
                    let title = format!("not documented: {open}");
                    let case = begin("undocumented", title, &["errors/server-error"]).then(Step::Call(call));
                    let case = case.then(read(get, "job"));
                    cases.push(case);
                }
            }
        }
    }
    cases
}
