//! Calls that refuse every valid request, with an error that is documented for them.

use super::{Fault, Label, Past};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;

struct Refused {
    label: Label,
    operation: String,
    condition: Condition,
}

impl Fault for Refused {
    fn label(&self) -> &Label {
        &self.label
    }

    fn refuses(&self, operation: &str, _: Option<Past>) -> Option<Condition> {
        (operation == self.operation).then_some(self.condition)
    }
}

/// What such a call says: the first of these that is documented for it, those that look most at home first.
fn excuses(role: Role) -> &'static [Condition] {
    match role {
        Role::List => &[Condition::UnknownParent, Condition::UnknownJob, Condition::InvalidParameter],
        Role::Details => &[Condition::UnknownJob, Condition::UnknownParent, Condition::InvalidParameter],
        Role::Create => &[Condition::InvalidParameter, Condition::MissingParameter, Condition::UnknownParent],
        // What the tables say of the others is tried by faults of their own; see `unreadable` for a get.
        Role::Get | Role::Cancel | Role::CancelMany | Role::Retry => &[],
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    for (name, operation) in &contract.facts.operations {
        if operation.role == Role::Details && operation.target.is_none() {
            continue;
        }
        let is_documented = |condition: &&Condition| contract.error_row(**condition, name).is_some();
        let Some(condition) = excuses(operation.role).iter().find(is_documented) else { continue };
        let label = Label::new(
            format!("always-refused::{name}"),
            format!("every valid request to {name} is answered with {condition}"),
            &["errors/valid-request-served"],
        );
        found.push(Box::new(Refused { label, operation: name.clone(), condition: *condition }));
    }
    found
}
