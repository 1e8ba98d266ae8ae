//! Reads that belong to a job: they answer as documented.

use super::{Call, Case, Step, finished};
use crate::contract::Contract;
use crate::contract::operation::Role;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let details = contract.of_role(Role::Details).filter(|(_, operation)| operation.target.is_some());
    details
        .map(|(id, _)| {
            let title = "what belongs to a finished job reads as documented".to_owned();
            let rules = ["fields/documented-status", "fields/body-schema"];
            Case::new(contract, id, "reads", title, &rules)
                .then(finished(contract, "job"))
                .then(Step::Call(Call::new(id).job("job")))
        })
        .collect()
}
