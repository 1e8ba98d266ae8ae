//! Lists inside a job that are shown in pages.

use super::{Call, Case, Step, finished};
use crate::contract::Contract;
use crate::contract::operation::Role;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let gets = contract.of_role(Role::Get).filter(|(_, operation)| operation.parts.is_some());
    gets.map(|(id, _)| {
        let title = "the pages of a list inside a job hold every item once, and the job is the same on each";
        Case::new(contract, id, "parts", title.to_owned(), &["listing/parts-partition"])
            .then(finished(contract, "job"))
            .then(Step::Parts { call: Call::new(id).job("job") })
    })
    .collect()
}
