//! The ways to break a request: each constraint of its schema, in turn.

use serde_json::{Value, json};

use super::sample::sample;
use super::value::values;
use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::contract::pointer::{Pointer, escape};

/// The name of a member that no vendor knows.
pub(super) const EXTRA: &str = "jobproofUnknown";

/// One way to break a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Violation {
    /// Where.
    pub at: String,
    /// The schema's keyword, or what else tells this way from others at the same place.
    pub keyword: String,
    /// What to put there; nothing takes the member out.
    pub value: Option<Value>,
    /// Whether the request then lacks something, rather than holding something wrong.
    pub lacks: bool,
    /// Valid members around it, where the request does not carry them by itself.
    pub around: Vec<(Pointer, Value)>,
    /// Where else members are taken out.
    pub without: Vec<Pointer>,
}

impl Violation {
    /// What is put into the request.
    pub(super) fn set(&self) -> Vec<(Pointer, Value)> {
        let value = self.value.clone().map(|value| (Pointer::new(&self.at), value));
        self.around.iter().cloned().chain(value).collect()
    }

    /// What is taken out of it.
    pub(super) fn unset(&self) -> Vec<Pointer> {
        let missing = self.value.is_none().then(|| Pointer::new(&self.at));
        self.without.iter().cloned().chain(missing).collect()
    }
}

/// Every way to break the query or the body of an operation's request.
pub(super) fn violations(contract: &Contract, operation: &Operation) -> Vec<Violation> {
    let mut found = Vec::new();
    let Some(shape) = contract.shapes.get(&operation.request) else { return found };
    for part in ["query", "body"] {
        if let Some(schema) = shape.document.pointer(&format!("/properties/{part}")) {
            walk(contract, schema, &format!("/{part}"), &[], &mut found);
        }
    }
    found
}

/// Finds the ways to break what a schema says about the value at `at`.
fn walk(
    contract: &Contract,
    schema: &Value,
    at: &str,
    around: &[(Pointer, Value)],
    found: &mut Vec<Violation>,
) {
    let schema = contract.shapes.resolve(schema);
    let whole = sample(contract, schema);
    values(schema, at, around, whole.as_ref(), found);
    let length = |name: &str| schema.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let mut add = |keyword: &str, value: Value| found.push(wrong(at, keyword, value, around));
    let item = schema.get("items").and_then(|items| sample(contract, items));
    if let (Some(most), Some(item)) = (length("maxItems").filter(|n| *n < 1_000), &item) {
        add("maxItems", vec![item.clone(); most + 1].into());
    }
    if length("minItems").is_some_and(|n| n > 0) {
        add("minItems", json!([]));
    }
    if let (Some(true), Some(item)) = (schema.get("uniqueItems").and_then(Value::as_bool), &item) {
        add("uniqueItems", json!([item, item]));
    }
    // Parts with a reference of their own stand in `allOf`. What breaks one of several may keep to another: then it is
    // left out later.
    for part in ["allOf", "anyOf", "oneOf"].iter().filter_map(|name| schema.get(name)?.as_array()).flatten() {
        walk(contract, part, at, around, found);
    }
    for keyword in ["anyOf", "oneOf"] {
        found.extend(none_of(schema, keyword, at, around));
    }
    members(contract, schema, at, around, whole.as_ref(), found);
    if let (Some(items), Some(item)) = (schema.get("items"), item) {
        let mut around = around.to_vec();
        around.push((Pointer::new(at), json!([item])));
        walk(contract, items, &format!("{at}/0"), &around, found);
    }
}

/// An object without any of the members of which it needs some: where each alternative only says what is required.
fn none_of(schema: &Value, keyword: &str, at: &str, around: &[(Pointer, Value)]) -> Option<Violation> {
    let names = alternatives(schema, keyword)?;
    let mut places = names.iter().map(|name| format!("{at}/{}", escape(name)));
    Some(Violation {
        at: places.next()?,
        keyword: keyword.to_owned(),
        value: None,
        lacks: false,
        around: around.to_vec(),
        without: places.map(Pointer::new).collect(),
    })
}

/// The members that the alternatives of a keyword require, where that is all that each says.
pub(super) fn alternatives<'s>(schema: &'s Value, keyword: &str) -> Option<Vec<&'s str>> {
    let mut names: Vec<&str> = Vec::new();
    for part in schema.get(keyword)?.as_array()? {
        let only = part.as_object().filter(|members| members.len() == 1)?;
        let required = only.get("required")?.as_array().filter(|required| !required.is_empty())?;
        for name in required.iter().filter_map(Value::as_str) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    (!names.is_empty()).then_some(names)
}

/// Finds the ways to break what an object schema says about its members.
fn members(
    contract: &Contract,
    schema: &Value,
    at: &str,
    around: &[(Pointer, Value)],
    whole: Option<&Value>,
    found: &mut Vec<Violation>,
) {
    let mut around = around.to_vec();
    // Inside a member that requests do not carry by themselves, the rest of that member must be right.
    if at.matches('/').count() > 1 {
        around.extend(whole.map(|whole| (Pointer::new(at), whole.clone())));
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let list = schema.get("required").and_then(Value::as_array);
    let required: Vec<&str> = list.into_iter().flatten().filter_map(Value::as_str).collect();
    let is_closed = schema.get("additionalProperties") == Some(&json!(false));
    let lacking = |name: &str, keyword: &str, value: Option<Value>| Violation {
        at: format!("{at}/{}", escape(name)),
        keyword: keyword.to_owned(),
        value,
        lacks: true,
        around: around.clone(),
        without: Vec::new(),
    };
    for name in &required {
        found.push(lacking(name, "required", None));
    }
    for (name, member) in properties.into_iter().flatten() {
        let place = format!("{at}/{}", escape(name));
        if let Some(other) =
            other_case(name).filter(|other| properties.is_none_or(|p| !p.contains_key(other)))
        {
            let is_required = required.contains(&name.as_str());
            if let Some(value) = sample(contract, member).filter(|_| is_required || is_closed) {
                found.push(Violation {
                    at: format!("{at}/{}", escape(&other)),
                    keyword: "name-case".into(),
                    lacks: is_required,
                    without: vec![Pointer::new(&place)],
                    ..lacking(name, "", Some(value))
                });
            }
        }
        walk(contract, member, &place, &around, found);
    }
    if is_closed {
        let place = format!("{at}/{EXTRA}");
        found.push(wrong(&place, "additionalProperties", json!("unknown"), &around));
    }
}

/// A wrong value.
pub(super) fn wrong(at: &str, keyword: &str, value: Value, around: &[(Pointer, Value)]) -> Violation {
    Violation {
        at: at.to_owned(),
        keyword: keyword.to_owned(),
        value: Some(value),
        lacks: false,
        around: around.to_vec(),
        without: Vec::new(),
    }
}

/// The same word with its letters in the other case; none where it has no letters.
pub(super) fn other_case(word: &str) -> Option<String> {
    let upper = word.to_uppercase();
    let other = if upper == word { word.to_lowercase() } else { upper };
    (other != word).then_some(other)
}
