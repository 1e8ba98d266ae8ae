//! The retry table: every state, with what becomes of the job and of the one that takes its place.

use super::taking::NO_READER;
use super::{Call, Case, Silence, Step, read, reader, take};
use crate::contract::Contract;
use crate::contract::cancel::{Expect, Row, Table, row};
use crate::contract::combination::label;
use crate::contract::operation::Role;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, retry) in contract.of_role(Role::Retry) {
        let Some(get) = reader(contract, retry) else {
            let title = "a retry does what the table says".to_owned();
            let mut case = Case::new(contract, id, "retried", title, &["retry/accepted-when-allowed"]);
            case.silent = Some(Silence::NoWay(NO_READER.to_owned()));
            cases.push(case);
            continue;
        };
        cases.extend(received(contract, id, get));
        let shape = contract.shape_of(get);
        for state in contract.facts.lifecycle.states.keys().filter(|state| shape.can_show(state)) {
            let Some(row) = row(&contract.facts.retry, state, &Default::default()) else { continue };
            let begin = |what: &str, title: String, rules: &[&'static str]| {
                Case::new(contract, id, &format!("{what}::{state}"), title, rules)
                    .by(Table::Retry, state, label(&contract.facts, &row.facets))
                    .then(take("job", &[state]))
                    .then(read(get, "job"))
            };
            let mut call = Call::new(id).job("job");
            cases.push(match &row.expect {
                Expect::Accepted(accepted) if accepted.new_job => {
                    let title =
                        format!("a retry of a job in {state} starts a new job, and leaves the old one");
                    let rules = [
                        "retry/accepted-when-allowed",
                        "retry/new-id",
                        "retry/starts-anew",
                        "retry/same-work",
                        "retry/original-untouched",
                    ];
                    call.creates = Some("new".into());
                    begin("retried", title, &rules)
                        .then(Step::Call(call))
                        .then(read(get, "job"))
                        .then(read(get, "new"))
                }
                Expect::Accepted(_) => {
                    let title = format!("a job in {state} can be started again");
                    begin("retried", title, &["retry/accepted-when-allowed"])
                        .then(Step::Call(call))
                        .then(read(get, "job"))
                }
                Expect::Refused(condition) => {
                    call.probe = Some(*condition);
                    let title =
                        format!("a job in {state} cannot be retried, and the attempt changes nothing");
                    let rules = ["retry/refused-when-due", "retry/refusal-error", "retry/original-untouched"];
                    let mut case = begin("refused", title, &rules);
                    for _ in 0..2 {
                        case = case.then(Step::Call(call.clone())).then(read(get, "job"));
                    }
                    case
                }
                Expect::Undocumented(open) => {
                    let title = format!("not documented: {open}");
                    begin("undocumented", title, &["errors/server-error"])
                        .then(Step::Call(call))
                        .then(read(get, "job"))
                }
            });
        }
    }
    cases
}

/// A retry, after which the lists of the other services are walked through.
fn received(contract: &Contract, id: &str, get: &str) -> Option<Case> {
    let service = &contract.facts.operations.get(id)?.service;
    let shape = contract.shape_of(get);
    let documented = |row: &&Row| matches!(&row.expect, Expect::Accepted(a) if a.received_ref.is_some());
    let rows = contract.facts.retry.iter().filter(documented);
    let states: Vec<&str> =
        rows.flat_map(|row| &row.state).filter(|state| shape.can_show(state)).map(String::as_str).collect();
    let lists: Vec<&str> =
        contract.of_role(Role::List).filter(|(_, o)| o.service != *service).map(|(name, _)| name).collect();
    if states.is_empty() || lists.is_empty() {
        return None;
    }
    let title = "a job that a retry starts is known to the other services";
    let case = Case::new(contract, id, "received", title.to_owned(), &["retry/received"]);
    let mut call = Call::new(id).job("job");
    call.creates = Some("new".into());
    let case = case.then(take("job", &states)).then(read(get, "job")).then(Step::Call(call));
    let case = case.then(Step::Poll { job: "new".into(), until: Vec::new() });
    let walk = |case: Case, list: &&str| case.then(Step::Pages { call: Call::new(list), size: None });
    Some(lists.iter().fold(case, walk))
}
