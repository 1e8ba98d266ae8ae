//! Entries of `errors`, in the shape of the documented sample.

use apollo_compiler::response::GraphQLError;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::super::answer::Answer;
use super::super::{Mock, refuse};
use super::Talk;
use crate::contract::likeness::{Dice, like};

/// What one error says.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    pub message: String,
    pub code: Option<String>,
    pub path: Vec<Value>,
    pub locations: Vec<Value>,
    /// The id of the job that was named.
    pub id: Option<String>,
}

impl Entry {
    /// An error without a place in the document.
    pub(super) fn of(message: String) -> Self {
        Entry { message, ..Entry::default() }
    }
}

impl From<&GraphQLError> for Entry {
    fn from(error: &GraphQLError) -> Self {
        let json = serde_json::to_value(error).unwrap_or_default();
        let list = |name: &str| json.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        Entry {
            message: error.message.clone(),
            path: list("path"),
            locations: list("locations"),
            ..Entry::default()
        }
    }
}

impl Mock {
    /// A body that holds errors and nothing else.
    pub(super) fn errors(&self, talk: &Talk<'_>, entries: &[Entry]) -> Value {
        let made = entries.iter().enumerate().map(|(index, entry)| self.entry(talk, entry, index as u64));
        let mut body = Map::new();
        body.insert("errors".into(), made.collect::<Vec<Value>>().into());
        body.into()
    }

    /// One entry: the sample for its code, or else the documented one, with what is said now.
    fn entry(&self, talk: &Talk<'_>, entry: &Entry, index: u64) -> Value {
        let example =
            |label: &str| self.contract.examples.get(&(talk.transport.error.clone(), label.to_owned()));
        let sample = entry.code.as_ref().and_then(|code| example(code)).or_else(|| example("documented"));
        let mut whole = sample.cloned().unwrap_or_default();
        let service = self.contract.facts.services.get(talk.service);
        let body = service.and_then(|s| s.error_body.as_ref()).unwrap_or(&self.contract.facts.error_body);
        let mut dice = Dice::new(!self.seed, talk.serial.wrapping_mul(64).wrapping_add(index));
        if let Some(sample) = whole.pointer_mut("/errors/0") {
            self.refresh(sample, entry, &mut dice);
            if let Some(members) = sample.as_object_mut() {
                for (name, value) in [("path", &entry.path), ("locations", &entry.locations)] {
                    // Only what the sample has is known to this vendor's clients.
                    if value.is_empty() {
                        members.remove(name);
                    } else if members.contains_key(name) {
                        members.insert(name.to_owned(), value.clone().into());
                    }
                }
            }
        }
        let mut answer = Answer::json(200, whole);
        refuse::write(body, &mut answer, entry.code.as_deref(), &entry.message);
        answer.body_mut().and_then(|body| body.pointer("/errors/0")).cloned().unwrap_or_default()
    }

    /// Brings the times and ids of a sample up to date.
    fn refresh(&self, value: &mut Value, entry: &Entry, dice: &mut Dice) {
        match value {
            Value::Object(members) => members.values_mut().for_each(|m| self.refresh(m, entry, dice)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.refresh(item, entry, dice)),
            Value::String(text) => {
                let sample = &self.contract.facts.job.ids.sample;
                if text.parse::<Timestamp>().is_ok() {
                    *text = format!("{:.3}", self.now());
                } else if !sample.is_empty() && text.contains(sample.as_str()) {
                    *text = entry.id.as_ref().map_or_else(|| text.clone(), |id| text.replace(sample, id));
                } else if is_uuid(text) {
                    *text = like(text, dice);
                }
            }
            _ => {}
        }
    }
}

/// Whether a text has the form of a UUID.
fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}
