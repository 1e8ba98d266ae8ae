//! What a cancel does to members of a job.

use super::{Call, Case, Step, read, reader, take_with};
use crate::contract::Contract;
use crate::contract::cancel::Expect;
use crate::contract::combination::representatives;
use crate::contract::operation::Role;

/// How long a job is left alone before it is cancelled, in seconds: times may be told in whole seconds.
const APART: u64 = 2;

/// The cases: one for each state in which a job can be cancelled.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let facts = &contract.facts;
    let mut cases = Vec::new();
    if facts.cancel_effects.is_empty() {
        return cases;
    }
    for (id, cancel) in contract.of_role(Role::Cancel) {
        let Some(get) = reader(contract, cancel) else { continue };
        for state in facts.lifecycle.states.keys().filter(|state| contract.shape_of(get).can_show(state)) {
            let alike = representatives(facts, &facts.cancel, state);
            let is_accepted = |facets: &&_| {
                contract
                    .cancel_row(state, facets)
                    .is_some_and(|row| matches!(row.expect, Expect::Accepted(_)))
            };
            let Some(facets) = alike.iter().find(is_accepted) else { continue };
            let title =
                format!("a cancel of a job in {state} does to its members what the documentation says");
            cases.push(
                Case::new(contract, id, &format!("effects::{state}"), title, &["cancel/effects"])
                    .then(take_with("job", state, facets))
                    .then(read(get, "job"))
                    .then(Step::Pause { seconds: APART })
                    .then(Step::Call(Call::new(id).job("job")))
                    .then(Step::Poll { job: "job".into(), until: Vec::new() })
                    .then(read(get, "job")),
            );
        }
    }
    cases
}
