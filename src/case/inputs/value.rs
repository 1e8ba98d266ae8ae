//! Wrong values for what a schema says about one value.

use serde_json::{Value, json};

use super::sample::unmatched;
use super::violation::{Violation, other_case, wrong};
use crate::contract::pointer::Pointer;

/// How many characters more than allowed an oversize text has in a body. More might be too much for the server's
/// front door, which answers by itself.
const OVERSIZE: usize = 20_000;

/// Finds the wrong values. `whole` is a right one, where one could be made.
pub(super) fn values(
    schema: &Value,
    at: &str,
    around: &[(Pointer, Value)],
    whole: Option<&Value>,
    found: &mut Vec<Violation>,
) {
    let mut add = |keyword: &str, value: Value| found.push(wrong(at, keyword, value, around));
    // The parts of a request themselves can be nothing but objects.
    if at.matches('/').count() > 1 {
        types(schema, &mut add);
    }
    numbers(schema, &mut add);
    texts(schema, whole, at.starts_with("/body"), &mut add);
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        add("enum", json!("NO_SUCH_VALUE"));
        let is_documented = |word: &String| values.iter().any(|value| value == word.as_str());
        let words = values.iter().filter_map(Value::as_str);
        if let Some(other) = words.filter_map(other_case).find(|other| !is_documented(other)) {
            add("enum-case", other.into());
        }
    }
    if schema.get("const").is_some() {
        add("const", json!("NO_SUCH_VALUE"));
    }
}

fn types(schema: &Value, add: &mut impl FnMut(&str, Value)) {
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    match kinds.first() {
        Some(&"string") => add("type", json!({"not": "a string"})),
        Some(&"array") => add("type", json!("not an array")),
        Some(&"object") => add("type", json!("not an object")),
        Some(&"integer" | &"number") => add("type", json!("not a number")),
        Some(&"boolean") => add("type", json!("not a boolean")),
        _ => {}
    }
    if kinds == ["integer"] {
        add("fraction", json!(1.5));
    }
}

fn numbers(schema: &Value, add: &mut impl FnMut(&str, Value)) {
    let number = |name: &str| schema.get(name).and_then(Value::as_i64);
    if let Some(least) = number("minimum") {
        add("minimum", least.saturating_sub(1).into());
    }
    if let Some(most) = number("maximum") {
        add("maximum", most.saturating_add(1).into());
    }
    for bound in ["exclusiveMinimum", "exclusiveMaximum"] {
        if let Some(edge) = number(bound) {
            add(bound, edge.into());
        }
    }
    if let Some(step) = number("multipleOf").filter(|step| *step > 1) {
        add("multipleOf", (number("minimum").unwrap_or(0) / step * step + step + 1).into());
    }
}

fn texts(schema: &Value, whole: Option<&Value>, in_body: bool, add: &mut impl FnMut(&str, Value)) {
    let length = |name: &str| schema.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let (least, most) = (length("minLength"), length("maxLength"));
    if let Some(least) = least.filter(|n| *n > 0) {
        add("minLength", "a".repeat(least - 1).into());
    }
    if let Some(most) = most {
        add("maxLength", "a".repeat(most + 1).into());
        if in_body {
            add("oversize", "a".repeat(most + OVERSIZE).into());
        }
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && let Some(bad) = unmatched(pattern, least.unwrap_or(1), most)
    {
        add("pattern", bad.into());
    }
    if schema.get("format").is_some() {
        add("format", json!("not of this format"));
    }
    // A right text with a character in it that nobody can see. A schema may allow it: then it is left out later.
    if let Some(text) = whole.and_then(Value::as_str).filter(|text| text.is_ascii() && !text.is_empty()) {
        add("control", format!("{}\u{1}", &text[..text.len() - 1]).into());
    }
}
