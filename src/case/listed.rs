//! What lists show of jobs: in every state, after they moved, and of no other parent.

use super::isolation::names_what_differs;
use super::taking::creator;
use super::{Arrange, Call, Case, Parents, Step, finished, read, reader, take};
use crate::contract::Contract;
use crate::contract::operation::{Operation, Role};

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, list) in contract.of_role(Role::List) {
        let Some(get) = reader(contract, list) else { continue };
        let lists = || Step::Pages { call: Call::new(id), size: None };
        cases.extend(after_its_way(contract, id, list).map(|case| case.then(Step::Rest).then(lists())));
        for (state, fact) in &contract.facts.lifecycle.states {
            if !contract.shape(list).can_show(state) {
                continue;
            }
            let title = format!("a list contains a job in {state}, and shows it so");
            let rules = ["listing/contains-created", "listing/agrees-with-reads"];
            let rules = if fact.phase.is_terminal() { &rules[..] } else { &rules[..1] };
            let case = Case::new(contract, id, &format!("contains::{state}"), title, rules);
            let arranged = match take("job", &[state]) {
                // A job that goes on is another one for the next case.
                Step::Arrange(arrange) => {
                    Step::Arrange(Arrange { consumes: !fact.phase.is_terminal(), ..arrange })
                }
                other => other,
            };
            cases.push(case.then(arranged).then(read(get, "job")).then(Step::Rest).then(lists()));
        }
        cases.extend(foreign_jobs(contract, id, list, get));
    }
    cases
}

/// A job that a list shows on its way, and that has ended when the list is asked for again.
fn after_its_way(contract: &Contract, id: &str, list: &Operation) -> Option<Case> {
    let create = creator(contract, list)?;
    let fact = contract.facts.operations.get(create).filter(|fact| fact.target.is_none())?;
    let title = "a list shows that a job has ended which it showed before".to_owned();
    let case = Case::new(contract, id, "follows", title, &["listing/agrees-with-reads"]);
    let start = Call { creates: Some("job".to_owned()), ..Call::new(create) };
    let first = Step::Pages { call: Call::new(id), size: None };
    let ends = Step::Poll { job: "job".into(), until: Vec::new() };
    (!fact.destroys).then(|| case.then(Step::Call(start)).then(first).then(ends))
}

/// A list of one parent, beside a job of another.
fn foreign_jobs(contract: &Contract, id: &str, list: &Operation, get: &str) -> Option<Case> {
    if !names_what_differs(contract, list) {
        return None;
    }
    let title = "a list of one parent holds no job of another".to_owned();
    let case = Case::new(contract, id, "foreign-jobs", title, &["listing/of-parents"]);
    let foreign = match finished(contract, "foreign") {
        Step::Arrange(arrange) => Step::Arrange(Arrange { foreign: true, ..arrange }),
        other => other,
    };
    let mut look = Call::new(get).job("foreign");
    look.parents = Parents::Foreign;
    let case = case.then(foreign).then(Step::Call(look));
    let case = case.then(finished(contract, "own")).then(read(get, "own")).then(Step::Rest);
    Some(case.then(Step::Pages { call: Call::new(id), size: None }))
}
