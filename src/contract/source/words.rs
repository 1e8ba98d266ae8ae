//! What is wrong with a value, in words.

use jsonschema::{
    ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::Value;

/// The longest piece of a file quoted in a message, in characters.
const QUOTED: usize = 60;

/// `text` in backticks, cut short if need be.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("`{}...`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// All of `words` in backticks, with commas between them.
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}

/// A value as a message shows it: strings without their quotes.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(string) => string.clone(),
        other => other.to_string(),
    }
}

/// The JSON Schema type of a value.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The types a `type` keyword asks for.
pub(super) fn types(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Single(kind) => vec![kind.to_string()],
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect(),
    }
}

/// What is wrong with a value that breaks a rule of its own, apart from its keys and its choices.
pub(super) fn message(error: &ValidationError<'_>) -> String {
    let value = error.instance();
    let quote = || quoted(&shown(value));
    match error.kind() {
        Kind::Minimum { limit } => format!("must be at least {limit}, found {}", quote()),
        Kind::Maximum { limit } => format!("must be at most {limit}, found {}", quote()),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}, found {}", quote()),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}, found {}", quote()),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}, found {}", quote()),
        Kind::MinLength { limit: 1 } | Kind::MinItems { limit: 1 } => "must not be empty".to_owned(),
        Kind::MinLength { limit } => size("at least", *limit, "character", value),
        Kind::MaxLength { limit } => size("at most", *limit, "character", value),
        Kind::MinItems { limit } => size("at least", *limit, "item", value),
        Kind::MaxItems { limit } => size("at most", *limit, "item", value),
        Kind::MinProperties { limit } => size("at least", *limit, "key", value),
        Kind::MaxProperties { limit } => size("at most", *limit, "key", value),
        Kind::Pattern { pattern } => format!("{} does not match `{pattern}`", quote()),
        Kind::Format { format } => format!("{} is not a valid {format}", quote()),
        Kind::UniqueItems => "the items must all differ".to_owned(),
        Kind::FalseSchema => "is not allowed here".to_owned(),
        _ => error.masked_with("the value").to_string(),
    }
}

fn size(bound: &str, limit: u64, what: &str, value: &Value) -> String {
    let found = match value {
        Value::String(string) => string.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    };
    let plural = if limit == 1 { "" } else { "s" };
    format!("expected {bound} {limit} {what}{plural}, found {found}")
}
