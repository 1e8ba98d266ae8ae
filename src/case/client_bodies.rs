//! Bodies that clients really send with calls that need none: none, an empty object, nothing under a JSON label, and
//! those of the documentation.

use serde_json::{Value, json};

use super::base::{base, on_the_wire};
use super::{Call, Case, Step, finished, read, reader, take_cancellable};
use crate::contract::Contract;
use crate::contract::operation::{Operation, PageStyle, Role};
use crate::contract::pointer::Pointer;
use crate::exchange::compose::compose;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, operation) in &contract.facts.operations {
        if operation.graphql.is_some() || contract.writes(id) || !needs_no_body(contract, operation) {
            continue;
        }
        for (variant, what, call) in bodies(contract, id, operation) {
            cases.extend(case(contract, id, operation, &variant, &what, call));
        }
    }
    cases
}

/// Whether a call may have a body, and its usual request has nothing in it.
fn needs_no_body(contract: &Contract, operation: &Operation) -> bool {
    let takes = |document: &Value| document.pointer("/properties/body").is_some();
    if !contract.shapes.get(&operation.request).is_some_and(|shape| takes(&shape.document)) {
        return false;
    }
    let plain = base(contract, operation);
    plain.get("body").is_none_or(|body| *body == json!({})) && is_right(contract, operation, &plain)
}

fn is_right(contract: &Contract, operation: &Operation, view: &Value) -> bool {
    let seen = on_the_wire(contract, operation, view);
    seen.is_some_and(|seen| contract.shapes.is_valid(&operation.request, &seen))
}

/// Each body that is not the usual one, with a word and with words for it.
fn bodies(contract: &Contract, id: &str, operation: &Operation) -> Vec<(String, String, Call)> {
    let plain = base(contract, operation);
    let usual = compose(operation, &plain).body;
    let mut found = Vec::new();
    let mut without = plain.clone();
    Pointer::new("/body").remove(&mut without);
    if is_right(contract, operation, &without) {
        let mut none = Call::new(id);
        none.unset.push(Pointer::new("/body"));
        if !usual.is_empty() {
            found.push(("none".to_owned(), "no body".to_owned(), none));
        }
        let mut empty = Call::new(id);
        empty.raw = Some(String::new());
        found.push(("empty-json".to_owned(), "an empty body that is labelled JSON".to_owned(), empty));
    }
    let mut object = plain.clone();
    Pointer::new("/body").put(&mut object, json!({}));
    if is_right(contract, operation, &object) && usual != b"{}" {
        let mut call = Call::new(id);
        call.set.push((Pointer::new("/body"), json!({})));
        found.push(("empty-object".to_owned(), "an empty object for a body".to_owned(), call));
    }
    // What a start is given in an example may be there for the vendor only.
    if operation.role == Role::Create {
        return found;
    }
    // A page that nobody gave out is none.
    let token = operation.pagination.as_ref().and_then(|paging| match &paging.style {
        PageStyle::Token(token) => Some(&token.request),
        PageStyle::Page(_) | PageStyle::Offset(_) => None,
    });
    let names_page = |example: &Value| token.is_some_and(|at| at.first(example).is_some());
    let labels = contract.examples.iter().filter(|((schema, _), _)| *schema == operation.request);
    for ((_, label), example) in labels {
        let body = example.get("body").filter(|body| **body != json!({}) && !names_page(example));
        let Some(body) = body else { continue };
        let mut call = Call::new(id);
        call.set.push((Pointer::new("/body"), of_the_target(contract, operation, example, body)));
        found.push((format!("example::{label}"), format!("the documented body `{label}`"), call));
    }
    found
}

/// The body of an example, with what the target has in place of the job and the parameters that the example names.
fn of_the_target(contract: &Contract, operation: &Operation, example: &Value, body: &Value) -> Value {
    let job = operation.target.as_ref().and_then(|at| at.text(example));
    match body {
        Value::String(text) if job == Some(text) => "{job}".into(),
        Value::String(text) => {
            let mut parameters = contract.facts.parameters.iter();
            let named = parameters.find(|(_, parameter)| parameter.example == *text.as_str());
            named.map_or_else(|| body.clone(), |(name, _)| format!("{{{name}}}").into())
        }
        Value::Array(items) => {
            items.iter().map(|item| of_the_target(contract, operation, example, item)).collect()
        }
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), of_the_target(contract, operation, example, member)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// The case of one body.
fn case(
    contract: &Contract,
    id: &str,
    operation: &Operation,
    variant: &str,
    what: &str,
    call: Call,
) -> Option<Case> {
    let what = format!("a request with {what} is served");
    let begin = |rule: &'static str| {
        Case::new(contract, id, &format!("client-body::{variant}"), what.clone(), &[rule])
    };
    match operation.role {
        Role::Cancel => {
            let get = reader(contract, operation)?;
            let case = begin("cancel/accepted-when-allowed").then(take_cancellable(contract, "job"));
            Some(case.then(read(get, "job")).then(Step::Call(call.job("job"))).then(read(get, "job")))
        }
        Role::Create | Role::List | Role::Details => {
            let case = begin("errors/valid-request-served");
            if operation.target.is_none() {
                return Some(case.then(Step::Call(call)));
            }
            let get = reader(contract, operation)?;
            Some(
                case.then(finished(contract, "job")).then(read(get, "job")).then(Step::Call(call.job("job"))),
            )
        }
        Role::Get | Role::CancelMany | Role::Retry => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::library::builtin;

    #[test]
    fn a_cancel_that_needs_no_body_is_sent_with_all_it_may_have() {
        let contract = builtin("digitalocean").unwrap();
        let found = cases(&contract);
        let variants: Vec<&str> = found
            .iter()
            .filter(|case| case.operation == "CancelIndexingJob")
            .filter_map(|case| case.id.split_once("::client-body::").map(|(_, variant)| variant))
            .collect();
        let expected = ["empty-json", "empty-object", "example::body-uuid", "example::repeated"];
        assert_eq!(variants, expected);
        // An example names the job that is there.
        let bodies: Vec<String> = found.iter().map(|case| format!("{:?}", case.steps)).collect();
        assert_eq!(bodies.iter().filter(|steps| steps.contains("{job}")).count(), 2);
    }

    #[test]
    fn what_is_always_sent_with_members_is_left_as_it_is() {
        let contract = builtin("digitalocean").unwrap();
        assert!(!cases(&contract).iter().any(|case| case.operation == "CreateIndexingJob"));
    }
}
