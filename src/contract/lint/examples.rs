//! Examples: accepted ones validate, rejected ones fail where they say, and every schema has both.

use serde_json::Value;

use crate::contract::diagnostic::Diagnostic;
use crate::contract::load::Draft;

/// Checks it.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let schemas = || draft.schemas.keys().map(String::as_str);
    for example in &draft.examples {
        let (document, schema) = (&example.document, &example.schema);
        if !draft.schemas.contains_key(schema) {
            let message = format!("the file's name speaks of a schema `{schema}`, which there is not");
            mistakes.push(document.error(0..0, message).with_help(super::help(schema, schemas())));
        } else if example.accept {
            for mismatch in draft.shapes.mismatches(schema, &document.value) {
                let message = format!("an accepted example must validate: {}", mismatch.message);
                mistakes.push(document.error(document.span(&mismatch.at), message).with_help(
                    (!mismatch.expected.is_empty()).then(|| format!("expected {}", mismatch.expected)),
                ));
            }
        } else {
            check_reject(draft, document, schema, mistakes);
        }
    }
    for (name, document) in &draft.schemas {
        for (accept, word) in [(true, "accepted"), (false, "rejected")] {
            if !draft.examples.iter().any(|e| e.schema == *name && e.accept == accept) {
                let folder = if accept { "accept" } else { "reject" };
                let help = format!("add examples/{folder}/{name}--<label>.json");
                mistakes
                    .push(document.error(0..0, format!("the schema has no {word} example")).with_help(help));
            }
        }
    }
    for (id, operation) in &draft.facts.operations {
        for status in operation.success_statuses() {
            let Some(schema) = operation.response_schema(status).filter(|s| !s.is_empty()) else { continue };
            let sampled =
                draft.examples.iter().any(|e| e.accept && e.schema == schema && e.label == "documented");
            if !sampled && draft.schemas.contains_key(schema) {
                let place = draft.document.span(&format!("/operations/{id}/responses/{status}"));
                let message =
                    format!("the answer `{schema}` of `{id}` has no documented sample, which a mock needs");
                let help = format!("add examples/accept/{schema}--documented.json");
                mistakes.push(draft.document.error(place, message).with_help(help));
            }
        }
    }
    for name in &draft.others {
        let graphql = draft.facts.services.values().any(|s| s.graphql.as_deref() == Some(name));
        if !graphql {
            let message = format!("the file `{name}` belongs to nothing");
            let help = "schemas are <name>.schema.json, examples are examples/{accept,reject}/<schema>--<label>.json";
            mistakes.push(draft.document.error(0..0, message).with_help(help.to_owned()).into_warning());
        }
    }
}

/// A rejected example is `{ "why", "at", "value" }`.
fn check_reject(
    draft: &Draft,
    document: &crate::contract::source::Document,
    schema: &str,
    mistakes: &mut Vec<Diagnostic>,
) {
    let member = |name: &str| document.value.get(name);
    let (Some(Value::String(_)), Some(Value::String(at)), Some(value)) =
        (member("why"), member("at"), member("value"))
    else {
        let help = "write { \"why\": \"…\", \"at\": \"/pointer\", \"value\": … }".to_owned();
        mistakes.push(document.error(0..0, "a rejected example says why, where and what").with_help(help));
        return;
    };
    let found = draft.shapes.mismatches(schema, value);
    if found.is_empty() {
        mistakes.push(document.error(document.span("/value"), "a rejected example must not validate"));
    } else if !found.iter().any(|m| m.at == *at) {
        let places: Vec<&str> =
            found.iter().map(|m| if m.at.is_empty() { "(the whole)" } else { &m.at }).collect();
        let message = format!("the example is rejected for another reason, at {}", places.join(", "));
        mistakes.push(document.error(document.span("/at"), message));
    }
}
