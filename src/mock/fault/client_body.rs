//! Servers that refuse bodies which the documentation lets clients send, and that take those for granted which it does
//! not.

use super::{Check, Fault, Label};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::{Operation, Role};
use crate::exchange::Request;

/// Which bodies are refused.
#[derive(Clone, Copy)]
enum Refused {
    /// All.
    Any,
    /// One that is labelled JSON, and empty.
    EmptyJson,
}

struct Refuses {
    label: Label,
    operations: Vec<String>,
    refused: Refused,
}

impl Fault for Refuses {
    fn label(&self) -> &Label {
        &self.label
    }

    fn refuses_request(&self, operation: &str, request: &Request) -> Option<Condition> {
        let is_refused = match self.refused {
            Refused::Any => !request.body.is_empty(),
            Refused::EmptyJson => request.is_empty_json(),
        };
        let is_own = self.operations.iter().any(|own| own == operation);
        (is_own && is_refused).then_some(Condition::InvalidParameter)
    }
}

struct AnyRoot {
    label: Label,
}

impl Fault for AnyRoot {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, _: &str) -> bool {
        check == Check::Root
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let takes_none = |operation: &Operation| {
        let shape = contract.shapes.get(&operation.request);
        let takes = shape.is_some_and(|shape| shape.document.pointer("/properties/body").is_some());
        let usual = operation.send.as_ref().and_then(|send| send.get("body"));
        let in_body =
            operation.parents.values().chain(&operation.target).any(|at| at.as_str().starts_with("/body"));
        let is_empty = usual.is_none_or(|body| body.as_object().is_some_and(serde_json::Map::is_empty));
        let is_free = shape.is_some_and(|shape| {
            let required = shape.document.get("required").and_then(serde_json::Value::as_array);
            !required.is_some_and(|names| names.iter().any(|name| name == "body"))
        });
        takes && is_empty && is_free && !in_body && operation.graphql.is_none() && !operation.writes
    };
    let rule = |role: Role| match role {
        Role::Cancel => Some("cancel/accepted-when-allowed"),
        Role::Create | Role::List | Role::Details => Some("errors/valid-request-served"),
        _ => None,
    };
    let judged = || {
        let calls = contract.facts.operations.iter().filter(|(_, operation)| takes_none(operation));
        calls.filter_map(|(name, operation)| Some((name, operation, rule(operation.role)?)))
    };
    for (name, operation, rule) in judged() {
        // What is always sent with a body is never served without.
        if operation.send.as_ref().is_none_or(|send| send.get("body").is_none()) {
            found.push(Box::new(Refuses {
                label: Label::new(
                    format!("refuses-any-body::{name}"),
                    format!("{name} refuses every request that has a body"),
                    &[rule],
                ),
                operations: vec![name.clone()],
                refused: Refused::Any,
            }));
        }
        found.push(Box::new(Refuses {
            label: Label::new(
                format!("refuses-empty-json::{name}"),
                format!("{name} refuses an empty body that is labelled JSON"),
                &[rule],
            ),
            operations: vec![name.clone()],
            refused: Refused::EmptyJson,
        }));
    }
    let conditions = [Condition::InvalidParameter, Condition::MissingParameter];
    let must_refuse = |(name, operation): (&String, &Operation)| {
        let is_documented = conditions.iter().any(|when| contract.error_row(*when, name).is_some());
        // A cancel or a retry that is wrong is sent to a job which refuses it anyway.
        is_documented
            && matches!(operation.role, Role::Create | Role::List)
            && operation.target.is_none()
            && operation.graphql.is_none()
            && contract
                .shapes
                .needs_members(&operation.request, &serde_json::json!({"path": {}, "query": {}}))
    };
    if contract.facts.operations.iter().any(must_refuse) {
        let label = Label::new(
            "takes-any-root",
            "a body that is no object is taken for one that says nothing, and acted on",
            &["errors/invalid-parameter"],
        );
        found.push(Box::new(AnyRoot { label }));
    }
    found
}
