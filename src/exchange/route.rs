//! From a request on the wire to the operation it is for, and to the view that contracts have of it.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::graphql;
use super::message::{Asked, Request};
use crate::contract::Contract;
use crate::contract::operation::{Operation, Role};

/// Finds what a request asks for. A request that is for no operation of the contract asks for nothing.
pub fn asked(contract: &Contract, request: &Request) -> Asked {
    if let Some(asked) = graphql::asked(contract, request, None) {
        return asked;
    }
    let Some((id, operation, path)) = operation(contract, request) else { return Asked::default() };
    let schema = contract.shapes.get(&operation.request).map(|shape| &shape.document);
    named(contract, id, operation, view(schema, request, path))
}

/// What a request for this operation names.
pub(super) fn named(contract: &Contract, id: &str, operation: &Operation, view: Value) -> Asked {
    let text = |pointer: &crate::contract::pointer::Pointer| match pointer.first(&view)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    Asked {
        operation: Some(id.to_owned()),
        role: Some(operation.role),
        job: operation.target.as_ref().and_then(text),
        facets: if operation.role == Role::Create {
            operation.created_facets(&view)
        } else {
            BTreeMap::new()
        },
        parents: contract
            .facts
            .job
            .parent_names()
            .filter_map(|name| Some((name.clone(), operation.parent_place(name).as_ref().and_then(text)?)))
            .collect(),
        client_token: operation.client_token.as_ref().and_then(|token| text(&token.at)),
        view,
        ..Asked::default()
    }
}

/// The operation a request is for, with its decoded path parameters. Operations of GraphQL services share one path;
/// their documents tell them apart. Of several others that fit it is the one with the most fixed query members, and the
/// first one whose own member the request has; without any of them the first one of all.
pub fn operation<'c>(
    contract: &'c Contract,
    request: &Request,
) -> Option<(&'c str, &'c Operation, BTreeMap<String, String>)> {
    let rest = contract.facts.operations.iter().filter(|(_, operation)| operation.graphql.is_none());
    let fitting = rest.filter_map(|(id, operation)| {
        let same_service = request.service.is_none() || operation.service == request.service;
        if operation.method.word() != request.method || !same_service || !has_query(operation, request) {
            return None;
        }
        path(operation, request).map(|path| (id.as_str(), operation, path))
    });
    // The first of those that are alike.
    fitting.min_by_key(|(_, operation, path)| {
        (std::cmp::Reverse(operation.query.len()), !is_told(operation, request, path))
    })
}

/// Whether the query has the members that the operation always has.
fn has_query(operation: &Operation, request: &Request) -> bool {
    operation
        .query
        .iter()
        .all(|(name, value)| pairs(request).any(|(given_name, given)| given_name == *name && given == *value))
}

/// The decoded members of the query, in order.
fn pairs(request: &Request) -> impl Iterator<Item = (String, String)> {
    request.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode =
            |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        (decode(name), decode(value))
    })
}

/// Whether a request has the member that tells the operation from others of the same method and path.
fn is_told(operation: &Operation, request: &Request, path: &BTreeMap<String, String>) -> bool {
    let Some(member) = &operation.told_by else { return true };
    member.first(&view(None, request, path.clone())).is_some()
}

/// The decoded path parameters, where the path is one of the operation's.
pub(super) fn path(operation: &Operation, request: &Request) -> Option<BTreeMap<String, String>> {
    let templates = std::iter::once(&operation.path).chain(&operation.also);
    templates.into_iter().find_map(|template| match_path(template, request.path()))
}

/// The decoded path parameters of a request to a service.
pub(super) fn service_path(
    contract: &Contract,
    service: &str,
    request: &Request,
) -> BTreeMap<String, String> {
    let own = contract.facts.operations.values().filter(|o| o.service.as_deref() == Some(service));
    own.into_iter().find_map(|operation| path(operation, request)).unwrap_or_default()
}

