//! Bad inputs, generated from the request schemas: each constraint violated in turn, and then at random.

mod sample;
pub mod search;
mod value;
mod violation;

use serde_json::Value;

use super::base::{base, on_the_wire};
use super::{Call, Case, Step, around, finished};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::{Operation, OverMax};
use crate::contract::pointer::Pointer;
use crate::exchange::Violation as Wrong;
use violation::{Violation, violations};

/// How many requests of an operation are made wrong at random.
const TRIES: usize = 8;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, operation) in &contract.facts.operations {
        let found = breaking(contract, operation);
        cases.push(generated(contract, id, operation, &found));
        for violation in found {
            cases.push(one(contract, id, operation, violation));
        }
    }
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    cases.dedup_by(|a, b| a.id == b.id);
    cases
}

/// The ways to break the request of an operation that are ways to break it on the wire, too: in a query, say, every
/// value is text.
fn breaking(contract: &Contract, operation: &Operation) -> Vec<Violation> {
    let mut found = violations(contract, operation);
    // A request without a document is no request for this operation at all.
    found.retain(|v| operation.graphql.is_none() || v.value.is_some() || v.at != "/body/query");
    // One without the member that tells it from others is one of those others.
    let tells = |at: &str| operation.told_by.as_ref().is_some_and(|member| member.as_str() == at);
    found.retain(|v| v.value.is_some() || !tells(&v.at));
    // A variable that the document does not declare is none of its request.
    if let Some(call) = &operation.graphql {
        found.retain(|v| match v.at.strip_prefix("/body/variables/") {
            Some(below) => declares(&call.document, below.split('/').next().unwrap_or_default()),
            None => true,
        });
    }
    // What stands alone where a GraphQL list is wanted is a list of one.
    let is_no_list =
        |v: &Violation| v.keyword == "type" && v.value.as_ref().is_some_and(|v| v == "not an array");
    found.retain(|v| !(is_no_list(v) && may_be_list_of_one(operation, &v.at)));
    // A wrong value where a parent or the job is named has conditions of its own.
    let bound: Vec<&Pointer> = operation.parents.values().chain(&operation.target).collect();
    found.retain(|v| v.value.is_none() || !bound.iter().any(|b| b.as_str() == v.at));
    // So has a page that is too large, where the vendor does not say that it is refused.
    let size = operation.pagination.as_ref().and_then(|paging| paging.size.as_ref());
    let elsewhere = size.filter(|size| size.over_max != Some(OverMax::Refused)).map(|size| &size.request);
    found.retain(|v| v.keyword != "maximum" || elsewhere.is_none_or(|place| place.as_str() != v.at));
    let plain = base(contract, operation);
    // What every request carries is right already, and holds the parents that the server knows.
    let is_carried = |at: &Pointer| match at.first(&plain) {
        Some(Value::Array(items)) => !items.is_empty(),
        Some(value) => value.is_object(),
        None => false,
    };
    found.iter_mut().for_each(|violation| violation.around.retain(|(at, _)| !is_carried(at)));
    found.retain(|violation| {
        let mut view = plain.clone();
        for (place, value) in violation.set() {
            place.put(&mut view, value);
        }
        for place in violation.unset() {
            place.remove(&mut view);
        }
        let Some(seen) = on_the_wire(contract, operation, &view) else { return true };
        let broken = contract.shapes.mismatches(&operation.request, &seen);
        broken.iter().any(|m| (m.keyword == "required") == violation.lacks)
    });
    found
}

/// Whether a value stands where a GraphQL service takes one that is no list for the only item of one.
fn may_be_list_of_one(operation: &Operation, at: &str) -> bool {
    operation.graphql.is_some() && at.starts_with("/body/variables/")
}

/// Whether a GraphQL document declares or uses a variable.
fn declares(document: &str, variable: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    document.split('$').skip(1).any(|rest| {
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        &rest[..end] == variable
    })
}

/// The case of one violation.
fn one(contract: &Contract, id: &str, operation: &Operation, violation: Violation) -> Case {
    let (condition, rule) = if violation.lacks {
        (Condition::MissingParameter, "errors/missing-parameter")
    } else {
        (Condition::InvalidParameter, "errors/invalid-parameter")
    };
    let place = violation.at.trim_start_matches('/').replace('/', ".");
    let what = format!("bad-input::{place}::{}", violation.keyword);
    let words = words(&violation);
    let wrong = Wrong::at(&*words, &violation.keyword, &violation.at);
    let mut case = Case::new(contract, id, &what, format!("a request that {words} is refused"), &[rule]);
    if contract.error_row(condition, id).is_none() {
        case.silent = Some(format!("the documentation names no error for {condition} of {id}").into());
        return case;
    }
    let mut call = Call::new(id);
    call.set = violation.set();
    call.unset = violation.unset();
    call.probe = Some(condition);
    call.violation = Some(wrong);
    with_job(contract, operation, case, call, Step::Call)
}

