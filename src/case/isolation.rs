//! A job is not readable, listed or cancellable through parents that it does not belong to: all of them others, or one
//! alone.

use super::{Arrange, Call, Case, JobRef, Parents, Step, read, reader, take, take_cancellable};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::{Operation, Role};
use crate::exchange::Violation;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, operation) in &contract.facts.operations {
        let Some(get) = reader(contract, operation) else { continue };
        let others = names_of_others(contract, operation);
        if others.is_empty() {
            continue;
        }
        // All parents at once, and each alone, where a request names several.
        let alone = others.iter().filter(|_| others.len() > 1).map(|name| Some(*name));
        for only in std::iter::once(None).chain(alone) {
            let case = match operation.role {
                Role::List => list(contract, id, get, only),
                Role::CancelMany => continue,
                _ if operation.target.is_some() => reach(contract, id, operation, get, only),
                _ => continue,
            };
            cases.push(case);
        }
    }
    cases
}

/// A name for what is swapped.
fn variant(only: Option<&str>) -> String {
    only.map_or_else(|| "foreign-parent".to_owned(), |name| format!("foreign-parent::{name}"))
}

/// A call under foreign parents, or under one that is foreign.
fn foreign(id: &str, only: Option<&str>) -> Call {
    let mut call = Call::new(id);
    call.parents = Parents::Foreign;
    call.only_parent = only.map(str::to_owned);
    let words = match only {
        None => "names a job under parents it does not belong to".to_owned(),
        Some(name) => format!("names a job under another {name}"),
    };
    call.violation = Some(Violation::new(words, variant(only)));
    call
}

/// A call that names a job under parents which are not its own.
fn reach(contract: &Contract, id: &str, operation: &Operation, get: &str, only: Option<&str>) -> Case {
    let title = match only {
        None => "a job is not reached through another parent".to_owned(),
        Some(name) => format!("a job is not reached through another {name} alone"),
    };
    let case = Case::new(contract, id, &variant(only), title, &["isolation/foreign-parent"]);
    let arranged =
        if operation.role == Role::Cancel { take_cancellable(contract, "job") } else { ended_well(contract) };
    let mut call = foreign(id, only).job("job");
    call.probe = Some(Condition::UnknownJob);
    // How this server refuses a job that does not exist is a right answer, whatever the documentation thinks is due.
    let mut unknown = Call::new(id);
    unknown.job = JobRef::Unknown;
    unknown.probe = Some(Condition::UnknownJob);
    unknown.violation = Some(Violation::new("names a well-formed id that no job has", "unknown-job"));
    let mut case = case.then(arranged).then(read(get, "job"));
    if operation.role == Role::Details && !contract.writes(id) {
        case = case.then(Step::Call(Call::new(id).job("job")));
    }
    case.then(Step::Call(unknown)).then(Step::Call(call)).then(read(get, "job"))
}

/// A list for parents that a job does not belong to.
fn list(contract: &Contract, id: &str, get: &str, only: Option<&str>) -> Case {
    let title = match only {
        None => "a job is not listed for another parent".to_owned(),
        Some(name) => format!("a job is not listed for another {name} alone"),
    };
    let case = Case::new(contract, id, &variant(only), title, &["isolation/foreign-parent"]);
    let mut call = foreign(id, only);
    // Nothing is wrong with asking; an answer that shows nothing is as right as a refusal.
    call.probe = Some(Condition::Forbidden);
    call.violation = Some(Violation::new("lists the jobs of other parents", variant(only)));
    let own = Step::Call(Call::new(id));
    case.then(ended_well(contract)).then(read(get, "job")).then(own).then(Step::Call(call))
}

/// A step that gets hold of a job that has succeeded, which other cases may share.
fn ended_well(contract: &Contract) -> Step {
    let done: Vec<&str> = contract.facts.lifecycle.of_phase(Phase::Succeeded).collect();
    match take("job", &done) {
        Step::Arrange(arrange) => Step::Arrange(Arrange { consumes: false, ..arrange }),
        other => other,
    }
}

/// Whether an operation names a parent that there is another of.
pub(super) fn names_what_differs(contract: &Contract, operation: &Operation) -> bool {
    !names_of_others(contract, operation).is_empty()
}

/// The parents that an operation names and that there is another of. Where no parameter says that it has another, any may.
fn names_of_others<'c>(contract: &'c Contract, operation: &Operation) -> Vec<&'c str> {
    let has_other = |name: &String| {
        contract.facts.parameters.get(name).is_some_and(|parameter| parameter.foreign.is_some())
    };
    let parents = || contract.facts.job.parent_names();
    let all_alike = !parents().any(has_other);
    parents()
        .filter(|name| operation.parent_place(name).is_some() && (all_alike || has_other(name)))
        .map(String::as_str)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_names_nothing_of_what_differs_has_no_case() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        // Three calls, each with both parents swapped, and each alone.
        assert_eq!(cases(&contract).len(), 9);
        // Calls name both parents: one that differs is enough.
        contract.facts.parameters.get_mut("knowledgeBaseId").unwrap().foreign = None;
        assert_eq!(cases(&contract).len(), 3);
        let get = contract.facts.operations.get_mut("GetIngestionJob").unwrap();
        get.path = get.path.replace("{dataSourceId}", "own");
        get.parents.clear();
        assert_eq!(cases(&contract).len(), 2);
    }
}
