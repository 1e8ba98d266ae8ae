//! Steps that many families share: reading a job, and getting hold of one.

use std::collections::BTreeMap;

use super::{Arrange, Call, Step};
use crate::contract::Contract;
use crate::contract::combination::Facets;
use crate::contract::operation::{Operation, Role};

/// Why nothing that is done to a job can be judged.
pub(super) const NO_READER: &str = "the contract has no operation that reads one job";

/// The operation that reads one job of the service of `operation`.
pub(super) fn reader<'c>(contract: &'c Contract, operation: &Operation) -> Option<&'c str> {
    contract.of_role(Role::Get).find(|(_, get)| get.service == operation.service).map(|(id, _)| id)
}

/// The operation that starts a job in the service of `operation`.
pub(super) fn creator<'c>(contract: &'c Contract, operation: &Operation) -> Option<&'c str> {
    contract.of_role(Role::Create).find(|(_, create)| create.service == operation.service).map(|(id, _)| id)
}

/// A step that reads a job.
pub(super) fn read(reader: &str, job: &str) -> Step {
    Step::Call(Call::new(reader).job(job))
}

/// A step that gets hold of a job in one of these states, to be changed by the case.
pub(super) fn take(job: &str, states: &[&str]) -> Step {
    Step::Arrange(Arrange {
        job: job.to_owned(),
        states: states.iter().map(|s| (*s).to_owned()).collect(),
        facets: BTreeMap::new(),
        foreign: false,
        consumes: true,
    })
}

/// A step that gets hold of a job in this state with these facets, to be changed by the case.
pub(super) fn take_with(job: &str, state: &str, facets: &Facets) -> Step {
    match take(job, &[state]) {
        Step::Arrange(arrange) => Step::Arrange(Arrange { facets: facets.clone(), ..arrange }),
        other => other,
    }
}

/// A step that gets hold of a job that can be cancelled, to be changed by the case.
pub(super) fn take_cancellable(contract: &Contract, job: &str) -> Step {
    let lifecycle = &contract.facts.lifecycle;
    let all = lifecycle.states.keys().map(String::as_str);
    let stoppable: Vec<(&str, Facets)> =
        all.filter_map(|state| Some((state, contract.cancellable(state).into_iter().next()?))).collect();
    let facets = stoppable.first().map(|(_, facets)| facets.clone()).unwrap_or_default();
    let alike = stoppable.into_iter().filter(|(_, other)| *other == facets);
    let mut states: Vec<&str> = alike.map(|(state, _)| state).collect();
    // What is under way longest is the easiest to catch.
    states.sort_by_key(|state| lifecycle.phase(state) != crate::contract::lifecycle::Phase::Running);
    match take(job, &states) {
        Step::Arrange(arrange) => Step::Arrange(Arrange { facets, ..arrange }),
        other => other,
    }
}

/// A step that gets hold of a finished job with these facets, which other cases may share.
pub(super) fn finished_with(contract: &Contract, job: &str, facets: &Facets) -> Step {
    match finished(contract, job) {
        Step::Arrange(arrange) => Step::Arrange(Arrange { facets: facets.clone(), ..arrange }),
        other => other,
    }
}

/// A step that gets hold of a finished job, which other cases may share.
pub(super) fn finished(contract: &Contract, job: &str) -> Step {
    let lifecycle = &contract.facts.lifecycle;
    let mut states: Vec<(crate::contract::lifecycle::Phase, String)> = lifecycle
        .states
        .iter()
        .filter(|(_, state)| state.phase.is_terminal())
        .map(|(name, state)| (state.phase, name.clone()))
        .collect();
    states.sort();
    Step::Arrange(Arrange {
        job: job.to_owned(),
        states: states.into_iter().map(|(_, name)| name).collect(),
        facets: BTreeMap::new(),
        foreign: false,
        consumes: false,
    })
}
