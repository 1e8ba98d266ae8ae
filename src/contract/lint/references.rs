//! Every fact cites a reference that exists, and every reference is cited.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::contract::diagnostic::Diagnostic;
use crate::contract::load::Draft;
use crate::contract::source::{Document, child};

/// Checks it.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let known = || draft.facts.references.keys().map(String::as_str);
    let mut cited = BTreeSet::new();
    let mut look = |document: &Document, found: Vec<(String, String)>| {
        for (place, name) in found {
            if !draft.facts.references.contains_key(&name) {
                let message = format!("there is no reference `{name}`");
                mistakes.push(
                    document.error(document.span(&place), message).with_help(super::help(&name, known())),
                );
            }
            cited.insert(name);
        }
    };
    let mut found = Vec::new();
    walk(&draft.document.value, "", &|key| key == "ref" || key.ends_with("_ref"), &mut found);
    look(&draft.document, found);
    for document in draft.schemas.values() {
        let mut found = Vec::new();
        walk(&document.value, "", &|key| key == "x-ref", &mut found);
        look(document, found);
    }
    for name in known().filter(|name| !cited.contains(*name)) {
        let place = draft.document.key_span(&child("/references", name));
        mistakes.push(
            draft
                .document
                .error(place, format!("no fact cites the reference `{name}`"))
                .with_help("cite it with `ref`, or take it out".to_owned())
                .into_warning(),
        );
    }
}

/// The places below `value` whose key is one for references, with what stands there.
fn walk(value: &Value, at: &str, is_key: &dyn Fn(&str) -> bool, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(name) if is_key(key) => found.push((child(at, key), name.clone())),
                    _ => walk(member, &child(at, key), is_key, found),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{at}/{index}"), is_key, found);
            }
        }
        _ => {}
    }
}
