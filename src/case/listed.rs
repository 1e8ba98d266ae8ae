//! What lists show of jobs: in every state, after they moved, and of no other parent.

use std::collections::BTreeMap;

use super::isolation::names_what_differs;
use super::taking::creator;
use super::{Arrange, Call, Case, Step, finished, finished_with, read, reader, take};
use crate::contract::Contract;
use crate::contract::operation::{Operation, Role};

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = follow(contract);
    for (id, list) in contract.of_role(Role::List) {
        let Some(get) = reader(contract, list) else { continue };
        let lists = || Step::Pages { call: Call::new(id), size: None };
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
                    let facets = list.first_listed();
                    Step::Arrange(Arrange { consumes: !fact.phase.is_terminal(), facets, ..arrange })
                }
                other => other,
            };
            cases.push(
                case.then(arranged).then(read(get, "job")).then(Step::Rest { must_be: false }).then(lists()),
            );
        }
        cases.extend(foreign_jobs(contract, id, list, get));
    }
    cases.extend(contract.facts.operations.iter().filter_map(|(id, list)| of_items(contract, id, list)));
    cases
}

/// A list of something other than jobs, by pages of the usual size and of one item.
fn of_items(contract: &Contract, id: &str, list: &Operation) -> Option<Case> {
    if list.items.is_none() || contract.writes(id) {
        return None;
    }
    let mut rules = vec!["listing/pages-partition"];
    if let Some(paging) = &list.pagination {
        rules.push("listing/walk-ends");
        rules.extend(paging.says_something().then_some("listing/page-facts"));
        rules.extend(paging.size.iter().flat_map(|_| ["listing/page-size", "listing/walks-agree"]));
    }
    let title = "the pages of a list hold every item once, whatever their size".to_owned();
    let mut case = Case::new(contract, id, "pages", title, &rules);
    let mut call = Call::new(id);
    if list.target.is_some() {
        case = case.then(finished(contract, "job")).then(read(reader(contract, list)?, "job"));
        call = call.job("job");
    }
    let walk = |size| Step::Pages { call: call.clone(), size };
    let case = case.then(walk(None));
    let has_size = list.pagination.as_ref().is_some_and(|paging| paging.size.is_some());
    Some(if has_size { case.then(walk(Some(1))).then(walk(None)) } else { case })
}

/// For each service a job that its lists show on its way, and that has ended when they are asked for again: one wait
/// serves them all.
fn follow(contract: &Contract) -> Vec<Case> {
    let mut services: BTreeMap<Option<&String>, Vec<&str>> = BTreeMap::new();
    for (id, list) in contract.of_role(Role::List) {
        services.entry(list.service.as_ref()).or_default().push(id);
    }
    let case = |lists: Vec<&str>| {
        let list = contract.facts.operations.get(*lists.first()?)?;
        let create = creator(contract, list)?;
        let fact = contract.facts.operations.get(create).filter(|fact| fact.target.is_none())?;
        let title = "a list shows that a job has ended which it showed before".to_owned();
        let rules = ["listing/agrees-with-reads", "listing/contains-created"];
        let case = Case::new(contract, lists.first()?, "follows", title, &rules);
        let start = Call { creates: Some("job".to_owned()), ..Call::new(create) };
        let walk = |case: Case, id: &&str| case.then(Step::Pages { call: Call::new(id), size: None });
        let case = lists.iter().fold(case.then(Step::Call(start)), walk);
        let case = case.then(Step::Poll { job: "job".into(), until: Vec::new() });
        let case = lists.iter().fold(case.then(Step::Rest { must_be: true }), walk);
        (!fact.destroys && reader(contract, list).is_some()).then_some(case)
    };
    services.into_values().filter_map(case).collect()
}

/// A list of one parent, beside a job of another.
fn foreign_jobs(contract: &Contract, id: &str, list: &Operation, get: &str) -> Option<Case> {
    if !names_what_differs(contract, list) {
        return None;
    }
    let title = "a list of one parent holds no job of another".to_owned();
    let case = Case::new(contract, id, "foreign-jobs", title, &["listing/of-parents"]);
    let kind = list.first_listed();
    let foreign = match finished_with(contract, "foreign", &kind) {
        Step::Arrange(arrange) => Step::Arrange(Arrange { foreign: true, ..arrange }),
        other => other,
    };
    // Under its own parents, which are the other ones.
    let case = case.then(foreign).then(read(get, "foreign"));
    let case = case.then(finished_with(contract, "own", &kind)).then(read(get, "own"));
    Some(case.then(Step::Pages { call: Call::new(id), size: None }))
}
