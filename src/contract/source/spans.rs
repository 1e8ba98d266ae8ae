//! Where the members of a document stand, in a tree of the same shape.

use std::{collections::BTreeMap, ops::Range};

use serde_json::Value;

/// The place of a value, of its key, and of everything in it.
///
/// A tree rather than a map from pointers: pointers repeat the keys above them, so that one long
/// key over many small values would take more memory than the file by orders of magnitude.
#[derive(Debug, Clone, Default)]
pub(super) struct Spans {
    pub(super) key: Option<Range<usize>>,
    pub(super) value: Range<usize>,
    /// By key, or by index in digits.
    pub(super) members: BTreeMap<String, Spans>,
}

impl Spans {
    /// The spans at `pointer`, or those of its nearest ancestor.
    pub(super) fn nearest(&self, pointer: &str) -> &Self {
        let mut at = self;
        for key in keys(pointer) {
            match at.members.get(&key) {
                Some(member) => at = member,
                None => break,
            }
        }
        at
    }

    pub(super) fn get(&self, pointer: &str) -> Option<&Self> {
        keys(pointer).try_fold(self, |at, key| at.members.get(&key))
    }

    pub(super) fn get_mut(&mut self, pointer: &str) -> Option<&mut Self> {
        keys(pointer).try_fold(self, |at, key| at.members.get_mut(&key))
    }
}

fn keys(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"))
}

/// Lays `over` over `value`, and the places of what was taken from it over `spans`.
pub(super) fn merge(value: &mut Value, spans: &mut Spans, over: Value, mut over_spans: Spans) {
    match (value, over) {
        (Value::Object(members), Value::Object(over)) => {
            for (key, over) in over {
                let over_spans = over_spans.members.remove(&key).unwrap_or_default();
                match members.get_mut(&key) {
                    Some(member) => merge(member, spans.members.entry(key).or_default(), over, over_spans),
                    None => {
                        spans.members.insert(key.clone(), over_spans);
                        members.insert(key, over);
                    }
                }
            }
        }
        (value, over) => {
            *value = over;
            *spans = over_spans;
        }
    }
}
