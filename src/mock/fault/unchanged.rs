//! Changes that are answered with success, and not made.

use super::{Check, Fault, Label};
use crate::contract::Contract;

struct Unchanged {
    label: Label,
    operation: String,
    fact: String,
}

impl Fault for Unchanged {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, operation: &str) -> bool {
        check == Check::Change(&self.fact) && operation == self.operation
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let operations = &contract.facts.operations;
    let is_shown = |parameter: &str, fact: &str| {
        let mut shows = operations.values().filter_map(|operation| operation.shows.as_ref());
        shows.any(|shows| shows.parameter == parameter && shows.facts.contains_key(fact))
    };
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    for (name, operation) in operations {
        let Some(changes) = &operation.changes else { continue };
        for fact in changes.facts.keys().filter(|fact| is_shown(&changes.parameter, fact)) {
            let title = format!("{name} is answered with success and leaves `{fact}` as it was");
            let label =
                Label::new(format!("ignores-change::{name}::{fact}"), title, &["status/changes-show"]);
            found.push(Box::new(Unchanged { label, operation: name.clone(), fact: fact.clone() }));
        }
    }
    found
}
