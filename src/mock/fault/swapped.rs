//! A get that shows another job.

use super::super::blueprint::blueprints;
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::operation::{Operation, Role};

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
    let blueprints = blueprints(contract);
    let mut gets = contract.of_role(Role::Get).peekable();
    if gets.peek().is_none() {
        return Vec::new();
    }
    let shows_id = |(name, get): (&str, &Operation)| {
        blueprints.get(name).is_some_and(|blueprint| contract.shape(get).shown_id(&blueprint.job).is_some())
    };
    // Where no answer tells which job it shows, only a job that has ended and runs again gives it away.
    let rule = if gets.any(shows_id) { "fields/identity-echoed" } else { "lifecycle/terminal-is-final" };
    let title = "a get shows the newest job, whichever is asked for";
    vec![Box::new(Swapped { label: Label::new("other-jobs-data", title, &[rule]) })]
}
