//! GraphQL requests that do not fit the schema, and requests for several things of which one fails.

mod document;

use apollo_compiler::Node;
use apollo_compiler::ast::InputValueDefinition;
use apollo_compiler::schema::ExtendedType;
use serde_json::json;

use super::{Call, Case, Step, finished};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::graphql::GraphqlCall;
use crate::contract::likeness::{Dice, like};
use crate::contract::operation::{Operation, Role};
use crate::contract::pointer::Pointer;

/// The rules for requests that must not be carried out.
const REFUSED: [&str; 3] = ["graphql/unknown-field-refused", "graphql/http-status", "graphql/error-entry"];
/// The rules for requests that fail in part.
const PARTIAL: [&str; 4] =
    ["graphql/partial-data", "graphql/data-present", "graphql/error-entry", "graphql/http-status"];

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, operation) in &contract.facts.operations {
        let Some(call) = &operation.graphql else { continue };
        let documents = [
            (
                "unknown-field",
                "asks for a field that the schema does not have",
                document::with_unknown_field(&call.document),
            ),
            (
                "syntax-error",
                "breaks off in the middle of its document",
                document::broken_off(&call.document),
            ),
            ("empty-document", "has an empty document", Some(String::new())),
        ];
        for (what, words, text) in documents {
            let text = text.unwrap_or_default();
            cases.push(refused(contract, id, operation, what, words, vec![("/body/query", json!(text))]));
        }
        let name = ("/body/operationName", json!("JobproofHasNoSuchOperation"));
        let words = "names an operation that its document does not have";
        cases.push(refused(contract, id, operation, "unknown-operation-name", words, vec![name]));
        cases.extend(variables(contract, id, operation));
        if operation.role == Role::Get {
            cases.push(two_roots(contract, id, operation, call));
        }
    }
    cases
}

/// A request that must not be carried out. It names a finished job, so that a server which carries it out does no harm.
fn refused(
    contract: &Contract,
    id: &str,
    operation: &Operation,
    what: &str,
    words: &str,
    set: Vec<(&str, serde_json::Value)>,
) -> Case {
    let mut call = Call::new(id);
    call.set = set.into_iter().map(|(place, value)| (Pointer::new(place), value)).collect();
    call.violation = Some(words.to_owned());
    let what = format!("graphql::{what}");
    let case = Case::new(contract, id, &what, format!("a request that {words} is refused"), &REFUSED);
    send(contract, case, operation, call)
}

fn send(contract: &Contract, mut case: Case, operation: &Operation, mut call: Call) -> Case {
    if operation.target.is_some() {
        case = case.then(finished(contract, "job"));
        call = call.job("job");
    }
    case.then(Step::Call(call))
}

/// Requests whose variables do not fit: the first required one missing, and of another type.
fn variables(contract: &Contract, id: &str, operation: &Operation) -> Vec<Case> {
    let root = contract.graphql.roots.get(id);
    let schema = operation.service.as_ref().and_then(|service| contract.graphql.schemas.get(service));
    let field = root.zip(schema).and_then(|(root, schema)| {
        let ty = schema.root_operation(root.kind)?;
        schema.type_field(ty, &root.field).ok()
    });
    let Some((root, field)) = root.zip(field) else { return Vec::new() };
    let by_variable =
        |name: &str| root.arguments.iter().any(|(own, v)| own == name && v.as_variable().is_some());
    let mut found = Vec::new();
    let required = field.arguments.iter().find(|a| a.is_required() && by_variable(&a.name));
    if let Some(argument) = required {
        let place = Pointer::new(format!("/body/variables/{}", argument.name));
        let words = format!("lacks the required variable {}", argument.name);
        let mut call = Call::new(id);
        call.unset = vec![place];
        call.violation = Some(words.clone());
        let title = format!("a request that {words} is refused");
        let case = Case::new(contract, id, "graphql::missing-variable", title, &REFUSED);
        found.push(send(contract, case, operation, call));
    }
    // A list in place of a single value is of the wrong type, but for scalars of the vendor's own: they may be anything.
    let is_single = |a: &&Node<InputValueDefinition>| {
        let ty = schema.and_then(|schema| schema.types.get(a.ty.inner_named_type()));
        let may_be_anything = matches!(ty, Some(ExtendedType::Scalar(scalar)) if !scalar.is_built_in());
        !a.ty.is_list() && !may_be_anything
    };
    let single = || field.arguments.iter().filter(is_single).find(|a| by_variable(&a.name));
    if let Some(argument) = required.filter(is_single).or_else(single) {
        let place = format!("/body/variables/{}", argument.name);
        let words = format!("has a list of lists for the variable {}", argument.name);
        let set = vec![(place.as_str(), json!([[true]]))];
        found.push(refused(contract, id, operation, "wrong-variable-type", &words, set));
    }
    found
}

/// A request for two jobs of which one does not exist.
fn two_roots(contract: &Contract, id: &str, operation: &Operation, call: &GraphqlCall) -> Case {
    let title = "a request for two jobs, one of them unknown, shows the other".to_owned();
    let mut case = Case::new(contract, id, "graphql::two-fields", title, &PARTIAL);
    let is_inside = contract.error_row(Condition::UnknownJob, id).is_some_and(|row| {
        row.any_of.iter().any(|answer| answer.status.is_some_and(|status| (200..300).contains(&status)))
    });
    let argument = operation.target.as_ref().and_then(|t| t.as_str().strip_prefix("/body/variables/"));
    let text = argument.and_then(|name| document::twice(&call.document, name));
    let Some(text) = text.filter(|_| is_inside) else {
        case.silent = Some(
            format!("the documentation names no error inside a success for an unknown job of {id}").into(),
        );
        return case;
    };
    let mut sent = Call::new(id);
    let unknown = like(&contract.facts.job.ids.sample, &mut Dice::new(u64::MAX, 1));
    sent.set = vec![
        (Pointer::new("/body/query"), json!(text)),
        (Pointer::new(format!("/body/variables/{}", document::OTHER)), json!(unknown)),
    ];
    send(contract, case, operation, sent)
}
