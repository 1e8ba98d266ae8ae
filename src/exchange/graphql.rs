//! What a GraphQL request asks for: its document is parsed, never compared as text.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::message::{Asked, Exchange, Request};
use super::route;
use crate::contract::Contract;
use crate::contract::graphql::{RootField, literal, root_fields, variables};
use crate::contract::operation::Operation;
use crate::contract::pointer::Pointer;

/// What only GraphQL requests have.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// The service.
    pub service: String,
    /// The names that the answers of the root fields go under, in order; none where there is no valid document.
    pub keys: Vec<String>,
    /// The name that the answer of the operation goes under.
    pub key: String,
    /// Whether it selects exactly what the contract's document does: only then the answer is as documented.
    pub is_whole: bool,
}

/// The GraphQL service that a request is sent to, whatever its method and body.
pub fn service<'c>(contract: &'c Contract, request: &Request) -> Option<&'c str> {
    contract.facts.operations.values().filter(|operation| operation.graphql.is_some()).find_map(|operation| {
        let service = operation.service.as_deref()?;
        let is_same = request.service.as_deref().is_none_or(|asked| asked == service);
        (is_same && route::path(operation, request).is_some()).then_some(service)
    })
}

/// Finds what a request to a GraphQL service asks for: its first root field that an operation is for, or the one
/// that goes under `key`. `None` where the request is for no such service.
pub fn asked(contract: &Contract, request: &Request, key: Option<&str>) -> Option<Asked> {
    let service = service(contract, request).filter(|_| request.method == "POST")?;
    let mut view = route::view(None, request, route::service_path(contract, service, request));
    let roots = fields(&view);
    let found = roots.iter().filter(|root| key.is_none_or(|key| root.key == key)).find_map(|root| {
        let (id, _) = contract.graphql.roots.iter().find(|(id, own)| {
            (own.kind, &own.field) == (root.kind, &root.field)
                && contract.facts.operations.get(*id).is_some_and(|o| o.service.as_deref() == Some(service))
        })?;
        Some((id, contract.facts.operations.get(id)?, root))
    });
    let mut document = Document {
        service: service.to_owned(),
        keys: roots.iter().map(|root| root.key.clone()).collect(),
        ..Document::default()
    };
    let Some((id, operation, root)) = found else {
        return Some(Asked { view, graphql: Some(document), ..Asked::default() });
    };
    set_arguments(&mut view, root, &roots);
    document.key.clone_from(&root.key);
    document.is_whole = contract.graphql.roots.get(id).is_some_and(|own| own.selected == root.selected);
    let asked = route::named(contract, id, operation, view);
    Some(Asked { graphql: Some(document), ..asked })
}

/// The root fields of the document in a body.
fn fields(view: &Value) -> Vec<RootField> {
    let body = |name: &str| view.get("body").and_then(|body| body.get(name)).and_then(Value::as_str);
    body("query").and_then(|text| root_fields(text, body("operationName"))).unwrap_or_default()
}

/// Puts the arguments of the root field in place of the variables that the arguments of all root fields are made from.
/// Variables used elsewhere stay, and so does what is sent as `variables` and is none.
fn set_arguments(view: &mut Value, root: &RootField, roots: &[RootField]) {
    let Some(Value::Object(body)) = view.get_mut("body") else { return };
    let sent = match body.get("variables") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(members)) => members.clone(),
        // Some clients send them as text.
        Some(Value::String(text)) => match serde_json::from_str(text) {
            Ok(Value::Object(members)) => members,
            _ => return,
        },
        Some(_) => return,
    };
    let none = |_: &str| None;
    let variable = |name: &str| {
        let default = || root.defaults.get(name).and_then(|value| literal(value, &none));
        sent.get(name).cloned().or_else(default)
    };
    let used: BTreeSet<&str> =
        roots.iter().flat_map(|root| &root.arguments).flat_map(|(_, value)| variables(value)).collect();
    let mut members = Map::new();
    for (name, value) in &root.arguments {
        if let Some(value) = literal(value, &variable) {
            members.insert(name.clone(), value);
        }
    }
    for (name, value) in sent.iter().filter(|(name, _)| !used.contains(name.as_str())) {
        members.entry(name.clone()).or_insert_with(|| value.clone());
    }
    body.insert("variables".into(), members.into());
}

