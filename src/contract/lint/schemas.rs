//! Schemas: their names, what they cite, and that their state enums are the lifecycle's states.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::contract::diagnostic::Diagnostic;
use crate::contract::load::Draft;
use crate::contract::pointer::Pointer;

/// Checks it.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let vendor = &draft.facts.id;
    for (name, document) in &draft.schemas {
        let wanted = format!("jobproof:{vendor}/{name}");
        if document.value.get("$id").and_then(Value::as_str) != Some(&wanted) {
            let help = format!("write \"$id\": \"{wanted}\"");
            mistakes.push(
                document.error(document.span("/$id"), "a schema's `$id` must tell its file").with_help(help),
            );
        }
        if document.value.get("x-ref").is_none() {
            let help = "add \"x-ref\": \"<reference>\" at the top".to_owned();
            mistakes
                .push(document.error(0..0, "the schema does not say where it is documented").with_help(help));
        }
    }
    let states: BTreeSet<&str> = draft.facts.lifecycle.states.keys().map(String::as_str).collect();
    for operation in draft.facts.operations.values() {
        let job = operation.job.clone().or_else(|| operation.jobs.as_ref().map(|jobs| jobs.join("/*")));
        let Some(job) = job else { continue };
        for status in operation.success_statuses() {
            let Some(schema) = operation.response_schema(status).filter(|s| !s.is_empty()) else { continue };
            check_enum(draft, schema, &job.join(draft.facts.job.state.as_str()), &states, mistakes);
            for word in draft.facts.job.words.values() {
                let values = word.values.iter().map(String::as_str).collect();
                check_enum(draft, schema, &job.join(word.at.as_str()), &values, mistakes);
            }
        }
    }
}

/// The enum at a place of a schema holds exactly these values.
fn check_enum(
    draft: &Draft,
    schema: &str,
    at: &Pointer,
    wanted: &BTreeSet<&str>,
    mistakes: &mut Vec<Diagnostic>,
) {
    let Some(document) = draft.schemas.get(schema) else { return };
    match find(draft, schema, &document.value, String::new(), &at.segments()) {
        None => {
            let message = format!("the schema names nothing at `{}`, which the contract reads", at.as_str());
            mistakes.push(document.error(0..0, message));
        }
        Some((name, place, value)) => {
            let Some(listed) = value.get("enum").and_then(Value::as_array) else { return };
            let listed: BTreeSet<&str> = listed.iter().filter_map(Value::as_str).collect();
            if listed != *wanted {
                let Some(document) = draft.schemas.get(&name) else { return };
                let missing: Vec<&str> = wanted.difference(&listed).copied().collect();
                let extra: Vec<&str> = listed.difference(wanted).copied().collect();
                let part = |what: &str, list: &[&str]| {
                    if list.is_empty() { String::new() } else { format!(" {what}: {}.", list.join(", ")) }
                };
                let help =
                    format!("{}{}", part("missing here", &missing), part("not in the contract", &extra));
                mistakes.push(
                    document
                        .error(
                            document.span(&format!("{place}/enum")),
                            "the enum is not what contract.toml lists",
                        )
                        .with_help(help.trim().to_owned()),
                );
            }
        }
    }
}

/// Follows a data pointer through a schema, and `$ref`s to other files: the file's schema name, the place in it, and
/// the schema there.
fn find<'d>(
    draft: &'d Draft,
    name: &str,
    here: &'d Value,
    place: String,
    segments: &[String],
) -> Option<(String, String, &'d Value)> {
    if let Some(target) = here.get("$ref").and_then(Value::as_str) {
        let (id, fragment) = target.split_once('#').unwrap_or((target, ""));
        let next = if id.is_empty() { name } else { id.rsplit('/').next()? };
        let document = &draft.schemas.get(next)?.value;
        return find(draft, next, document.pointer(fragment)?, fragment.to_owned(), segments);
    }
    let Some((head, rest)) = segments.split_first() else { return Some((name.to_owned(), place, here)) };
    let (key, next) = if head == "*" {
        ("/items".to_owned(), here.get("items")?)
    } else {
        (
            format!("/properties/{}", crate::contract::pointer::escape(head)),
            here.get("properties")?.get(head)?,
        )
    };
    find(draft, name, next, place + &key, rest)
}
