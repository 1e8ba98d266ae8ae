//! Bad inputs, generated from the request schemas: each constraint violated in turn.

use serde_json::{Map, Value, json};

use super::{Call, Case, Step, finished};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::pointer::{Pointer, escape};

/// One way to break a request.
struct Violation {
    /// Where.
    at: String,
    /// The schema's keyword.
    keyword: String,
    /// What to put there; nothing takes the member out.
    value: Option<Value>,
    /// Valid members around it, where the request does not carry them by itself.
    around: Vec<(Pointer, Value)>,
}

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, operation) in &contract.facts.operations {
        let mut violations = Vec::new();
        if let Some(shape) = contract.shapes.get(&operation.request) {
            for part in ["query", "body"] {
                let at = format!("/properties/{part}");
                if let Some(schema) = shape.document.pointer(&at) {
                    walk(contract, schema, &format!("/{part}"), &[], &mut violations);
                }
            }
        }
        // A request without a document is no request for this operation at all.
        violations.retain(|v| operation.graphql.is_none() || v.value.is_some() || v.at != "/body/query");
        // A wrong value where a parent or the job is named has conditions of its own.
        let bound: Vec<Pointer> = operation.parents.values().chain(&operation.target).cloned().collect();
        violations.retain(|v| v.value.is_none() || !bound.iter().any(|b| b.as_str() == v.at));
        for violation in violations {
            let condition = if violation.value.is_none() {
                Condition::MissingParameter
            } else {
                Condition::InvalidParameter
            };
            let rule = if violation.value.is_none() {
                "errors/missing-parameter"
            } else {
                "errors/invalid-parameter"
            };
            let what = format!(
                "bad-input::{}::{}",
                violation.at.trim_start_matches('/').replace('/', "."),
                violation.keyword
            );
            let words = match &violation.value {
                Some(value) => {
                    format!("breaks `{}` at {} with {}", violation.keyword, violation.at, short(value))
                }
                None => format!("lacks {}", violation.at),
            };
            let mut case =
                Case::new(contract, id, &what, format!("a request that {words} is refused"), &[rule]);
            if contract.error_row(condition, id).is_none() {
                case.silent = Some(format!("the documentation names no error for {condition} of {id}"));
                cases.push(case);
                continue;
            }
            let mut call = Call::new(id);
            call.set = violation.around;
            match violation.value {
                Some(value) => call.set.push((Pointer::new(&violation.at), value)),
                None => call.unset.push(Pointer::new(&violation.at)),
            }
            call.probe = Some(condition);
            call.violation = Some(words);
            if operation.target.is_some() {
                case = case.then(finished(contract, "job"));
                call = call.job("job");
            }
            cases.push(case.then(Step::Call(call)));
        }
    }
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    cases.dedup_by(|a, b| a.id == b.id);
    cases
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
    let mut add = |at: String, keyword: &str, value: Option<Value>| {
        found.push(Violation { at, keyword: keyword.to_owned(), value, around: around.to_vec() });
    };
    let number = |name: &str| schema.get(name).and_then(Value::as_i64);
    let length = |name: &str| number(name).and_then(|n| usize::try_from(n).ok());
    if at.matches('/').count() > 1 {
        match schema.get("type").and_then(Value::as_str) {
            // Whatever stands in a query is a text.
            Some("string") if !at.starts_with("/query/") => {
                add(at.to_owned(), "type", Some(json!({"not": "a string"})));
            }
            Some("array") => add(at.to_owned(), "type", Some(json!("not an array"))),
            Some("object") => add(at.to_owned(), "type", Some(json!("not an object"))),
            Some("integer" | "number") => add(at.to_owned(), "type", Some(json!("not a number"))),
            Some("boolean") => add(at.to_owned(), "type", Some(json!("not a boolean"))),
            _ => {}
        }
    }
    if let Some(least) = length("minLength").filter(|n| *n > 0) {
        add(at.to_owned(), "minLength", Some("a".repeat(least - 1).into()));
    }
    if let Some(most) = length("maxLength") {
        add(at.to_owned(), "maxLength", Some("a".repeat(most + 1).into()));
    }
    if let Some(least) = number("minimum") {
        add(at.to_owned(), "minimum", Some((least - 1).into()));
    }
    if let Some(most) = number("maximum") {
        add(at.to_owned(), "maximum", Some((most + 1).into()));
    }
    if schema.get("enum").is_some() {
        add(at.to_owned(), "enum", Some(json!("NO_SUCH_VALUE")));
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && let Some(bad) = unmatched(pattern, length("minLength").unwrap_or(1), length("maxLength"))
    {
        add(at.to_owned(), "pattern", Some(bad.into()));
    }
    let item = schema.get("items").and_then(|items| sample(contract, items));
    if let (Some(most), Some(item)) = (length("maxItems").filter(|n| *n < 1_000), &item) {
        add(at.to_owned(), "maxItems", Some(vec![item.clone(); most + 1].into()));
    }
    if length("minItems").is_some_and(|n| n > 0) {
        add(at.to_owned(), "minItems", Some(json!([])));
    }
    // Parts with a reference of their own stand in `allOf`.
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        walk(contract, part, at, around, found);
    }
    let whole = sample(contract, schema);
    for name in
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    {
        let mut around = around.to_vec();
        if at.matches('/').count() > 1 {
            around.extend(whole.clone().map(|whole| (Pointer::new(at), whole)));
        }
        let at = format!("{at}/{}", escape(name));
        found.push(Violation { at, keyword: "required".into(), value: None, around });
    }
    for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let mut around = around.to_vec();
        // Inside a member that requests do not carry by themselves, the rest of that member must be right.
        if at.matches('/').count() > 1 {
            around.extend(whole.clone().map(|whole| (Pointer::new(at), whole)));
        }
        walk(contract, member, &format!("{at}/{}", escape(name)), &around, found);
    }
    if let (Some(items), Some(item)) = (schema.get("items"), item) {
        let mut around = around.to_vec();
        around.push((Pointer::new(at), json!([item])));
        walk(contract, items, &format!("{at}/0"), &around, found);
    }
}

