//! Lists: what they contain, how they page, what filters do.

use super::{Arrange, Call, Case, Step, finished, finished_with, read, reader};
use crate::contract::Contract;
use crate::contract::combination::{Facets, label};
use crate::contract::error::Condition;
use crate::contract::operation::{FilterEffect, Operation, OverMax, PageStyle, Pagination, Role};
use crate::contract::pointer::Pointer;
use crate::exchange::Violation;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, list) in contract.of_role(Role::List) {
        let Some(get) = reader(contract, list) else { continue };
        let kind = list.first_listed();
        let jobs = |mut case: Case, number: usize| {
            for n in 1..=number {
                let slot = format!("job{n}");
                case = case.then(finished_with(contract, &slot, &kind)).then(read(get, &slot));
            }
            case
        };
        let walk = |size| Step::Pages { call: Call::new(id), size };
        let title = "a list contains the jobs that were seen before".to_owned();
        let rules = ["listing/contains-created", "errors/valid-request-served"];
        let case = Case::new(contract, id, "contains", title, &rules);
        cases.push(jobs(case, 2).then(Step::Rest { must_be: true }).then(walk(None)));
        cases.extend(kinds(contract, id, list, get));
        let Some(paging) = &list.pagination else { continue };
        cases.extend(bad_token(contract, id, paging));
        cases.extend(over_max(contract, id, list, get));
        cases.extend(over_max_of_many(contract, id, paging));
        let title = "the pages of a list hold every job once, whatever their size".to_owned();
        let mut rules = vec![
            "listing/pages-partition",
            "listing/walk-ends",
            "listing/contains-created",
            "listing/page-size",
        ];
        rules.extend(paging.says_something().then_some("listing/page-facts"));
        let Some(_) = &paging.size else {
            let case = Case::new(contract, id, "pages", title, &rules);
            cases.push(jobs(case, 5).then(Step::Rest { must_be: false }).then(walk(None)));
            continue;
        };
        rules.push("listing/walks-agree");
        let case = Case::new(contract, id, "pages", title, &rules);
        let case = jobs(case, 5).then(Step::Rest { must_be: false });
        // Between two walks that agree, a walk by small pages must hold the same.
        cases.push(case.then(walk(None)).then(walk(Some(2))).then(walk(None)));
    }
    for (id, list) in contract.of_role(Role::List) {
        let Some(get) = reader(contract, list) else { continue };
        let kind = list.first_listed();
        for filter in &list.filters {
            let title = format!("the filter `{}` does what it says", filter.name);
            let case =
                Case::new(contract, id, &format!("filter::{}", filter.name), title, &["listing/filter"]);
            cases.push(match &filter.effect {
                FilterEffect::OnlyState(_) => only_state(contract, case, id, (get, &kind), filter),
                FilterEffect::Ascending(_) | FilterEffect::Descending(_) => {
                    let mut call = Call::new(id);
                    call.set = leaves(&filter.send, "");
                    call.filter = Some((filter.name.clone(), None));
                    let mut case = case;
                    for n in 1..=3 {
                        let slot = format!("job{n}");
                        // Reading once more lets time pass, so that the jobs differ in what they are ordered by.
                        case = case
                            .then(finished_with(contract, &slot, &kind))
                            .then(Step::Watch { job: slot, times: 1 });
                    }
                    case.then(Step::Pages { call, size: None })
                }
            });
        }
    }
    cases
}

/// One case for each further kind of jobs that a list holds; the first serves the other cases.
fn kinds(contract: &Contract, id: &str, list: &Operation, get: &str) -> Vec<Case> {
    let first = list.first_listed();
    let further =
        list.lists.iter().flat_map(|(name, words)| words.iter().skip(1).map(move |word| (name, word)));
    further
        .map(|(name, word)| {
            let mut kind = first.clone();
            kind.insert(name.clone(), vec![word.clone()]);
            let label = label(&contract.facts, &kind);
            let title = format!("a list contains a job that was seen before ({label})");
            let case =
                Case::new(contract, id, &format!("contains::{label}"), title, &["listing/contains-created"]);
            let case = case.then(finished_with(contract, "job", &kind)).then(read(get, "job"));
            let case = case.then(Step::Rest { must_be: true });
            case.then(Step::Pages { call: Call::new(id), size: None })
        })
        .collect()
}

