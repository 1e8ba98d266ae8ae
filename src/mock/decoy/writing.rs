//! JSON that is written in another legal way.

use std::fmt::Write;

use serde_json::Value;

use super::super::answer::{Answer, Body};
use super::{Decoy, Label};
use crate::exchange::{Request, Response};

/// Up to here every whole number has a float of its own.
const EXACT: i64 = 1 << 53;

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Backwards,
    Spaced,
    Escaped,
    Decimals,
    Exponents,
}

struct Written {
    label: Label,
    style: Style,
}

impl Decoy for Written {
    fn label(&self) -> &Label {
        &self.label
    }

    fn write(&self, _: &Request, mut answer: Answer) -> Response {
        if let Body::Json(value) = &answer.body {
            let mut text = String::new();
            write(value, self.style, &mut text);
            answer.body = Body::Text(text);
        }
        answer.write()
    }
}

fn write(value: &Value, style: Style, out: &mut String) {
    let gap = if style == Style::Spaced { "\r\n\t " } else { "" };
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            if style == Style::Backwards {
                members.reverse();
            }
            out.push('{');
            for (index, (name, member)) in members.into_iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(gap);
                string(name, style, out);
                out.push_str(gap);
                out.push(':');
                out.push_str(gap);
                write(member, style, out);
            }
            out.push_str(gap);
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(gap);
                write(item, style, out);
            }
            out.push_str(gap);
            out.push(']');
        }
        Value::String(text) => string(text, style, out),
        Value::Number(number) => {
            let whole = number.as_i64().filter(|number| (-EXACT..=EXACT).contains(number));
            let _ = match (style, whole) {
                (Style::Decimals, Some(whole)) => write!(out, "{whole}.0"),
                (Style::Exponents, Some(whole)) => write!(out, "{whole:e}"),
                _ => write!(out, "{number}"),
            };
        }
        Value::Bool(_) | Value::Null => {
            let _ = write!(out, "{value}");
        }
    }
}

fn string(text: &str, style: Style, out: &mut String) {
    if style != Style::Escaped {
        let _ = write!(out, "{}", Value::from(text));
        return;
    }
    out.push('"');
    for unit in text.encode_utf16() {
        let _ = write!(out, "\\u{unit:04x}");
    }
    out.push('"');
}

pub(super) fn decoys() -> Vec<Box<dyn Decoy>> {
    let free = "JSON says nothing about the order of members";
    let white = "JSON admits white space between all its parts";
    let escape = "JSON admits the escape of any character";
    let number = "100, 100.0 and 1e2 are the same JSON number, and an integer to JSON Schema";
    [
        (
            "json::members-backwards",
            "the members of objects come in the opposite order",
            free,
            Style::Backwards,
        ),
        ("json::white-space", "bodies are full of white space", white, Style::Spaced),
        ("json::escaped", "every character of every string is escaped", escape, Style::Escaped),
        ("json::decimals", "whole numbers are written with a decimal point", number, Style::Decimals),
        ("json::exponents", "whole numbers are written with an exponent", number, Style::Exponents),
    ]
    .into_iter()
    .map(|(id, title, legal, style)| {
        Box::new(Written { label: Label::new(id, title, legal), style }) as Box<dyn Decoy>
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(Style::Backwards, r#"{"b":["é"],"a":100}"#)]
    #[case(Style::Escaped, r#"{"\u0061":100,"\u0062":["\u00e9"]}"#)]
    #[case(Style::Decimals, r#"{"a":100.0,"b":["é"]}"#)]
    #[case(Style::Exponents, r#"{"a":1e2,"b":["é"]}"#)]
    fn writes(#[case] style: Style, #[case] expected: &str) {
        let mut out = String::new();
        write(&json!({"a": 100, "b": ["é"]}), style, &mut out);
        assert_eq!(out, expected);
    }

    #[test]
    fn white_space_changes_nothing() {
        let value = json!({"a": [1, {"b": null}], "c": {}});
        let mut out = String::new();
        write(&value, Style::Spaced, &mut out);
        assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), value);
    }
}
