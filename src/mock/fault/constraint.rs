//! Requests that are checked against their schemas, but for one keyword.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Check, Fault, Label};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::{Operation, OverMax, Role};
use crate::contract::pointer::escape;
use crate::contract::reference::Basis;

/// The keywords that say something about one value, and so may stand in for each other.
const OF_A_VALUE: [&str; 7] = ["const", "enum", "format", "maxLength", "minLength", "pattern", "multipleOf"];

/// The keywords that a fault may forget.
const FORGOTTEN: [&str; 13] = [
    "additionalProperties",
    "anyOf",
    "enum",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "oneOf",
    "pattern",
    "required",
    "type",
];

struct Constraint {
    label: Label,
    keyword: &'static str,
}

impl Fault for Constraint {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, _: &str) -> bool {
        check == Check::Constraint(self.keyword)
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut seen: BTreeMap<&'static str, &'static str> = BTreeMap::new();
    // A cancel or a retry that is wrong is sent to a job which refuses it anyway.
    // What a GraphQL request carries is checked by the engine.
    let shows = |operation: &&Operation| {
        operation.graphql.is_none()
            && matches!(operation.role, Role::Create | Role::Get | Role::List | Role::Details)
    };
    for (name, operation) in contract.facts.operations.iter().filter(|(_, operation)| shows(operation)) {
        let Some(shape) = contract.shapes.get(&operation.request) else { continue };
        let is_documented = |condition| contract.error_row(condition, name).is_some();
        for part in ["query", "body"] {
            let Some(schema) = shape.document.pointer(&format!("/properties/{part}")) else { continue };
            // Where no page says that wrong types are refused, a reader may pass over members that are optional.
            let row = contract.error_row(Condition::InvalidParameter, name);
            let is_deduced = row.is_some_and(|row| contract.basis(&row.reference) <= Basis::Inferred)
                && matches!(operation.role, Role::Create | Role::List);
            let mut visit = |keyword: &'static str, at: &str| {
                let (condition, rule) = match keyword {
                    "required" => (Condition::MissingParameter, "errors/missing-parameter"),
                    _ => (Condition::InvalidParameter, "errors/invalid-parameter"),
                };
                let is_free =
                    keyword == "type" && is_deduced && !contract.shapes.requires(&operation.request, at);
                if is_documented(condition) && !is_free {
                    seen.insert(keyword, rule);
                }
            };
            walk(contract, operation, schema, &format!("/{part}"), &mut visit);
        }
    }
    seen.into_iter()
        .map(|(keyword, rule)| {
            let id = format!("constraint-not-checked::{keyword}");
            let title = format!("what `{keyword}` says of a request is not checked");
            Box::new(Constraint { label: Label::new(id, title, &[rule]), keyword }) as Box<dyn Fault>
        })
        .collect()
}

/// Visits each keyword that is all that stands between a wrong request and its success.
fn walk(
    contract: &Contract,
    operation: &Operation,
    schema: &Value,
    at: &str,
    visit: &mut impl FnMut(&'static str, &str),
) {
    let schema = contract.shapes.resolve(schema);
    let Some(members) = schema.as_object() else { return };
    let names_job = operation.parents.values().chain(&operation.target).any(|place| place.as_str() == at);
    let paging = operation.pagination.as_ref().and_then(|paging| paging.size.as_ref());
    let may_be_too_large =
        paging.is_some_and(|size| size.request.as_str() == at && size.over_max != Some(OverMax::Refused));
    let in_query = at.starts_with("/query");
    // A wrong member inside another needs the other to be right, and what stands in a query is text.
    let kind = members.get("type").and_then(Value::as_str).unwrap_or_default();
    let others =
        |keyword: &str| OF_A_VALUE.iter().filter(|k| **k != keyword && members.contains_key(**k)).count();
    for keyword in FORGOTTEN.iter().filter(|keyword| members.contains_key(**keyword)) {
        let counts = match *keyword {
            "required" => members.get("required").and_then(Value::as_array).is_some_and(|r| !r.is_empty()),
            "additionalProperties" => members.get("additionalProperties") == Some(&Value::Bool(false)),
            "type" => {
                let is_part = !at.trim_start_matches('/').contains('/');
                let is_text = in_query && kind == "string";
                !(names_job || is_part || is_text) && others("type") == 0
            }
            // Where each alternative only says which members there must be, none of them is one too few.
            "anyOf" | "oneOf" => members.get(*keyword).and_then(Value::as_array).is_some_and(|parts| {
                parts.iter().all(|part| {
                    part.as_object().is_some_and(|part| part.len() == 1 && part.contains_key("required"))
                })
            }),
            "maximum" => !names_job && !may_be_too_large,
            "minLength" => {
                let least = members.get("minLength").and_then(Value::as_u64).unwrap_or(0);
                !names_job && least > 0 && !members.contains_key("pattern") && !members.contains_key("enum")
            }
            "enum" | "maxLength" => {
                let rest = others(keyword)
                    - usize::from(*keyword == "maxLength" && members.contains_key("minLength"));
                !names_job && rest == 0
            }
            "minItems" => members.get("minItems").and_then(Value::as_u64).is_some_and(|n| n > 0),
            "maxItems" => {
                members.get("maxItems").and_then(Value::as_u64).is_some_and(|n| n < 1_000)
                    && members.get("uniqueItems") != Some(&Value::Bool(true))
            }
            _ => !names_job,
        };
        if counts {
            visit(keyword, at);
        }
    }
    for (name, member) in members.get("properties").and_then(Value::as_object).into_iter().flatten() {
        walk(contract, operation, member, &format!("{at}/{}", escape(name)), visit);
    }
    if let Some(items) = members.get("items") {
        walk(contract, operation, items, &format!("{at}/0"), visit);
    }
    for part in members.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        walk(contract, operation, part, at, visit);
    }
}