fn match_path(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(found),
            (Some(wanted), Some(given)) => match wanted.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
                Some(name) => {
                    found.insert(name.to_owned(), percent_decode_str(given).decode_utf8_lossy().into_owned());
                }
                None if wanted == given => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

/// The request as contracts see it. Query values are read as the type that the request's schema declares, where
/// they can be; what cannot be read stays text, for the schema to refuse.
pub(super) fn view(schema: Option<&Value>, request: &Request, path: BTreeMap<String, String>) -> Value {
    let mut view = Map::new();
    view.insert(
        "path".into(),
        path.into_iter().map(|(k, v)| (k, Value::String(v))).collect::<Map<_, _>>().into(),
    );
    let mut query = Map::new();
    for (name, value) in pairs(request) {
        let kind = schema
            .and_then(|s| s.pointer("/properties/query/properties")?.get(&name)?.get("type")?.as_str())
            .unwrap_or("string");
        query.insert(name, typed(kind, value));
    }
    view.insert("query".into(), query.into());
    let headers = request.headers.iter().map(|(n, v)| (n.to_ascii_lowercase(), Value::String(v.to_owned())));
    view.insert("headers".into(), headers.collect::<Map<_, _>>().into());
    if let Ok(body) = serde_json::from_slice(&request.body) {
        view.insert("body".into(), body);
    } else if !request.body.is_empty() {
        view.insert("body".into(), String::from_utf8_lossy(&request.body).into_owned().into());
    }
    view.into()
}

/// A query value read as the declared type. Both `True` and `true` are booleans: clients differ.
fn typed(kind: &str, text: String) -> Value {
    let read = match kind {
        "integer" => text.parse::<i64>().ok().map(Value::from),
        "number" => text.parse::<f64>().ok().map(Value::from),
        "boolean" => text.to_ascii_lowercase().parse::<bool>().ok().map(Value::from),
        "array" | "object" => serde_json::from_str(&text).ok(),
        _ => None,
    };
    read.unwrap_or(Value::String(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::compose::compose;
    use crate::exchange::headers::Headers;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("POST", "/ges/v1.0/p/graphs/movie/action?action_id=execute-algorithm", Some("ExecuteAlgorithm"))]
    #[case(
        "POST",
        "/ges/v1.0/p/graphs/movie/action?action_id=execute%2Dalgorithm&x=1",
        Some("ExecuteAlgorithm")
    )]
    #[case("POST", "/ges/v1.0/p/graphs/movie/action?action_id=filtered-query", Some("FilteredQuery"))]
    #[case("POST", "/ges/v1.0/p/graphs/movie/vertices/action?action_id=query", Some("QueryVertices"))]
    #[case("POST", "/ges/v1.0/p/graphs/movie/vertices/action?action_id=export", Some("ExportVertices"))]
    #[case("POST", "/v1.0/p/graphs/gid/action?action_id=import-graph", Some("ImportGraph"))]
    #[case("POST", "/ges/v1.0/p/graphs/movie/action?action_id=frobnicate", None)]
    #[case("POST", "/ges/v1.0/p/graphs/movie/action", None)]
    #[case("GET", "/ges/v1.0/p/graphs/movie/jobs/status?limit=2", Some("ListJobs"))]
    #[case("GET", "/ges/v1.0/p/graphs/movie/jobs/j/status", Some("ShowJob"))]
    fn query_members_tell_calls_apart(
        #[case] method: &str,
        #[case] target: &str,
        #[case] expected: Option<&str>,
    ) {
        let contract = crate::contract::library::builtin("ges").unwrap();
        let request = Request {
            service: None,
            method: method.into(),
            target: target.into(),
            headers: Headers::default(),
            body: Vec::new(),
        };
        assert_eq!(operation(&contract, &request).map(|(id, _, _)| id), expected);
    }

    #[test]
    fn a_create_asks_for_the_facets_of_its_job() {
        let contract = crate::contract::library::builtin("ges").unwrap();
        let operation = &contract.facts.operations["ExecuteAlgorithm"];
        let view = json!({
            "path": {"project_id": "p", "graph_name": "movie"},
            "body": {"algorithmName": "louvain", "parameters": {}},
        });
        let request = compose(operation, &view);
        assert_eq!(request.target, "/ges/v1.0/p/graphs/movie/action?action_id=execute-algorithm");
        let asked = asked(&contract, &request);
        let facets = [("kind", "algorithm"), ("algorithm", "louvain")];
        assert_eq!(
            asked.facets,
            facets.map(|(name, value)| (name.to_owned(), vec![value.to_owned()])).into()
        );
        assert_eq!(asked.view["query"], json!({"action_id": "execute-algorithm"}));
    }
}
