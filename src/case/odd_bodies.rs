//! Bodies that no client sends on purpose: JSON that is no object, what is no JSON, and a text with a NUL in it.

use serde_json::Value;

use super::{Call, Case, Step, around, finished};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Operation;
use crate::contract::pointer::{Pointer, escape};
use crate::exchange::Violation;

/// The bodies, each with what is odd about it.
const BODIES: [(&str, &str); 5] = [
    ("[]", Violation::ROOT),
    ("\"x\"", Violation::ROOT),
    ("1", Violation::ROOT),
    ("null", Violation::ROOT),
    ("{", Violation::NOT_JSON),
];

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let operations = contract.facts.operations.iter();
    operations.filter_map(|(id, operation)| case(contract, id, operation)).collect()
}

fn case(contract: &Contract, id: &str, operation: &Operation) -> Option<Case> {
    let shape = contract.shapes.get(&operation.request)?;
    let schema = shape.document.pointer("/properties/body")?;
    let due = condition(contract, id);
    let mut rules = vec!["errors/server-error"];
    // What needs nothing of its body may pass over it.
    let plain = super::base::base(contract, operation);
    // What is made for it costs much, so that it gets one body only: a NUL, to which no rule but one speaks.
    let gets_one = operation.writes && operation.makes.is_none();
    if due.is_some() && !gets_one && contract.shapes.needs_members(&operation.request, &plain) {
        rules.push("errors/invalid-parameter");
    }
    let title = "a body that is no JSON object does no harm".to_owned();
    let mut case = Case::new(contract, id, "odd-body", title, &rules);
    let call = |words: String, constraint: &str| {
        let mut call = Call::new(id);
        call.probe = Some(due.unwrap_or(Condition::InvalidParameter));
        call.violation = Some(Violation::at(words, constraint, "/body"));
        call
    };
    let mut calls: Vec<Call> = BODIES
        .into_iter()
        .map(|(body, constraint)| {
            let mut call = call(format!("has the body {body}"), constraint);
            call.raw = Some(body.to_owned());
            call
        })
        .collect();
    if let Some(at) = text(contract, schema) {
        let mut call = call(format!("has a NUL in the text at {}", at.as_str()), Violation::NUL);
        call.set.push((at, "a\u{0}b".into()));
        calls.push(call);
    }
    // A server that acts on it all the same must do no harm: what it would change is made for it, or has ended.
    if gets_one {
        let last = calls.pop()?;
        return Some(around::on_made(contract, operation, case, last, Step::Call));
    }
    if operation.target.is_some() {
        case = case.then(finished(contract, "job"));
        calls = calls.into_iter().map(|call| call.job("job")).collect();
    }
    Some(calls.into_iter().map(Step::Call).fold(case, Case::then))
}

/// The condition that a request with such a body is in, where the contract has an error for it.
fn condition(contract: &Contract, id: &str) -> Option<Condition> {
    let conditions = [Condition::InvalidParameter, Condition::MissingParameter];
    conditions.into_iter().find(|condition| contract.error_row(*condition, id).is_some())
}

/// Where a body holds a text that may be any.
fn text(contract: &Contract, schema: &Value) -> Option<Pointer> {
    let members = contract.shapes.resolve(schema).get("properties")?.as_object()?;
    let is_text = |member: &Value| {
        let member = contract.shapes.resolve(member);
        member.get("type").is_some_and(|kind| kind == "string") && member.get("enum").is_none()
    };
    let found = members.iter().find(|(_, member)| is_text(member));
    found.map(|(name, _)| Pointer::new(format!("/body/{}", escape(name))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::library::builtin;

    #[test]
    fn every_call_with_a_body_is_sent_odd_ones() {
        let contract = builtin("bedrock").unwrap();
        let found = cases(&contract);
        let about: Vec<&str> = found.iter().map(|case| case.operation.as_str()).collect();
        assert_eq!(about, ["ListIngestionJobs", "StartIngestionJob"]);
        // Neither needs a member of its body.
        assert!(found.iter().all(|case| case.rules == ["errors/server-error"]));
        let calls = |case: &Case| case.steps.iter().filter(|step| matches!(step, Step::Call(_))).count();
        assert_eq!(found.iter().map(calls).collect::<Vec<_>>(), [6, 6]);
    }

    #[test]
    fn a_call_that_needs_its_body_has_to_refuse_them() {
        let contract = builtin("ges").unwrap();
        let found = cases(&contract);
        let case = found.iter().find(|case| case.operation == "ExecuteAlgorithm").unwrap();
        assert_eq!(case.rules, ["errors/server-error", "errors/invalid-parameter"]);
    }
}
