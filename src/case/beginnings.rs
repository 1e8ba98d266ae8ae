//! How jobs begin: cancelled at once, refused, after a stop, beside others, and after others.

use std::collections::BTreeSet;

use super::races::creator;
use super::taking::NO_READER;
use super::{Call, Case, Silence, Step, finished, inputs, read, reader, take_cancellable};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::{Operation, Role};

/// How many jobs are cancelled at once: two that are lost are no accident.
const AT_ONCE: usize = 2;
/// How often a start is sent again that was refused after a stop.
const TRIES: usize = 3;
/// How many starts are refused between walks through a list.
const REFUSED: usize = 2;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, cancel) in contract.of_role(Role::Cancel) {
        let (Some(get), Some((create, _))) = (reader(contract, cancel), creator(contract, cancel)) else {
            continue;
        };
        cases.push(at_once(contract, id, create));
        cases.push(after_cancel(contract, (id, cancel), get, create));
        cases.extend(neighbour(contract, id, get, create));
    }
    let mut services = BTreeSet::new();
    for (id, create) in contract.of_role(Role::Create) {
        if create.target.is_none() && !create.destroys {
            cases.extend(refused(contract, id, create));
            if services.insert(create.service.as_deref()) {
                cases.push(used_id(contract, id, create));
            }
        }
    }
    cases
}

fn start(create: &str, slot: &str) -> Step {
    Step::Call(creating(create, slot))
}

fn creating(create: &str, slot: &str) -> Call {
    let mut call = Call::new(create);
    call.creates = Some(slot.to_owned());
    call
}

fn settle(slot: &str) -> Step {
    Step::Poll { job: slot.to_owned(), until: Vec::new() }
}

/// The list of jobs of a service, if it has one that can be asked for as it is.
fn list<'c>(contract: &'c Contract, operation: &Operation) -> Option<&'c str> {
    let mut lists = contract.of_role(Role::List);
    lists.find(|(_, list)| list.service == operation.service && list.jobs.is_some()).map(|(id, _)| id)
}

fn pages(list: &str) -> Step {
    Step::Pages { call: Call::new(list), size: None }
}

/// Jobs that are cancelled right after their start, after one that shows how long such a job takes.
fn at_once(contract: &Contract, id: &str, create: &str) -> Case {
    let title =
        "a job that is cancelled right after its start stops, or goes on where that was refused".to_owned();
    let rules = ["cancel/holds-at-once", "cancel/one-story"];
    let measured = Case::new(contract, id, "at-once", title, &rules)
        .then(start(create, "measured"))
        .then(settle("measured"));
    (1..=AT_ONCE).fold(measured, |case, number| {
        let slot = format!("job-{number}");
        case.then(start(create, &slot)).then(Step::Call(Call::new(id).job(&slot))).then(settle(&slot))
    })
}

/// A start after a job was cancelled.
fn after_cancel(contract: &Contract, (id, cancel): (&str, &Operation), get: &str, create: &str) -> Case {
    let title = "after a job was cancelled another one can be started".to_owned();
    let rules = ["errors/valid-request-served", "lifecycle/own-id"];
    let mut case = Case::new(contract, id, "start-after", title, &rules)
        .then(start(create, "first"))
        .then(read(get, "first"))
        .then(Step::Call(Call::new(id).job("first")))
        .then(settle("first"));
    let list = list(contract, cancel);
    // Whether anything else is under way shows in a list, before and after.
    case.steps.extend(list.map(pages));
    case = case.then(Step::Insist { call: creating(create, "second"), tries: TRIES });
    case.steps.extend(list.map(pages));
    case.then(Step::Settle)
}

/// A job that is cancelled beside another one.
fn neighbour(contract: &Contract, id: &str, get: &str, create: &str) -> Option<Case> {
    // Where one job excludes the other there are no two; and where no state says so, nobody sees that one was cancelled.
    let lifecycle = &contract.facts.lifecycle;
    let shows = [Phase::Stopping, Phase::Cancelled]
        .into_iter()
        .any(|phase| lifecycle.of_phase(phase).next().is_some());
    if !shows || contract.error_row(Condition::Conflict, create).is_some() {
        return None;
    }
    let title = "the cancel of one job leaves another one alone".to_owned();
    let case =
        Case::new(contract, id, "neighbour", title, &["lifecycle/no-cancel-unasked", "cancel/takes-effect"])
            .then(take_cancellable(contract, "job"))
            .then(start(create, "other"))
            .then(read(get, "job"))
            .then(Step::Call(Call::new(id).job("job")));
    Some(case.then(Step::Settle))
}

/// Starts that are refused for what they say, between walks through the list of jobs.
fn refused(contract: &Contract, id: &str, create: &Operation) -> Option<Case> {
    let list = list(contract, create)?;
    let title = "a start that is refused leaves no job".to_owned();
    let mut case = Case::new(contract, id, "refused", title, &["errors/refused-start-leaves-nothing"]);
    let Some(bad) = inputs::refused_start(contract, id, create) else {
        case.silent = Some(format!("the documentation names no error for a wrong parameter of {id}").into());
        return Some(case);
    };
    // One that is not refused, wrong as it is, must not stand in the way of the next start.
    let bad = Call { creates: Some("odd".to_owned()), ..bad };
    let quiet = case.then(pages(list)).then(pages(list));
    let tried = (0..REFUSED).fold(quiet, |case, _| case.then(Step::Call(bad.clone())).then(pages(list)));
    Some(tried.then(Step::Settle))
}

/// A start where a job is known that has ended.
fn used_id(contract: &Contract, id: &str, create: &Operation) -> Case {
    let title = "a new job has the id of none that is there".to_owned();
    let mut case = Case::new(contract, id, "used-id", title, &["lifecycle/own-id"]);
    let Some(get) = reader(contract, create) else {
        case.silent = Some(Silence::NoWay(NO_READER.to_owned()));
        return case;
    };
    case.then(finished(contract, "old")).then(read(get, "old")).then(start(id, "new")).then(Step::Settle)
}
