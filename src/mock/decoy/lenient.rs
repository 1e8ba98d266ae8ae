//! Readers of requests that pass over members of a wrong type.

use serde_json::Value;

use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;
use crate::contract::reference::Basis;

/// How deep members are looked for: schemas may contain themselves.
const DEPTH: usize = 4;

struct Lenient {
    label: Label,
    operation: String,
}

impl Decoy for Lenient {
    fn label(&self) -> &Label {
        &self.label
    }

    fn passes_over_types(&self, operation: &str) -> bool {
        operation == self.operation
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
        let schema = contract.shapes.get(&operation.request).map(|shape| &shape.document);
        let part = |at: &str| schema.and_then(|schema| Pointer::new(at).first(schema));
        // Everything in a query is a text.
        let in_query =
            part("/properties/query").is_some_and(|query| has_optional(contract, query, true, DEPTH));
        let in_body =
            || part("/properties/body").is_some_and(|body| has_optional(contract, body, false, DEPTH));
        if in_query || in_body() {
            let label = Label::new(
                format!("passes-over-wrong-types::{name}"),
                format!("{name} passes over optional members of a wrong type"),
                "no page says that such a member is refused",
            );
            found.push(Box::new(Lenient { label, operation: name.clone() }));
        }
    }
    found
}

/// Whether a schema has a member that may be left out and can be of a wrong type.
fn has_optional(contract: &Contract, schema: &Value, is_text: bool, depth: usize) -> bool {
    let Some(deeper) = depth.checked_sub(1) else { return false };
    let schema = contract.shapes.resolve(schema);
    let is_typed = |member: &Value| match member.get("type") {
        Some(Value::String(one)) => !is_text || one != "string",
        Some(Value::Array(some)) => !is_text || !some.iter().any(|one| one == "string"),
        _ => false,
    };
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &String| required.is_some_and(|names| names.iter().any(|other| other == name));
    let members = schema.get("properties").and_then(Value::as_object);
    let in_members = members.into_iter().flatten().any(|(name, member)| {
        let resolved = contract.shapes.resolve(member);
        (is_typed(resolved) && !is_required(name)) || has_optional(contract, resolved, is_text, deeper)
    });
    in_members || schema.get("items").is_some_and(|items| has_optional(contract, items, is_text, deeper))
}
