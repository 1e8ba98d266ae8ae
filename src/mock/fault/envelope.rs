//! Statuses, headers and bodies that are not what the documentation says, whatever the job.

use super::super::answer::{Answer, AnswerContext, Body};
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::pattern::compiled;

/// A success status that is hardly ever documented.
const ODD_STATUS: u16 = 203;

enum Wrong {
    Status(String),
    Markup(String),
    ContentType(String),
    NoHeader(String),
    Header(String, &'static str),
}

struct Envelope {
    label: Label,
    wrong: Wrong,
}

impl Fault for Envelope {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        match &self.wrong {
            Wrong::Status(operation) if context.name == operation && answer.is_success() => {
                answer.status = ODD_STATUS;
            }
            Wrong::Markup(operation) if context.name == operation && answer.is_success() => {
                answer.body = Body::Text("<html><body>Everything is fine.</body></html>".to_owned());
                answer.headers.set("content-type", "text/html");
            }
            Wrong::ContentType(operation) if context.name == operation && answer.is_success() => {
                answer.headers.set("content-type", "text/plain");
            }
            Wrong::NoHeader(name) => answer.headers.remove(name),
            Wrong::Header(name, value) if answer.headers.get(name).is_some() => {
                answer.headers.set(name, *value);
            }
            _ => {}
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut add = |id: String, title: String, caught_by: &[&'static str], wrong: Wrong| {
        found.push(Box::new(Envelope { label: Label::new(id, title, caught_by), wrong }) as Box<dyn Fault>);
    };
    for (name, operation) in &contract.facts.operations {
        if operation.role == crate::contract::operation::Role::CancelMany {
            continue;
        }
        if operation.response_schema(ODD_STATUS).is_none() {
            add(
                format!("undocumented-status::{name}"),
                format!("{name} succeeds with status {ODD_STATUS}"),
                &["fields/documented-status"],
                Wrong::Status(name.clone()),
            );
        }
        if super::super::blueprint::success(operation).1.is_empty() {
            continue;
        }
        add(
            format!("html-body::{name}"),
            format!("{name} succeeds with a page of HTML"),
            &["fields/readable-body", "fields/content-type"],
            Wrong::Markup(name.clone()),
        );
        add(
            format!("content-type::{name}"),
            format!("{name} calls its JSON text/plain"),
            &["fields/content-type"],
            Wrong::ContentType(name.clone()),
        );
    }
    for (name, fact) in &contract.facts.headers {
        if fact.required {
            add(
                format!("header-missing::{name}"),
                format!("the header {name} is never sent"),
                &["fields/response-headers"],
                Wrong::NoHeader(name.clone()),
            );
        }
        // What is sent on no status that the mock answers with cannot be wrong.
        let is_sent = fact.on.is_empty() || fact.on.iter().any(|status| (200..300).contains(status));
        let garbled = compiled(&fact.pattern)
            .and_then(|pattern| ["gar bled", "?!", "-"].into_iter().find(|value| !pattern.is_match(value)));
        if let Some(value) = garbled.filter(|_| is_sent) {
            add(
                format!("header-garbled::{name}"),
                format!("the header {name} says `{value}`"),
                &["fields/response-headers"],
                Wrong::Header(name.clone(), value),
            );
        }
    }
    found
}
