//! Readers of requests that fall over what no client sends on purpose.

use super::{Fault, Label};
use crate::contract::Contract;
use crate::exchange::{Request, route};

/// What is not caught.
#[derive(Clone, Copy)]
enum Over {
    /// A body that is JSON and no object.
    Root,
    /// A body that is no JSON.
    NotJson,
    /// A text in the body with a NUL in it.
    Nul,
    /// A job that is named with something else than printable ASCII.
    Id,
    /// A job that is named at great length.
    LongId,
}

/// The longest id that is read without harm, in bytes.
const LONGEST: usize = 255;

struct Crash {
    label: Label,
    over: Over,
}

impl Fault for Crash {
    fn label(&self) -> &Label {
        &self.label
    }

    fn crashes(&self, contract: &Contract, request: &Request) -> bool {
        let body = || serde_json::from_slice::<serde_json::Value>(&request.body);
        let job = || route::asked(contract, request).job.unwrap_or_default();
        match self.over {
            Over::Root => body().is_ok_and(|body| !body.is_object()),
            Over::NotJson => !request.body.is_empty() && body().is_err(),
            // However it is written: as an escape, that is, as JSON has no other way.
            Over::Nul => body().is_ok_and(|body| body.to_string().contains("\\u0000")),
            Over::Id => job().chars().any(|c| !c.is_ascii_graphic()),
            Over::LongId => job().len() > LONGEST,
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut add = |id: &str, title: &str, over: Over| {
        let label = Label::new(format!("crashes-over::{id}"), title, &["errors/server-error"]);
        found.push(Box::new(Crash { label, over }) as Box<dyn Fault>);
    };
    let operations = || contract.facts.operations.values();
    let bodies = || {
        let shapes = operations().filter_map(|operation| contract.shapes.get(&operation.request));
        shapes.filter_map(|shape| shape.document.pointer("/properties/body"))
    };
    if bodies().next().is_some() {
        add("body-root", "a body that is JSON and no object is answered with status 500", Over::Root);
        add("body-not-json", "a body that is no JSON is answered with status 500", Over::NotJson);
    }
    let is_text = |member: &serde_json::Value| {
        let member = contract.shapes.resolve(member);
        member.get("type").is_some_and(|kind| kind == "string") && member.get("enum").is_none()
    };
    let has_text = |body: &serde_json::Value| {
        let members = contract.shapes.resolve(body).get("properties").and_then(|p| p.as_object());
        members.is_some_and(|members| members.values().any(is_text))
    };
    if bodies().any(has_text) {
        add("nul", "a text in a body that has a NUL in it is answered with status 500", Over::Nul);
    }
    if operations().any(|operation| operation.target.is_some()) {
        add("odd-id", "an id with a character that no id has is answered with status 500", Over::Id);
        add("long-id", "an id that is much too long is answered with status 500", Over::LongId);
    }
    found
}
