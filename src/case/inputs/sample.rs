//! Small values that keep to a schema, and texts that do not.

use serde_json::{Map, Value, json};

use crate::contract::Contract;
use crate::contract::pattern::compiled;

/// A value that keeps to a schema, as small as can be; `None` where the schema is beyond this.
pub(super) fn sample(contract: &Contract, schema: &Value) -> Option<Value> {
    let schema = contract.shapes.resolve(schema);
    if let Some(first) = schema.get("enum").and_then(Value::as_array).and_then(|values| values.first()) {
        return Some(first.clone());
    }
    match schema.get("type").and_then(Value::as_str)? {
        "string" if schema.get("format").is_some() => {
            of_format(schema.get("format").and_then(Value::as_str)?).map(Value::from)
        }
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

/// A text of a format; of one that nothing is known of, a plain text.
fn of_format(format: &str) -> Option<&'static str> {
    Some(match format {
        "uuid" => "00000000-0000-4000-8000-000000000000",
        "date-time" => "2026-01-01T00:00:00Z",
        "date" => "2026-01-01",
        "time" => "00:00:00Z",
        "uri" | "iri" => "https://example.com/",
        "email" => "someone@example.com",
        "hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        _ => "a",
    })
}

/// A text of an allowed length that does not match; `None` where every text matches.
pub(super) fn unmatched(pattern: &str, least: usize, most: Option<usize>) -> Option<String> {
    let pattern = compiled(pattern)?;
    let length = least.max(1);
    ["!", " ", "é", "-", "\u{1}"]
        .iter()
        .map(|mark| mark.repeat(length))
        .find(|text| !pattern.is_match(text) && most.is_none_or(|most| text.chars().count() <= most))
}
