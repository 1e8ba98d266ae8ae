//! Answers that no GraphQL client could use.

use serde_json::{Value, json};

use super::super::answer::Answer;
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::pointer::Pointer;

/// A code that no vendor has.
const UNHEARD_OF: &str = "jobproof_unheard_of";

enum Wrong {
    NoData,
    NoMessage,
    Code(Vec<Pointer>),
    ErrorStatus(u16),
    InvalidAnswered,
    InvalidStatus,
    DataDropped,
}

struct Graphql {
    label: Label,
    wrong: Wrong,
}

impl Fault for Graphql {
    fn label(&self) -> &Label {
        &self.label
    }

    fn graphql(&self, executed: bool, answer: &mut Answer) {
        let Some(body) = answer.body_mut() else { return };
        let has_errors = body.get("errors").is_some();
        match &self.wrong {
            Wrong::NoData if executed && !has_errors => *body = json!({}),
            Wrong::NoMessage => Pointer::new("/errors/*/message").remove(body),
            Wrong::Code(places) if has_errors => {
                places.iter().for_each(|place| place.put(body, UNHEARD_OF.into()));
            }
            Wrong::ErrorStatus(status) if executed && has_errors => answer.status = *status,
            Wrong::InvalidAnswered if !executed => {
                *body = json!({"data": {}});
                answer.status = 200;
            }
            Wrong::InvalidStatus if !executed => answer.status = 200,
            Wrong::DataDropped if executed && has_errors => {
                if let Some(data) = body.get_mut("data") {
                    *data = Value::Null;
                }
            }
            _ => {}
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut services = contract.facts.services.values().filter_map(|s| Some((s, s.transport.as_ref()?)));
    let Some((service, transport)) = services.next() else { return found };
    let mut add = |id: &str, title: &str, caught_by: &'static str, wrong: Wrong| {
        let label = Label::new(format!("graphql-{id}"), title, &[caught_by]);
        found.push(Box::new(Graphql { label, wrong }) as Box<dyn Fault>);
    };
    add(
        "no-data",
        "a GraphQL answer without errors has no data either",
        "graphql/data-present",
        Wrong::NoData,
    );
    add("no-message", "errors of GraphQL have no message", "graphql/error-entry", Wrong::NoMessage);
    let look = service.error_body.as_ref().unwrap_or(&contract.facts.error_body);
    let places: Vec<Pointer> = look
        .code
        .iter()
        .filter_map(|locator| locator.body.as_ref()?.as_str().strip_prefix("/errors/0"))
        .map(|below| Pointer::new(format!("/errors/*{below}")))
        .collect();
    if !places.is_empty() && !look.open && !look.codes.is_empty() {
        let title = "errors of GraphQL have a code that is not documented";
        add("wrong-code", title, "graphql/error-entry", Wrong::Code(places));
    }
    let invalid = transport.invalid.iter().filter_map(|answer| answer.status).find(|status| *status >= 400);
    if let Some(status) = invalid {
        let title = format!("a GraphQL field that fails is answered with status {status}");
        add("error-status", &title, "graphql/http-status", Wrong::ErrorStatus(status));
        let title = "an invalid GraphQL request is answered with status 200";
        add("invalid-status", title, "graphql/http-status", Wrong::InvalidStatus);
    }
    let title = "a document that does not fit the schema is answered without errors";
    add("invalid-answered", title, "graphql/unknown-field-refused", Wrong::InvalidAnswered);
    let title = "one GraphQL field that fails takes the data of the others with it";
    add("data-dropped", title, "graphql/partial-data", Wrong::DataDropped);
    found
}
