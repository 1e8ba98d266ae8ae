//! Jobs that a get does not find although they are there: never, no more, or not yet.

use std::time::Duration;

use super::{Fault, Label, Past};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;

/// How long an ended job is still found: longer than it takes to see that it has ended.
const KEPT: Duration = Duration::from_secs(7);

#[derive(Clone, Copy)]
enum When {
    Always,
    AfterEnd,
    AtFirst,
}

struct Unreadable {
    label: Label,
    get: String,
    when: When,
}

impl Fault for Unreadable {
    fn label(&self) -> &Label {
        &self.label
    }

    fn refuses(&self, operation: &str, past: Option<Past>) -> Option<Condition> {
        let past = past.filter(|_| operation == self.get)?;
        let is_lost = match self.when {
            When::Always => true,
            When::AfterEnd => past.since_end.is_some_and(|since| since >= KEPT),
            When::AtFirst => past.is_started && past.reads == 0,
        };
        is_lost.then_some(Condition::UnknownJob)
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    for (name, _) in contract.of_role(Role::Get) {
        let kinds = [
            ("job-never-found", format!("{name} finds no job, whichever is asked for"), When::Always),
            ("ended-job-forgotten", format!("{name} finds no job that ended a while ago"), When::AfterEnd),
            ("new-job-not-found", format!("{name} finds no new job at the first reading"), When::AtFirst),
        ];
        for (mechanism, title, when) in kinds {
            let label = Label::new(format!("{mechanism}::{name}"), title, &["lifecycle/stays-readable"]);
            found.push(Box::new(Unreadable { label, get: name.to_owned(), when }));
        }
    }
    found
}