/// A page token that no answer gave.
fn bad_token(contract: &Contract, id: &str, paging: &Pagination) -> Option<Case> {
    let PageStyle::Token(style) = &paging.style else { return None };
    let title = "a page token that no answer gave is refused".to_owned();
    let mut case = Case::new(contract, id, "bad-token", title, &["listing/bad-token"]);
    if contract.error_row(Condition::InvalidParameter, id).is_none() {
        case.silent = Some(format!("the documentation names no error for a wrong parameter of {id}").into());
        return Some(case);
    }
    let mut call = Call::new(id);
    call.set.push((style.request.clone(), "jobproof-no-such-token-0000".into()));
    call.probe = Some(Condition::InvalidParameter);
    call.violation =
        Some(Violation::at("carries a page token that no answer gave", "bad-token", style.request.as_str()));
    Some(case.then(Step::Call(call)))
}

/// A page larger than the largest, where that is not simply a wrong parameter.
fn over_max(contract: &Contract, id: &str, list: &Operation, get: &str) -> Option<Case> {
    let paging = list.pagination.as_ref()?;
    let size = paging.size.as_ref().filter(|size| size.over_max != Some(OverMax::Refused))?;
    let most = size.max?;
    let title = "a page larger than the largest is refused or made smaller".to_owned();
    let case = Case::new(contract, id, "size-over-max", title, &["listing/size-limit"]);
    let mut call = Call::new(id);
    call.set.push((size.request.clone(), most.saturating_add(1).into()));
    call.probe = Some(Condition::InvalidParameter);
    let words = format!("asks for a page of {} items, where {most} are the most", most.saturating_add(1));
    call.violation = Some(Violation::at(words, "maximum", size.request.as_str()));
    let case = case
        .then(finished_with(contract, "job", &list.first_listed()))
        .then(read(get, "job"))
        .then(Step::Rest { must_be: false });
    Some(case.then(Step::Call(call)))
}

/// The longest list that is made to see what becomes of a page larger than the largest.
const MOST: u64 = 500;

/// The same of a list that would fill such a page.
fn over_max_of_many(contract: &Contract, id: &str, paging: &Pagination) -> Option<Case> {
    let size = paging.size.as_ref().filter(|size| size.over_max != Some(OverMax::Refused))?;
    let most = size.max.filter(|most| *most <= MOST)?;
    let title = "a page larger than the largest is refused or made smaller, where there are as many jobs";
    let case = Case::new(contract, id, "size-over-max::full", title.to_owned(), &["listing/size-limit"]);
    let mut list = Call::new(id);
    list.set.push((size.request.clone(), most.into()));
    let mut call = Call::new(id);
    call.set.push((size.request.clone(), most.saturating_add(1).into()));
    call.probe = Some(Condition::InvalidParameter);
    let words = format!("asks for a page of {} items, where {most} are the most", most.saturating_add(1));
    call.violation = Some(Violation::at(words, "maximum", size.request.as_str()));
    let states = ended(contract);
    Some(case.then(Step::Crowd { states, more_than: most, list }).then(Step::Call(call)))
}

/// The states in which a job has ended, success first.
fn ended(contract: &Contract) -> Vec<String> {
    match finished(contract, "job") {
        Step::Arrange(arrange) => arrange.states,
        _ => Vec::new(),
    }
}

/// Jobs in two final states, of which one is asked for.
fn only_state(
    contract: &Contract,
    mut case: Case,
    id: &str,
    (get, kind): (&str, &Facets),
    filter: &crate::contract::operation::Filter,
) -> Case {
    let lifecycle = &contract.facts.lifecycle;
    let mut states: Vec<_> = lifecycle.states.iter().filter(|(_, s)| s.phase.is_terminal()).collect();
    states.sort_by_key(|(_, s)| s.phase);
    for (n, (state, _)) in states.iter().take(2).enumerate() {
        let job = format!("job{}", n + 1);
        let arrange = Step::Arrange(Arrange {
            job: job.clone(),
            states: vec![(*state).clone()],
            facets: kind.clone(),
            foreign: false,
            consumes: false,
        });
        // A job that was there before is not known to be in the state until it is read; and a list may lag behind what
        // is read.
        case = case.then(arrange).then(read(get, &job));
    }
    case = case.then(Step::Rest { must_be: true });
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