/// Where something stands in the answer to an exchange: as the contract says, unless the request gave the root field
/// another name.
pub fn place(exchange: &Exchange, operation: &Operation, pointer: &Pointer) -> Pointer {
    let (Some(call), Some(document)) = (&operation.graphql, &exchange.asked.graphql) else {
        return pointer.clone();
    };
    match pointer.as_str().strip_prefix(call.data.as_str()) {
        Some(rest) if !document.key.is_empty() && (rest.is_empty() || rest.starts_with('/')) => {
            Pointer::new(format!("/data/{}{rest}", document.key))
        }
        _ => pointer.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::headers::Headers;
    use crate::rule::script::contract;
    use rstest::rstest;
    use serde_json::json;

    fn request(body: &Value) -> Request {
        Request {
            service: None,
            method: "POST".into(),
            target: "/v3/graphql".into(),
            headers: Headers::default(),
            body: body.to_string().into_bytes(),
        }
    }

    #[rstest]
    #[case(json!({"query": "query($x: ID!) { job(id: $x) { id } }", "variables": {"x": "7"}}), "job", json!({"id": "7"}))]
    #[case(json!({"query": "{ job(id: \"7\") { id } }"}), "job", json!({"id": "7"}))]
    #[case(json!({"query": "query($x: ID = 7) { job(id: $x) { id } }", "variables": null}), "job", json!({"id": 7}))]
    #[case(json!({"query": "query($x: ID!) { job(id: $x) { id } }", "variables": "{\"x\": \"7\"}"}), "job", json!({"id": "7"}))]
    #[case(json!({"query": "query($n: Int) { jobs { records { tasks(limit: $n) { count } } } }", "variables": {"n": 2}}), "jobs", json!({"n": 2}))]
    #[case(json!({"query": "mutation($n: String!) { createJob(input: {name: $n, quality: fine}) { id } }", "variables": {"n": "x"}}), "createJob", json!({"input": {"name": "x", "quality": "fine"}}))]
    #[case(json!({"query": "query A { folder(id: 1) { id } } query B { job(id: 1) { id } }", "operationName": "B"}), "job", json!({"id": 1}))]
    #[case(json!({"query": "query($a: ID!, $b: ID!) { folder(id: $a) { id } job(id: $b) { id } }", "variables": {"a": 1, "b": 2}}), "job", json!({"id": 2}))]
    fn finds_the_operation_and_its_arguments(
        #[case] body: Value,
        #[case] operation: &str,
        #[case] variables: Value,
    ) {
        let asked = route::asked(&contract("atelier"), &request(&body));
        assert_eq!(asked.operation.as_deref(), Some(operation));
        assert_eq!(asked.view["body"]["variables"], variables);
    }

    #[rstest]
    #[case(json!({"query": "{ folder(id: 1) { id } }"}))]
    // A mutation of the same name is another field.
    #[case(json!({"query": "mutation { job(id: 1) { id } }"}))]
    #[case(json!({"query": "{ job("}))]
    #[case(json!({}))]
    fn other_requests_are_for_no_operation(#[case] body: Value) {
        let asked = route::asked(&contract("atelier"), &request(&body));
        assert_eq!(asked.operation, None);
        assert_eq!(asked.graphql.map(|document| document.service).as_deref(), Some("data"));
        assert_eq!(asked.view["body"], body);
    }

    #[test]
    fn knows_the_name_of_the_answer_and_what_is_selected() {
        let contract = contract("atelier");
        let other = json!({"query": "{ x: job(id: 1) { id } }"});
        let asked = route::asked(&contract, &request(&other)).graphql.unwrap();
        assert_eq!((asked.key.as_str(), asked.is_whole), ("x", false));
        let own = &contract.facts.operations["job"].graphql.as_ref().unwrap().document;
        let asked = route::asked(&contract, &request(&json!({ "query": own }))).graphql.unwrap();
        assert_eq!((asked.key.as_str(), asked.is_whole), ("job", true));
    }
}
