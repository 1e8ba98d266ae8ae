//! Starts that start nothing but once.

use std::collections::BTreeSet;

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
    // One for each service: how a job is made is the same for all its calls.
    let mut services = BTreeSet::new();
    let plain = contract.of_role(Role::Create).filter(|(_, start)| start.target.is_none() && !start.destroys);
    let first = plain.filter(|(_, start)| services.insert(start.service.as_deref()));
    let starts = first.map(|(name, _)| {
        let label = Label::new(
            format!("one-job-for-all::{name}"),
            format!("every {name} answers with the job that the first one started"),
            &["lifecycle/own-id"],
        );
        Box::new(OneJob { label, operation: name.to_owned() }) as Box<dyn Fault>
    });
    starts.collect()
}