/// A start that is refused for what it says, by an error that the contract has for it: one that lacks something, where
/// there is any.
pub(super) fn refused_start(contract: &Contract, id: &str, operation: &Operation) -> Option<Call> {
    let condition = |v: &Violation| {
        if v.lacks { Condition::MissingParameter } else { Condition::InvalidParameter }
    };
    let found = breaking(contract, operation).into_iter();
    let due = found.filter(|v| contract.error_row(condition(v), id).is_some());
    let violation = due.min_by_key(|v| (!v.lacks, v.keyword != "type", v.at.clone()))?;
    let mut call = Call::new(id);
    call.set = violation.set();
    call.unset = violation.unset();
    call.probe = Some(condition(&violation));
    call.violation = Some(Wrong::at(words(&violation), &violation.keyword, &violation.at));
    Some(call)
}

/// What a request with this violation does, in words.
fn words(violation: &Violation) -> String {
    let at = &violation.at;
    let Some(value) = &violation.value else {
        let others: Vec<&str> = violation.without.iter().map(Pointer::as_str).collect();
        return match others.as_slice() {
            [] => format!("lacks {at}"),
            others => format!("lacks {at}, and {} too", others.join(", ")),
        };
    };
    match violation.keyword.as_str() {
        "name-case" => format!("writes the name of {at} in other letter case"),
        "enum-case" => format!("writes the value of {at} in other letter case: {}", short(value)),
        "fraction" => format!("has a fraction at {at}: {}", short(value)),
        "oversize" => format!("has {} at {at}", short(value)),
        "control" => format!("has a control character at {at}"),
        "additionalProperties" => format!("has a member that its schema does not know: {at}"),
        keyword => format!("breaks `{keyword}` at {at} with {}", short(value)),
    }
}

/// The case of requests that are made wrong at random.
fn generated(contract: &Contract, id: &str, operation: &Operation, found: &[Violation]) -> Case {
    let title = "a request made wrong at random is refused".to_owned();
    let rules = [
        (Condition::InvalidParameter, "errors/invalid-parameter"),
        (Condition::MissingParameter, "errors/missing-parameter"),
    ];
    // What can only be left out can only be missing.
    let drawn = || found.iter().filter(|v| search::is_member(v));
    let can_be = |condition| drawn().any(|v| v.lacks == (condition == Condition::MissingParameter));
    let mut rows = rules.into_iter().filter(|(condition, _)| contract.error_row(*condition, id).is_some());
    let first = rows.next();
    let due = first.into_iter().chain(rows).find(|(condition, _)| can_be(*condition)).or(first);
    let rule = due.map_or("errors/invalid-parameter", |(_, rule)| rule);
    let mut case = Case::new(contract, id, "bad-input::generated", title, &[rule]);
    let Some((condition, _)) = due else {
        case.silent = Some(format!("the documentation names no error for a wrong parameter of {id}").into());
        return case;
    };
    if !can_be(condition) {
        case.silent = Some("a schema allows everything that such a request can hold, beside its ids".into());
        return case;
    }
    let mut call = Call::new(id);
    call.probe = Some(condition);
    with_job(contract, operation, case, call, |call| Step::Search { call, tries: TRIES })
}

/// The case with a call of an operation: of a finished job, where the operation needs one.
fn with_job(
    contract: &Contract,
    operation: &Operation,
    case: Case,
    call: Call,
    step: impl Fn(Call) -> Step,
) -> Case {
    // A server that accepts it all the same must do no harm.
    if operation.writes && operation.makes.is_none() {
        around::on_made(contract, operation, case, call, step)
    } else if operation.target.is_some() {
        case.then(finished(contract, "job")).then(step(call.job("job")))
    } else {
        case.then(step(call))
    }
}

/// A value as it is shown in titles.
pub(super) fn short(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().count() > 24 => {
            format!("a text of {} characters", text.chars().count())
        }
        Value::Array(items) if items.len() > 3 => format!("{} items", items.len()),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::library::builtin;

    #[test]
    fn what_stands_alone_is_a_list_of_one_in_graphql() {
        let contract = builtin("aiware").unwrap();
        let wrong = |id: &str| breaking(&contract, &contract.facts.operations[id]);
        let is_no_list = |v: &Violation| v.value.as_ref().is_some_and(|value| value == "not an array");
        let graphql = contract.facts.operations.iter().filter(|(_, o)| o.graphql.is_some());
        for (id, _) in graphql {
            assert!(!wrong(id).iter().any(is_no_list), "{id}");
        }
        // Elsewhere it is of the wrong type.
        let contract = builtin("bedrock").unwrap();
        let list = breaking(&contract, &contract.facts.operations["ListIngestionJobs"]);
        assert!(list.iter().any(is_no_list));
    }
}
