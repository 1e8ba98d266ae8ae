//! Starts that start nothing but once.

use super::{Check, Fault, Label};
use crate::contract::Contract;
use crate::contract::operation::Role;

struct OneJob {
    label: Label,
    operation: String,
}

impl Fault for OneJob {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, operation: &str) -> bool {
        check == Check::OwnJob && operation == self.operation
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let starts = contract.of_role(Role::Create).map(|(name, _)| {
        let label = Label::new(
            format!("one-job-for-all::{name}"),
            format!("every {name} answers with the job that the first one started"),
            &["lifecycle/own-id"],
        );
        Box::new(OneJob { label, operation: name.to_owned() }) as Box<dyn Fault>
    });
    starts.collect()
}
