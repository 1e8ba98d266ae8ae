//! What the API does not offer: a client that tries it all the same gets nowhere.

use super::{Call, Case, Step, read, reader};
use crate::contract::Contract;
use crate::contract::operation::Role;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (role, fact) in &contract.facts.not_offered {
        let Some((create, operation)) = contract.of_role(Role::Create).next() else { continue };
        let Some(get) = reader(contract, operation) else { continue };
        let title =
            format!("there is no {}: what a client might try is refused, and the job goes on", role.word());
        let what = format!("not-offered::{}", role.word());
        let mut start = Call::new(create);
        start.creates = Some("job".into());
        let case = Case::new(contract, get, &what, title, &["cancel/not-offered", "lifecycle/ends-in-time"]);
        let mut case = case.then(Step::Call(start)).then(read(get, "job"));
        for guess in &fact.probes {
            case = case.then(Step::Guess { role: *role, guess: guess.clone(), job: "job".into() });
        }
        cases.push(case.then(read(get, "job")).then(Step::Poll { job: "job".into(), until: Vec::new() }));
    }
    cases
}
