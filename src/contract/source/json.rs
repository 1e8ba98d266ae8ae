//! Strict JSON, with the places of its members.
//!
//! The spans come from `jsonc-parser`, whose errors also say what and where; the value comes from
//! `serde_json`, which has the last word on what is JSON.

use std::{ops::Range, sync::Arc};

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{ObjectProp, Value as Node},
    common::Ranged,
    errors::ParseErrorKind,
    parse_to_ast,
};

use super::{Diagnostic, MAX_DEPTH, Parsed, Spans, words::quoted};

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

pub(super) fn parse(name: &str, text: &Arc<str>) -> Parsed {
    let failed = |span, message: String| vec![Diagnostic::error(name, text, span, message)];
    if text.starts_with('\u{feff}') {
        return Err(failed(0..0, "invalid JSON: a byte order mark before the first value".to_owned()));
    }
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| {
        let message = match error.kind() {
            ParseErrorKind::NestingDepthExceeded => too_deep(),
            kind => format!("invalid JSON: {}", lower_first(&kind.to_string())),
        };
        failed(error.range().start..error.range().end, message)
    })?;
    let mut reader = Reader { name, text, problems: Vec::new() };
    let spans = parsed.value.as_ref().map(|root| reader.spans(root, 0)).unwrap_or_default();
    if !reader.problems.is_empty() {
        return Err(reader.problems);
    }
    let value = serde_json::from_str(text).map_err(|error| {
        let at = offset(text, error.line(), error.column());
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        failed(at..at, format!("invalid JSON: {}", lower_first(message)))
    })?;
    Ok((value, spans))
}

struct Reader<'a> {
    name: &'a str,
    text: &'a Arc<str>,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn spans(&mut self, node: &Node<'_>, depth: usize) -> Spans {
        let mut spans = Spans { value: node.start()..node.end(), ..Spans::default() };
        if matches!(node, Node::Object(_) | Node::Array(_)) && depth >= MAX_DEPTH {
            self.problem(spans.value.clone(), too_deep());
            return spans;
        }
        match node {
            Node::Object(object) => {
                for property in &object.properties {
                    let member = self.spans(&property.value, depth + 1);
                    self.insert(&mut spans, property, member);
                }
            }
            Node::Array(array) => {
                for (index, item) in array.elements.iter().enumerate() {
                    let member = self.spans(item, depth + 1);
                    spans.members.insert(index.to_string(), member);
                }
            }
            Node::StringLit(_) | Node::NumberLit(_) | Node::BooleanLit(_) | Node::NullKeyword(_) => {}
        }
        spans
    }

    fn insert(&mut self, spans: &mut Spans, property: &ObjectProp<'_>, member: Spans) {
        let key = property.name.as_str();
        let span = property.name.start()..property.name.end();
        let earlier = spans.members.insert(key.to_owned(), Spans { key: Some(span.clone()), ..member });
        if earlier.is_some() {
            self.problem(span, format!("duplicate key {}", quoted(key)));
        }
    }

    fn problem(&mut self, span: Range<usize>, message: String) {
        self.problems.push(Diagnostic::error(self.name, self.text, span, message));
    }
}

fn too_deep() -> String {
    format!("nested more than {MAX_DEPTH} levels deep")
}

fn lower_first(message: &str) -> String {
    // Not for `EOF` and other words in capitals.
    if message.chars().nth(1).is_some_and(char::is_uppercase) {
        return message.to_owned();
    }
    let mut chars = message.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// The place `serde_json` means by a line and a column, which it counts in bytes.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let line_start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    text.floor_char_boundary(line_start + column.saturating_sub(1))
}
