//! Lists that are empty for ever, or hold no jobs of one of their kinds.

use super::{Check, Fault, Label};
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

struct WithoutKind {
    label: Label,
    operation: String,
    word: String,
}

impl Fault for WithoutKind {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, operation: &str) -> bool {
        matches!(check, Check::Kind(word) if word == self.word) && operation == self.operation
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
    let kinds = contract.of_role(Role::List).flat_map(|(name, operation)| {
        operation.lists.values().flatten().map(move |word| {
            let label = Label::new(
                format!("list-lacks-kind::{name}::{word}"),
                format!("{name} holds no jobs of kind {word}"),
                &["listing/contains-created"],
            );
            let (operation, word) = (name.to_owned(), word.clone());
            Box::new(WithoutKind { label, operation, word }) as Box<dyn Fault>
        })
    });
    lists.chain(kinds).collect()
}
