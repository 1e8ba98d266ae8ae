//! Hides the secrets of one server's exchanges, so that what is left can be stored and still judged.
//!
//! What a report shows as `[redacted]` gets a stand-in of the same length and kinds of characters: schemas, lengths and
//! patterns say of it what they said of the secret. The same text always gets the same stand-in, so what was equal stays
//! equal. Stand-ins are numbered, not computed from what they stand for. A recording names those of secrets, and a
//! replay takes them for its secrets: so its report shows `[redacted]` at the same places.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::shape::stand_in;
use crate::exchange::Exchange;
use crate::exchange::headers::{Headers, is_secret};
use crate::exchange::redact::signatures;
use crate::exchange::spelling::{SHORTEST, spellings};

/// Marks the place of a secret while the text around it is looked at: a character for private use, and then some.
const MARKS: u32 = 0xF_0000;

/// How many stand-ins are tried for one that stands nowhere else.
const TRIES: usize = 1_000;

/// Stand-ins for the secrets of one server's exchanges.
#[derive(Debug, Default)]
pub struct Disguise {
    /// The secrets in every spelling, each with the same spelling of its stand-in; the longest first.
    spelt: Vec<(String, String)>,
    /// Stand-ins by what they stand for, beside those of secrets: values of headers, and signatures.
    others: BTreeMap<String, String>,
    stand_ins: Vec<String>,
    salt: u64,
}

impl Disguise {
    /// A disguise for these secrets, in these exchanges.
    pub fn new<'e>(
        secrets: impl IntoIterator<Item = String>,
        exchanges: impl Iterator<Item = &'e Exchange> + Clone,
    ) -> Disguise {
        let mut disguise = Disguise::default();
        let mut long: Vec<String> = Vec::new();
        for secret in secrets.into_iter().filter(|secret| secret.len() >= SHORTEST) {
            if !long.contains(&secret) {
                long.push(secret);
            }
        }
        for secret in &long {
            let mut chosen = disguise.next(secret);
            for _ in 0..TRIES {
                let is_seen = disguise.stand_ins.contains(&chosen)
                    || long.iter().any(|secret| chosen.contains(secret.as_str()))
                    || exchanges.clone().any(|exchange| stands_in(exchange, &chosen));
                if !is_seen {
                    break;
                }
                chosen = disguise.next(secret);
            }
            disguise.spelt.extend(spellings(secret).into_iter().zip(spellings(&chosen)));
            disguise.stand_ins.push(chosen);
        }
        // In the order in which a redactor takes them.
        disguise.spelt.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        disguise.spelt.dedup_by(|(a, _), (b, _)| a == b);
        disguise
    }

    /// What stands for secrets in the disguised texts.
    pub fn stand_ins(&self) -> &[String] {
        &self.stand_ins
    }

    /// A text in disguise.
    pub fn text(&mut self, text: &str) -> String {
        let marked = self.marked(text);
        let hidden = signatures(&marked, |value| self.hidden(value));
        self.unmarked(&hidden)
    }

    /// Bytes in disguise: what is text among them.
    pub fn bytes(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            out.extend_from_slice(self.text(chunk.valid()).as_bytes());
            out.extend_from_slice(chunk.invalid());
        }
        out
    }

    /// The value of a header in disguise.
    pub fn header(&mut self, name: &str, value: &str) -> String {
        if is_secret(name) { self.whole(value) } else { self.text(value) }
    }

    /// Header fields in disguise.
    pub fn headers(&mut self, headers: &Headers) -> Headers {
        Headers(headers.iter().map(|(name, value)| (name.to_owned(), self.header(name, value))).collect())
    }

    /// A value in disguise, with the names of its members.
    pub fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Number(number) => {
                let text = number.to_string();
                let hidden = self.text(&text);
                if hidden == text { value.clone() } else { hidden.parse().unwrap_or(Value::String(hidden)) }
            }
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => {
                let hidden: Map<String, Value> =
                    members.iter().map(|(name, member)| (self.text(name), self.value(member))).collect();
                Value::Object(hidden)
            }
            Value::Null | Value::Bool(_) => value.clone(),
        }
    }

    /// What a request asks, `{ path, query, headers, body }`, in disguise.
    pub fn view(&mut self, view: &Value) -> Value {
        let mut hidden = self.value(view);
        for (name, value) in view.get("headers").and_then(Value::as_object).into_iter().flatten() {
            if let (Some(text), Some(place)) = (value.as_str(), hidden["headers"].get_mut(name)) {
                *place = Value::String(self.header(name, text));
            }
        }
        hidden
    }

    /// A text in disguise that may be the whole value of a header that was hidden: it stays equal to it.
    pub fn known(&mut self, text: &str) -> String {
        match self.others.get(text) {
            Some(hidden) => hidden.clone(),
            None => self.text(text),
        }
    }

    /// A text that is hidden altogether.
    fn whole(&mut self, text: &str) -> String {
        let marked = self.marked(text);
        let hidden = self.hidden(&marked);
        self.unmarked(&hidden)
    }

    /// The text with a mark for each secret.
    fn marked(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for ((secret, _), mark) in self.spelt.iter().zip(marks()) {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), mark.encode_utf8(&mut [0; 4]));
            }
        }
        text
    }

    /// The text with stand-ins for the marks.
    fn unmarked(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match mark(c).and_then(|at| self.spelt.get(at)) {
                Some((_, stand_in)) => out.push_str(stand_in),
                None => out.push(c),
            }
        }
        out
    }

    /// The text with everything hidden but the marks.
    fn hidden(&mut self, marked: &str) -> String {
        let is_mark = |c: char| mark(c).is_some();
        let mut out = String::with_capacity(marked.len());
        for part in marked.split_inclusive(is_mark) {
            let end = part.find(is_mark).unwrap_or(part.len());
            let (open, mark) = part.split_at(end);
            if !open.is_empty() {
                if !self.others.contains_key(open) {
                    let chosen = self.next(open);
                    self.others.insert(open.to_owned(), chosen);
                }
                out.push_str(self.others.get(open).map_or("", String::as_str));
            }
            out.push_str(mark);
        }
        out
    }

    fn next(&mut self, text: &str) -> String {
        self.salt += 1;
        stand_in(text, self.salt)
    }
}

fn marks() -> impl Iterator<Item = char> {
    (MARKS..).map_while(char::from_u32)
}

/// The number of a mark.
fn mark(c: char) -> Option<usize> {
    u32::from(c).checked_sub(MARKS).and_then(|at| usize::try_from(at).ok())
}

/// Whether a text stands anywhere in an exchange.
fn stands_in(exchange: &Exchange, text: &str) -> bool {
    let bytes = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(text);
    let headers = |headers: &Headers| headers.iter().any(|(_, value)| value.contains(text));
    let request = &exchange.request;
    request.target.contains(text)
        || headers(&request.headers)
        || bytes(&request.body)
        || exchange.response().is_some_and(|response| headers(&response.headers) || bytes(&response.body))
}

#[cfg(test)]
mod tests;
