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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exchange::redact::Redactor;

    fn disguise(secrets: &[&str]) -> Disguise {
        Disguise::new(secrets.iter().map(|secret| (*secret).to_owned()), std::iter::empty())
    }

    #[test]
    fn what_was_equal_stays_equal_and_nothing_else_does() {
        let mut disguise = disguise(&["canary-1", "canary-2"]);
        let (a, b) = (disguise.text("canary-1"), disguise.text("canary-2"));
        assert_ne!(a, b);
        assert_eq!(disguise.text("x canary-1 y"), format!("x {a} y"));
        let token = disguise.header("X-Token", "Bearer canary-1");
        assert!(token.ends_with(&a) && !token.contains("Bearer"), "{token}");
        assert_eq!(disguise.header("X-Token", "Bearer canary-1"), token);
        assert_eq!(disguise.header("Accept", "canary-2"), b);
        assert_eq!(disguise.stand_ins(), [a, b]);
    }

    #[test]
    fn values_and_bytes_are_hidden_too() {
        let mut disguise = disguise(&["4711", "canary"]);
        let hidden = disguise.value(&serde_json::json!({ "pin": 4711, "is": ["a canary", true, null, 12] }));
        assert!(!hidden.to_string().contains("4711") && !hidden.to_string().contains("canary"), "{hidden}");
        assert!(hidden["pin"].is_number() && hidden["is"][3] == 12, "{hidden}");
        let bytes = disguise.bytes(b"\xff canary \xfe");
        assert!(bytes.len() == 10 && !bytes.windows(6).any(|part| part == b"canary"), "{bytes:?}");
    }

    #[test]
    fn a_stand_in_stands_nowhere_else() {
        let body: String = (0..=999).map(|n| format!("{n:03} 1{n:03} ")).collect();
        let exchange = Exchange {
            asked: crate::exchange::Asked::default(),
            meant: None,
            request: crate::exchange::Request {
                service: None,
                method: "GET".into(),
                target: "/".into(),
                headers: Headers::default(),
                body: body.into_bytes(),
            },
            outcome: Err(crate::exchange::TransportError::Broken(String::new())),
            sent: std::time::Duration::ZERO,
            received: std::time::Duration::ZERO,
        };
        let disguise = Disguise::new(["1234".to_owned()], std::iter::once(&exchange));
        assert!(!stands_in(&exchange, &disguise.stand_ins()[0]), "{:?}", disguise.stand_ins());
    }

    proptest! {
        /// The heart of it: redacting what was disguised gives what redacting the original gives.
        #[test]
        fn a_redactor_sees_no_difference(
            secrets in proptest::collection::vec("[a-zA-Z0-9\"/& é字_-]{6,14}", 1..4),
            pieces in proptest::collection::vec((0_usize..8, "[ a-z{}:\",?&=]{0,6}"), 0..12),
        ) {
            // What is left when one stands in another is no secret any more.
            let mixed = secrets.iter().enumerate().any(|(at, a)| {
                secrets.iter().enumerate().any(|(other, b)| at != other && shares(a, b))
            });
            prop_assume!(!mixed);
            let mut text = String::new();
            for (which, between) in &pieces {
                match secrets.get(*which) {
                    Some(secret) => text.push_str(&spellings(secret)[which + between.len() % 3]),
                    None if *which == 7 => text.push_str("?x-amz-signature=0a1b2c"),
                    None => {}
                }
                text.push_str(between);
            }
            let known: Vec<&str> = secrets.iter().map(String::as_str).collect();
            let mut disguise = disguise(&known);
            let hidden = disguise.text(&text);
            for secret in &secrets {
                prop_assert!(!hidden.contains(secret.as_str()), "{} in {}", secret, hidden);
            }
            let after = Redactor::new(disguise.stand_ins().iter().cloned());
            prop_assert_eq!(after.text(&hidden), Redactor::new(secrets.clone()).text(&text));
        }
    }

    /// Whether two texts have four characters in common.
    fn shares(a: &str, b: &str) -> bool {
        let letters: Vec<char> = a.chars().collect();
        letters.windows(3).any(|part| b.contains(&part.iter().collect::<String>()))
    }
}
