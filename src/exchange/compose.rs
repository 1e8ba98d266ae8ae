//! From a request as contracts see it, `{ path, query, headers, body }`, to a request on the wire.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::headers::Headers;
use super::message::Request;
use crate::contract::operation::Operation;

/// Everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes one path segment or query part.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Builds the request for `operation` from its view. Path parameters that the view lacks stay empty; members of the
/// query that are not strings go out as JSON text, as does the body. The body of a GraphQL operation is given its
/// document where the view has none.
pub fn compose(operation: &Operation, view: &Value) -> Request {
    let mut target = String::new();
    for segment in operation.path.split('/').skip(1) {
        target.push('/');
        match segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            Some(name) => target.push_str(&encode(&wire(view.pointer("/path").and_then(|p| p.get(name))))),
            None => target.push_str(segment),
        }
    }
    let asked = view.get("query").and_then(Value::as_object);
    let fixed = operation.query.iter().filter(|(name, _)| !asked.is_some_and(|q| q.contains_key(*name)));
    let fixed = fixed.map(|(name, value)| (name, value.clone()));
    let given = asked.into_iter().flatten().map(|(name, value)| (name, wire(Some(value))));
    for (index, (name, value)) in fixed.chain(given).enumerate() {
        target.push(if index == 0 { '?' } else { '&' });
        target.push_str(&format!("{}={}", encode(name), encode(&value)));
    }
    let mut headers = Headers::default();
    headers.push("accept", "application/json");
    if let Some(Value::Object(extra)) = view.get("headers") {
        extra.iter().for_each(|(name, value)| headers.set(name, wire(Some(value))));
    }
    let mut body = view.get("body").cloned();
    if let Some(call) = &operation.graphql {
        let whole = body.get_or_insert_with(|| json!({}));
        if let Some(members) = whole.as_object_mut() {
            members.entry("query").or_insert_with(|| call.document.as_str().into());
        }
    }
    let body = body.map(|b| b.to_string().into_bytes()).unwrap_or_default();
    if !body.is_empty() && headers.get("content-type").is_none() {
        headers.push("content-type", "application/json");
    }
    Request {
        service: operation.service.clone(),
        method: operation.method.word().into(),
        target,
        headers,
        body,
    }
}

/// A value as it stands in a path, a query or a header.
fn wire(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
