//! Error rows and headers: operations, codes and statuses exist, patterns compile.

use std::collections::BTreeSet;

use crate::contract::diagnostic::Diagnostic;
use crate::contract::error::{ErrorBody, ErrorRow};
use crate::contract::facts::Facts;
use crate::contract::load::Draft;
use crate::contract::operation::Operation;
use crate::contract::source::child;

/// Checks it.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let facts = &draft.facts;
    let operations = || facts.operations.keys().map(String::as_str);
    for (index, row) in facts.errors.iter().enumerate() {
        let at = format!("/errors/{index}");
        let places =
            row.operations.iter().enumerate().map(|(i, o)| (format!("{at}/operations/{i}"), o.clone()));
        super::names(draft, "operation", places, operations(), mistakes);
        let services = facts.services.keys().map(String::as_str);
        let places = row.services.iter().enumerate().map(|(i, s)| (format!("{at}/services/{i}"), s.clone()));
        super::names(draft, "service", places, services, mistakes);
        if row.any_of.is_empty() {
            let place = draft.document.span(&at);
            mistakes
                .push(draft.document.error(place, "an `errors` row needs at least one answer in `any_of`"));
        }
        for (i, answer) in row.any_of.iter().enumerate() {
            let at = format!("{at}/any_of/{i}");
            let bodies = bodies(facts, &row.operations);
            if let Some(code) = answer.code.as_ref().filter(|_| !bodies.iter().any(|body| body.open)) {
                let known: BTreeSet<&str> =
                    bodies.iter().flat_map(|b| b.codes.keys()).map(String::as_str).collect();
                let place = (format!("{at}/code"), code.clone());
                super::names(draft, "error code", [place], known.iter().copied(), mistakes);
            }
            let codes = || bodies.iter().filter_map(|body| body.codes.get(answer.code.as_ref()?));
            if let Some(status) = answer.status
                && codes().next().is_some()
                && !codes().any(|code| code.status.contains(&status))
            {
                let place = draft.document.span(&format!("{at}/status"));
                let message = format!("`error_body.codes` gives this code another status than {status}");
                mistakes.push(draft.document.error(place, message));
            }
            if answer.in_success && bodies.iter().all(|body| body.in_success.is_none()) {
                let place = draft.document.span(&format!("{at}/in_success"));
                let help = "add `error_body.in_success`, which tells such an answer".to_owned();
                let message = "nothing says how to tell an error inside a success";
                mistakes.push(draft.document.error(place, message).with_help(help));
            }
            if let Some(label) = &answer.sample {
                check_sample(draft, row, answer.status, &at, label, mistakes);
            }
            if answer.status.is_none() && !answer.any_client_error && !answer.in_success {
                let place = draft.document.span(&at);
                let help = "add `status`, or `any_client_error = true`".to_owned();
                mistakes.push(draft.document.error(place, "an answer needs a status").with_help(help));
            }
            if let Some(pattern) = &answer.message {
                check_pattern(draft, &format!("{at}/message"), pattern, mistakes);
                check_words(draft, &at, pattern, answer.says.as_deref(), mistakes);
            }
        }
    }
    let own = facts.services.iter().filter_map(|(name, service)| {
        Some((format!("{}/error_body", child("/services", name)), service.error_body.as_ref()?))
    });
    for (at, body) in own.chain([("/error_body".to_owned(), &facts.error_body)]) {
        for (code, fact) in &body.codes {
            let at = child(&format!("{at}/codes"), code);
            let places =
                fact.operations.iter().enumerate().map(|(i, o)| (format!("{at}/operations/{i}"), o.clone()));
            super::names(draft, "operation", places, operations(), mistakes);
        }
    }
    for (name, header) in &facts.headers {
        let at = child("/headers", name);
        check_pattern(draft, &format!("{at}/pattern"), &header.pattern, mistakes);
        if regex::Regex::new(&header.pattern).is_ok_and(|pattern| !pattern.is_match(&header.example)) {
            let place = draft.document.span(&format!("{at}/example"));
            mistakes.push(draft.document.error(place, "the example does not match the pattern"));
        }
    }
}

/// The example that a mock begins with is an accepted one of the schema of each answer that the row speaks of.
fn check_sample(
    draft: &Draft,
    row: &ErrorRow,
    status: Option<u16>,
    at: &str,
    label: &str,
    mistakes: &mut Vec<Diagnostic>,
) {
    let speaks_of = |id: &String| row.operations.is_empty() || row.operations.contains(id);
    let operations = draft.facts.operations.iter().filter(|(id, _)| speaks_of(id));
    let schemas: BTreeSet<&str> =
        operations.filter_map(|(_, operation)| operation.response_schema(status.unwrap_or(400))).collect();
    for schema in schemas {
        let known = || {
            let own = draft.examples.iter().filter(|example| example.accept && example.schema == schema);
            own.map(|example| example.label.as_str())
        };
        let place = [(format!("{at}/sample"), label.to_owned())];
        super::names(draft, &format!("accepted example of `{schema}`"), place, known(), mistakes);
    }
}

/// How the errors of these operations look; those of all where none are named.
fn bodies<'f>(facts: &'f Facts, operations: &[String]) -> Vec<&'f ErrorBody> {
    let named = facts.operations.iter().filter(|(id, _)| operations.is_empty() || operations.contains(id));
    let own = |operation: &Operation| facts.services.get(operation.service.as_ref()?)?.error_body.as_ref();
    named.map(|(_, operation)| own(operation).unwrap_or(&facts.error_body)).collect()
}

/// What a mock says must be what clients are told to expect.
fn check_words(draft: &Draft, at: &str, pattern: &str, says: Option<&str>, mistakes: &mut Vec<Diagnostic>) {
    let fits = |text: &str| regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text));
    if regex::Regex::new(pattern).is_ok() && !says.is_some_and(fits) {
        let place = draft.document.span(&format!("{at}/message"));
        let message = "a mock has no words that match this";
        let help = "add `says`, with a text that `message` matches".to_owned();
        mistakes.push(draft.document.error(place, message).with_help(help));
    }
}

pub(super) fn check_pattern(draft: &Draft, at: &str, pattern: &str, mistakes: &mut Vec<Diagnostic>) {
    if let Err(error) = regex::Regex::new(pattern) {
        let why = error.to_string().lines().last().unwrap_or_default().to_owned();
        mistakes
            .push(draft.document.error(draft.document.span(at), format!("not a regular expression: {why}")));
    }
}
