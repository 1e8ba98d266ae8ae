//! Successes under another status than the documented one.

use serde_json::Value;

use super::super::answer::{Answer, AnswerContext};
use super::super::blueprint::{Blueprint, blueprints, success, walk};
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::contract::pointer::Pointer;

/// The statuses that such an answer may have; all of them can carry a body.
const OTHERS: [u16; 4] = [200, 202, 201, 203];

struct Success {
    label: Label,
    operation: String,
    status: u16,
    /// A required member that is left out.
    without: Option<Pointer>,
}

impl Fault for Success {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if context.name != self.operation || context.condition.is_some() || !answer.is_success() {
            return;
        }
        answer.status = self.status;
        if let (Some(at), Some(body)) = (&self.without, answer.body_mut()) {
            at.remove(body);
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let blueprints = blueprints(contract);
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    for (name, operation) in &contract.facts.operations {
        let is_documented = |status: &u16| operation.responses.contains_key(&status.to_string());
        // GraphQL has one status for every success; its own rules look at that.
        let other = OTHERS.into_iter().find(|status| !is_documented(status));
        let Some(status) = other.filter(|_| operation.graphql.is_none()) else { continue };
        let mut add = |mechanism: &str, more: &str, rule: &'static str, without: Option<Pointer>| {
            let title = format!("{name} succeeds with status {status}{more}");
            let label = Label::new(format!("{mechanism}::{name}"), title, &[rule]);
            found.push(Box::new(Success { label, operation: name.clone(), status, without }));
        };
        add("other-success-status", "", "fields/documented-status", None);
        let required = blueprints.get(name).and_then(|blueprint| required(contract, operation, blueprint));
        if let Some(at) = required {
            let more = ", and the body lacks a required member";
            add("other-success-without-member", more, "fields/body-schema", Some(at));
        }
    }
    found
}

/// A required member of a success body: one of the outermost, if there is any.
fn required(contract: &Contract, operation: &Operation, blueprint: &Blueprint) -> Option<Pointer> {
    let mut body = blueprint.body.clone()?;
    match (&operation.job, &operation.jobs) {
        (Some(at), _) => at.put(&mut body, blueprint.job.clone()),
        (None, Some(at)) => at.put(&mut body, Value::Array(vec![blueprint.job.clone()])),
        (None, None) => {}
    }
    let mut members: Vec<Pointer> = Vec::new();
    walk(&body, &Pointer::new(""), &mut |at, _| members.push(at.clone()));
    members.sort_by_key(|at| at.segments().len());
    members.into_iter().find(|at| {
        let mut without = body.clone();
        at.remove(&mut without);
        !contract.shapes.is_valid(success(operation).1, &without)
    })
}
