//! Lists: what they contain, how they page, what filters do.

use super::{Arrange, Call, Case, Step, finished, read, reader};
use crate::contract::Contract;
use crate::contract::operation::{FilterEffect, Role};
use crate::contract::pointer::Pointer;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, list) in contract.of_role(Role::List) {
        let Some(get) = reader(contract, list) else { continue };
        let jobs = |mut case: Case, number: usize| {
            for n in 1..=number {
                let slot = format!("job{n}");
                case = case.then(finished(contract, &slot)).then(read(get, &slot));
            }
            case
        };
        let walk = |size| Step::Pages { call: Call::new(id), size };
        let title = "a list contains the jobs that were seen before".to_owned();
        let case = Case::new(contract, id, "contains", title, &["listing/contains-created"]);
        cases.push(jobs(case, 2).then(walk(None)));
        let Some(paging) = &list.pagination else { continue };
        let title = "the pages of a list hold every job once".to_owned();
        let rules =
            ["listing/pages-partition", "listing/walk-ends", "listing/contains-created", "listing/page-size"];
        let case = Case::new(contract, id, "pages", title, &rules);
        let size = paging.size.as_ref().map(|_| 2);
        cases.push(jobs(case, 5).then(walk(size)));
        for filter in &list.filters {
            let title = format!("the filter `{}` does what it says", filter.name);
            let case =
                Case::new(contract, id, &format!("filter::{}", filter.name), title, &["listing/filter"]);
            cases.push(match &filter.effect {
                FilterEffect::OnlyState(_) => only_state(contract, case, id, filter),
                FilterEffect::Ascending(_) | FilterEffect::Descending(_) => {
                    let mut call = Call::new(id);
                    call.set = leaves(&filter.send, "");
                    call.filter = Some((filter.name.clone(), None));
                    let mut case = case;
                    for n in 1..=3 {
                        let slot = format!("job{n}");
                        // Reading once more lets time pass, so that the jobs differ in what they are ordered by.
                        case = case.then(finished(contract, &slot)).then(Step::Watch { job: slot, times: 1 });
                    }
                    case.then(Step::Pages { call, size: None })
                }
            });
        }
    }
    cases
}

/// Jobs in two final states, of which one is asked for.
fn only_state(
    contract: &Contract,
    mut case: Case,
    id: &str,
    filter: &crate::contract::operation::Filter,
) -> Case {
    let lifecycle = &contract.facts.lifecycle;
    let mut states: Vec<_> = lifecycle.states.iter().filter(|(_, s)| s.phase.is_terminal()).collect();
    states.sort_by_key(|(_, s)| s.phase);
    for (n, (state, _)) in states.iter().take(2).enumerate() {
        case = case.then(Step::Arrange(Arrange {
            job: format!("job{}", n + 1),
            states: vec![(*state).clone()],
            facets: std::collections::BTreeMap::new(),
            foreign: false,
            consumes: false,
        }));
    }
    let wanted = states.first().map(|(state, _)| (*state).clone()).unwrap_or_default();
    let mut call = Call::new(id);
    call.set = leaves(&filter.send, &wanted);
    call.filter = Some((filter.name.clone(), Some(wanted)));
    case.then(Step::Pages { call, size: None })
}

/// The members a filter puts into the request, with the state in place of `{state}`.
fn leaves(send: &serde_json::Value, state: &str) -> Vec<(Pointer, serde_json::Value)> {
    let mut found = Vec::new();
    for (part, members) in send.as_object().into_iter().flatten() {
        for (name, value) in members.as_object().into_iter().flatten() {
            let text = value.to_string().replace("{state}", state);
            let value = serde_json::from_str(&text).unwrap_or_else(|_| value.clone());
            found.push((Pointer::new(format!("/{part}/{}", crate::contract::pointer::escape(name))), value));
        }
    }
    found
}
