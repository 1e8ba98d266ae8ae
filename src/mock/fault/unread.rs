//! Jobs that are there, and that a get does not know.

use std::time::Duration;

use super::super::job::JobView;
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;

/// How long a job that comes late is not known.
const LATE: Duration = Duration::from_secs(1);
/// How often an ended job is read before it is lost.
const READS: u32 = 2;

enum When {
    /// For a while after its start.
    Young,
    /// Always.
    Always,
    /// Once it has ended and was read.
    Ended,
}

struct Unread {
    label: Label,
    when: When,
}

impl Fault for Unread {
    fn label(&self) -> &Label {
        &self.label
    }

    fn hides(&self, job: &JobView, age: Duration) -> bool {
        match self.when {
            When::Young => age < LATE,
            When::Always => true,
            When::Ended => job.ended_reads >= READS,
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    // A job that no start names may be unknown for all that a client can tell.
    let is_named = contract.of_role(Role::Create).any(|(_, create)| create.job.is_some());
    let mut gets = contract.of_role(Role::Get);
    if !is_named || !gets.any(|(name, _)| contract.error_row(Condition::UnknownJob, name).is_some()) {
        return Vec::new();
    }
    let rows = [
        ("known-late", "a new job is not known for a second", When::Young),
        ("never-known", "no job is known when it is read", When::Always),
        ("lost-after-end", "a job is not known any more once it has ended and was read twice", When::Ended),
    ];
    let fault = |(id, title, when): (&str, &str, When)| {
        let label = Label::new(id, title, &["lifecycle/stays-readable"]);
        Box::new(Unread { label, when }) as Box<dyn Fault>
    };
    rows.into_iter().map(fault).collect()
}