/// A value that keeps to a schema, as small as can be; `None` where the schema is beyond this.
fn sample(contract: &Contract, schema: &Value) -> Option<Value> {
    let schema = contract.shapes.resolve(schema);
    if let Some(first) = schema.get("enum").and_then(Value::as_array).and_then(|values| values.first()) {
        return Some(first.clone());
    }
    match schema.get("type").and_then(Value::as_str)? {
        "string" => {
            let least = schema.get("minLength").and_then(Value::as_u64).unwrap_or(1).max(1);
            Some("a".repeat(usize::try_from(least).ok()?).into())
        }
        "integer" | "number" => Some(schema.get("minimum").cloned().unwrap_or_else(|| json!(1))),
        "boolean" => Some(json!(true)),
        "array" => Some(json!([sample(contract, schema.get("items")?)?])),
        "object" => {
            let mut members = Map::new();
            for name in schema
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                members.insert(name.to_owned(), sample(contract, schema.get("properties")?.get(name)?)?);
            }
            Some(members.into())
        }
        _ => None,
    }
}

/// A text of an allowed length that does not match; `None` where every text matches.
fn unmatched(pattern: &str, least: usize, most: Option<usize>) -> Option<String> {
    let pattern = regex::Regex::new(pattern).ok()?;
    let length = least.max(1);
    ["!", " ", "é", "-", "\u{1}"]
        .iter()
        .map(|mark| mark.repeat(length))
        .find(|text| !pattern.is_match(text) && most.is_none_or(|most| text.chars().count() <= most))
}

/// A value as it is shown in titles.
fn short(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().count() > 24 => {
            format!("a text of {} characters", text.chars().count())
        }
        Value::Array(items) if items.len() > 3 => format!("{} items", items.len()),
        other => other.to_string(),
    }
}
