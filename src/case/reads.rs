//! Reads that belong to a job: they answer as documented.

use super::{Call, Case, Step, finished};
use crate::contract::Contract;
use crate::contract::operation::Role;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let details = contract.of_role(Role::Details);
    details
        .map(|(id, operation)| {
            let rules: &[&'static str] = if operation.anonymous {
                &["fields/documented-status", "fields/body-schema", "auth/anonymous-accepted"]
            } else {
                &["fields/documented-status", "fields/body-schema"]
            };
            if operation.target.is_none() {
                let title = "what needs no job reads as documented".to_owned();
                return Case::new(contract, id, "reads", title, rules).then(Step::Call(Call::new(id)));
            }
            let title = "what belongs to a finished job reads as documented".to_owned();
            Case::new(contract, id, "reads", title, rules)
                .then(finished(contract, "job"))
                .then(Step::Call(Call::new(id).job("job")))
        })
        .collect()
}
