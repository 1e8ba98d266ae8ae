//! Lists that are empty for ever.

use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::operation::Role;

struct Unlisted {
    label: Label,
    operation: String,
}

impl Fault for Unlisted {
    fn label(&self) -> &Label {
        &self.label
    }

    fn list(&self, operation: &str, all: &mut Vec<usize>) {
        if operation == self.operation {
            all.clear();
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let lists = contract.of_role(Role::List).map(|(name, _)| {
        let label = Label::new(
            format!("list-always-empty::{name}"),
            format!("{name} never has a job"),
            &["listing/contains-created"],
        );
        Box::new(Unlisted { label, operation: name.to_owned() }) as Box<dyn Fault>
    });
    lists.collect()
}
