//! TOML, with the places of its members.

use std::{ops::Range, sync::Arc};

use serde_json::{Number, Value};
use toml::{
    Spanned,
    de::{DeInteger, DeTable, DeValue},
};

use super::{Diagnostic, MAX_DEPTH, Parsed, Spans};

pub(super) fn parse(name: &str, text: &Arc<str>) -> Parsed {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| syntax(name, text, error)).collect());
    }
    let mut reader = Reader { name, text, problems: Vec::new() };
    let document = reader.table(table.get_ref(), 1);
    if reader.problems.is_empty() { Ok(document) } else { Err(reader.problems) }
}

fn syntax(name: &str, text: &Arc<str>, error: &toml::de::Error) -> Diagnostic {
    let (message, label) = match error.message().split_once(", expected ") {
        Some((message, expected)) => (message, format!("expected {expected}")),
        None => (error.message(), String::new()),
    };
    Diagnostic::error(name, text, error.span(), format!("invalid TOML: {message}")).with_label(label)
}

struct Reader<'a> {
    name: &'a str,
    text: &'a Arc<str>,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, depth: usize) -> (Value, Spans) {
        let (mut object, mut spans) = (serde_json::Map::new(), Spans::default());
        for (key, value) in table.iter() {
            let (member, mut member_spans) = self.value(value, depth);
            member_spans.key = Some(key.span());
            object.insert(key.get_ref().to_string(), member);
            spans.members.insert(key.get_ref().to_string(), member_spans);
        }
        (Value::Object(object), spans)
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, depth: usize) -> (Value, Spans) {
        let span = value.span();
        let (read, spans) = match value.get_ref() {
            DeValue::Array(_) | DeValue::Table(_) if depth >= MAX_DEPTH => {
                self.problem(&span, format!("nested more than {MAX_DEPTH} levels deep"));
                (Value::Null, Spans::default())
            }
            DeValue::Table(table) => self.table(table, depth + 1),
            DeValue::Array(items) => {
                let read = items.iter().map(|item| self.value(item, depth + 1));
                let (items, spans): (Vec<_>, Vec<_>) = read.unzip();
                let members = spans.into_iter().enumerate().map(|(i, spans)| (i.to_string(), spans));
                (Value::Array(items), Spans { members: members.collect(), ..Spans::default() })
            }
            DeValue::String(string) => (Value::from(&**string), Spans::default()),
            DeValue::Boolean(boolean) => (Value::from(*boolean), Spans::default()),
            DeValue::Datetime(datetime) => (Value::from(datetime.to_string()), Spans::default()),
            DeValue::Integer(integer) => (self.number(&span, to_number(integer)), Spans::default()),
            DeValue::Float(float) => {
                let number = float.as_str().parse().ok().and_then(Number::from_f64);
                (self.number(&span, number), Spans::default())
            }
        };
        (read, Spans { value: span, ..spans })
    }

    fn number(&mut self, span: &Range<usize>, number: Option<Number>) -> Value {
        let Some(number) = number else {
            let written = self.text.get(span.clone()).unwrap_or_default();
            self.problem(span, format!("number out of range: {}", super::words::quoted(written)));
            return Value::Null;
        };
        Value::Number(number)
    }

    fn problem(&mut self, span: &Range<usize>, message: String) {
        self.problems.push(Diagnostic::error(self.name, self.text, span.clone(), message));
    }
}

fn to_number(integer: &DeInteger<'_>) -> Option<Number> {
    let (digits, radix) = (integer.as_str(), integer.radix());
    let signed = i64::from_str_radix(digits, radix).map(Number::from);
    signed.or_else(|_| u64::from_str_radix(digits, radix).map(Number::from)).ok()
}
