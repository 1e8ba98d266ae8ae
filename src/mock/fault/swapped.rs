//! A get that shows another job.

use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::operation::Role;

struct Swapped {
    label: Label,
}

impl Fault for Swapped {
    fn label(&self) -> &Label {
        &self.label
    }

    /// The newest job: as long as there is one, nobody notices.
    fn instead(&self, _: usize, all: usize) -> usize {
        all.saturating_sub(1)
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    if contract.of_role(Role::Get).next().is_none() {
        return Vec::new();
    }
    let label = Label::new(
        "other-jobs-data",
        "a get shows the newest job, whichever is asked for",
        &["fields/identity-echoed"],
    );
    vec![Box::new(Swapped { label })]
}
