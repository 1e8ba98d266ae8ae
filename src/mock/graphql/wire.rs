//! The body of a GraphQL request.

use apollo_compiler::response::JsonMap;
use serde_json::Value;

use crate::contract::graphql::{RootField, Transport, root_fields};
use crate::exchange::{Asked, Request};

/// What the body of a GraphQL request holds.
#[derive(Debug)]
pub(super) struct Wire {
    pub query: String,
    pub operation_name: Option<String>,
    pub variables: JsonMap,
}

impl Wire {
    /// Reads the body.
    ///
    /// # Errors
    /// Says what keeps it from being a GraphQL request.
    pub(super) fn read(request: &Request, transport: &Transport) -> Result<Wire, String> {
        let label = request.headers.get("content-type").unwrap_or_default();
        let kind = label.split(';').next().unwrap_or_default().trim();
        let is_known = transport.content_types.iter().any(|known| known.eq_ignore_ascii_case(kind));
        if !is_known {
            return Err(format!("Content-Type must be {}.", transport.content_types.join(" or ")));
        }
        let body: Value =
            serde_json::from_slice(&request.body).map_err(|_| "The body is not JSON.".to_owned())?;
        let Value::Object(mut members) = body else { return Err("The body is not a JSON object.".into()) };
        let Some(Value::String(query)) = members.remove("query") else {
            return Err("The body has no text `query`.".into());
        };
        let operation_name = match members.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => return Err("`operationName` is not text.".into()),
        };
        let mut variables = members.remove("variables").unwrap_or_default();
        if let (Value::String(text), true) = (&variables, transport.variables_as_text) {
            variables = serde_json::from_str(text).map_err(|_| "`variables` are not JSON.".to_owned())?;
        }
        let variables = match variables {
            Value::Null => JsonMap::new(),
            Value::Object(members) => {
                members.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
            }
            _ => return Err("`variables` are not a JSON object.".into()),
        };
        if !matches!(members.get("extensions"), None | Some(Value::Null | Value::Object(_))) {
            return Err("`extensions` are not a JSON object.".into());
        }
        Ok(Wire { query, operation_name, variables })
    }
}

/// The root fields of a request.
pub(super) fn roots(asked: &Asked) -> Vec<RootField> {
    let text = |name: &str| asked.view.pointer(&format!("/body/{name}")).and_then(Value::as_str);
    text("query").and_then(|query| root_fields(query, text("operationName"))).unwrap_or_default()
}
