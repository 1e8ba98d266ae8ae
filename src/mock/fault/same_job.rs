//! A start that starts nothing.

use super::{Check, Fault, Label};
use crate::contract::Contract;
use crate::contract::operation::Role;

struct SameJob {
    label: Label,
}

impl Fault for SameJob {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, _: &str) -> bool {
        check == Check::OwnId
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    if !contract.of_role(Role::Create).any(|(_, create)| create.job.is_some() && create.target.is_none()) {
        return Vec::new();
    }
    let label = Label::new(
        "same-job-again",
        "a start is answered with the job of the first one",
        &["lifecycle/own-id"],
    );
    vec![Box::new(SameJob { label })]
}
