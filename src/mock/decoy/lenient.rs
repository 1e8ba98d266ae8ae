//! Readers of requests that pass over what they do not use.

use super::{Decoy, Label, Lenience};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::contract::reference::Basis;

struct Lenient {
    label: Label,
    operation: String,
    lenience: Lenience,
}

impl Decoy for Lenient {
    fn label(&self) -> &Label {
        &self.label
    }

    fn passes_over(&self, operation: &str) -> Option<Lenience> {
        (operation == self.operation).then_some(self.lenience)
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    for (name, operation) in &contract.facts.operations {
        // A GraphQL engine checks variables before anything reads them.
        let is_read_here = matches!(operation.role, Role::Create | Role::List) && operation.graphql.is_none();
        let row = contract.error_row(Condition::InvalidParameter, name).filter(|_| is_read_here);
        // Where a page says that such requests are refused, passing over them is wrong.
        if row.is_none_or(|row| contract.basis(&row.reference) > Basis::Inferred) {
            continue;
        }
        let mut add = |what: &str, title: String, lenience| {
            let legal = "no page says that such a member is refused";
            let label = Label::new(format!("passes-over-{what}::{name}"), title, legal);
            found.push(Box::new(Lenient { label, operation: name.clone(), lenience }));
        };
        let title = format!("{name} passes over optional members of a wrong type");
        add("wrong-types", title, Lenience::WrongTypes);
        let title = format!("{name} passes over members that it does not know");
        add("unknown-members", title, Lenience::UnknownMembers);
    }
    found
}
