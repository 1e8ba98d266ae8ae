//! Schemas: their names, what they cite, and that their state enums are the lifecycle's states.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::contract::diagnostic::Diagnostic;
use crate::contract::load::Draft;
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;
use crate::contract::source::child;

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
    check_pointers(draft, mistakes);
    let states: BTreeSet<&str> = draft.facts.lifecycle.states.keys().map(String::as_str).collect();
    for operation in draft.facts.operations.values() {
        let job = operation.job.clone().or_else(|| operation.jobs.as_ref().map(|jobs| jobs.join("/*")));
        let Some(job) = job else { continue };
        let shape = draft.facts.job.of(operation);
        let seen = shape.states.as_ref();
        let states = seen.map_or_else(|| states.clone(), |seen| seen.iter().map(String::as_str).collect());
        for status in operation.success_statuses() {
            let Some(schema) = operation.response_schema(status).filter(|s| !s.is_empty()) else { continue };
            let is_needed = operation.role == Role::Get;
            check_enum(draft, schema, &job.join(shape.state.as_str()), &states, is_needed, mistakes);
            for word in shape.words.values() {
                let values = word.values.iter().map(String::as_str).collect();
                check_enum(draft, schema, &job.join(word.at.as_str()), &values, false, mistakes);
            }
        }
    }
}

/// Every pointer of `[job]` leads to a member of a job in at least one answer: lists may show less than a get.
fn check_pointers(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let answers: Vec<(&str, Pointer)> = draft
        .facts
        .operations
        .values()
        .filter_map(|o| Some((o, o.job.clone().or_else(|| o.jobs.as_ref().map(|jobs| jobs.join("/*")))?)))
        .flat_map(|(o, job)| {
            let schemas = o.success_statuses().filter_map(|status| o.response_schema(status));
            schemas.filter(|schema| !schema.is_empty()).map(move |schema| (schema, job.clone()))
        })
        .filter(|(schema, _)| draft.schemas.contains_key(*schema))
        .collect();
    if answers.is_empty() {
        return;
    }
    let job = &draft.facts.job;
    let mut places = vec![("/job/id".to_owned(), &job.id)];
    places.extend(job.id_or.iter().enumerate().map(|(n, at)| (format!("/job/id_or/{n}"), at)));
    places.extend(job.parents.iter().map(|(name, at)| (child("/job/parents", name), at)));
    places.extend(job.counters.iter().enumerate().map(|(n, at)| (format!("/job/counters/{n}"), at)));
    places.extend(job.frozen.iter().enumerate().map(|(n, at)| (format!("/job/frozen/{n}"), at)));
    places.extend(job.volatile.iter().enumerate().map(|(n, at)| (format!("/job/volatile/{n}"), at)));
    places.extend(job.words.iter().map(|(name, word)| (child("/job/words", name) + "/at", &word.at)));
    let times = &job.timestamps;
    let named = [
        ("created", &times.created),
        ("started", &times.started),
        ("updated", &times.updated),
        ("finished", &times.finished),
    ];
    places
        .extend(named.into_iter().filter_map(|(n, at)| Some((format!("/job/timestamps/{n}"), at.as_ref()?))));
    for (place, at) in places {
        let is_held = answers.iter().any(|(schema, job)| {
            let document = &draft.schemas[*schema].value;
            may_hold(draft, schema, document, &job.join(at.as_str()).segments())
        });
        if !is_held {
            let message = format!("no answer's schema names a member of the job at `{}`", at.as_str());
            mistakes.push(draft.document.error(draft.document.span(&place), message));
        }
    }
}

/// Whether a schema can have something at a place. What is composed of several schemas gets the benefit of the doubt.
fn may_hold(draft: &Draft, name: &str, here: &Value, segments: &[String]) -> bool {
    if let Some(target) = here.get("$ref").and_then(Value::as_str) {
        let (id, fragment) = target.split_once('#').unwrap_or((target, ""));
        let next = if id.is_empty() { name } else { id.rsplit('/').next().unwrap_or_default() };
        let there = draft.schemas.get(next).and_then(|document| document.value.pointer(fragment));
        return there.is_none_or(|there| may_hold(draft, next, there, segments));
    }
    let Some((head, rest)) = segments.split_first() else { return true };
    if ["allOf", "anyOf", "oneOf"].iter().any(|word| here.get(word).is_some()) {
        return true;
    }
    let next = match head.as_str() {
        "*" => here.get("items"),
        member => match here.get("properties") {
            Some(properties) => properties.get(member),
            // An object that says nothing about its members may have any.
            None => return here.get("type").is_none_or(|kind| kind == "object"),
        },
    };
    next.is_some_and(|next| may_hold(draft, name, next, rest))
}

/// The enum at a place of a schema holds exactly these values.
fn check_enum(
    draft: &Draft,
    schema: &str,
    at: &Pointer,
    wanted: &BTreeSet<&str>,
    is_needed: bool,
    mistakes: &mut Vec<Diagnostic>,
) {
    let Some(document) = draft.schemas.get(schema) else { return };
    match find(draft, schema, &document.value, String::new(), &at.segments()) {
        None if !is_needed => {}
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
    // What may also be null is looked at as if it might not.
    if let Some(Value::Array(parts)) = here.get("anyOf")
        && let [(index, part)] = parts.iter().enumerate().filter(|(_, p)| !is_null(p)).collect::<Vec<_>>()[..]
        && parts.len() == 2
    {
        return find(draft, name, part, format!("{place}/anyOf/{index}"), segments);
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

/// Whether a schema is for null only.
fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}
