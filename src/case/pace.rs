//! Clients that keep to the documented pace.

use super::{Case, Step, finished};
use crate::contract::Contract;
use crate::contract::operation::Role;

/// How often a job is read: often enough to see a limit that counts readings.
const READINGS: usize = 4;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    if contract.facts.polling.is_none() {
        return Vec::new();
    }
    let gets = contract.of_role(Role::Get);
    gets.map(|(id, _)| {
        let title = "a client that keeps to the documented pace is not throttled".to_owned();
        Case::new(contract, id, "paced", title, &["limits/paced-reads-served"])
            .then(finished(contract, "job"))
            .then(Step::Watch { job: "job".into(), times: READINGS })
    })
    .collect()
}
