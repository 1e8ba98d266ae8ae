//! One answered request to a GraphQL service.

use std::collections::BTreeMap;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use serde_json::{Map, Value};

use super::Story;
use crate::contract::Contract;
use crate::contract::error::ErrorBody;
use crate::contract::graphql::Transport;
use crate::exchange::graphql::Document;
use crate::exchange::{Exchange, Response};

/// Whether a request may be carried out at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It fits the schema.
    Fits,
    /// The document does not, or there is none.
    NoDocument,
    /// The variables do not.
    WrongVariables,
}

/// One answered request to a GraphQL service.
pub(crate) struct Talk<'t> {
    pub(crate) index: usize,
    pub(crate) exchange: &'t Exchange,
    pub(crate) response: &'t Response,
    /// The answer, where it is a JSON object.
    pub(crate) body: Option<&'t Map<String, Value>>,
    pub(crate) document: &'t Document,
    pub(crate) transport: &'t Transport,
    pub(crate) errors_look: &'t ErrorBody,
    pub(crate) fit: Fit,
}

impl<'t> Talk<'t> {
    /// The entries of `errors`; none where it is no list.
    pub(crate) fn errors(&self) -> &'t [Value] {
        let errors = self.body.and_then(|body| body.get("errors")).and_then(Value::as_array);
        errors.map_or(&[], Vec::as_slice)
    }

    /// The answer of the root field that goes by `key`.
    pub(crate) fn value(&self, key: &str) -> Option<&'t Value> {
        self.body?.get("data")?.get(key)
    }

    /// The name of the operation, or of the service where the request is for none.
    pub(crate) fn name(&self) -> &'t str {
        self.exchange.asked.operation.as_deref().unwrap_or(&self.document.service)
    }
}

/// The answered requests to GraphQL services, in order. Throttling and the server's own trouble say nothing about
/// GraphQL.
pub(super) fn talks<'t>(story: &Story<'t>) -> Vec<Talk<'t>> {
    let contract = story.contract;
    let mut known: BTreeMap<&[u8], Fit> = BTreeMap::new();
    let talk = |(index, exchange): (usize, &'t Exchange)| {
        let document = exchange.asked.graphql.as_ref()?;
        let service = contract.facts.services.get(&document.service)?;
        let response = exchange.response().filter(|r| r.status != 429 && r.status < 500)?;
        let fit = *known
            .entry(&exchange.request.body)
            .or_insert_with(|| fit(contract, &document.service, &exchange.request.body));
        Some(Talk {
            index,
            exchange,
            response,
            body: response.json().ok().and_then(Value::as_object),
            document,
            transport: service.transport.as_ref()?,
            errors_look: service.error_body.as_ref().unwrap_or(&contract.facts.error_body),
            fit,
        })
    };
    story.exchanges.iter().enumerate().filter_map(talk).collect()
}

/// Whether what was sent fits the schema of the service.
fn fit(contract: &Contract, service: &str, body: &[u8]) -> Fit {
    let Some(schema) = contract.graphql.schemas.get(service) else { return Fit::Fits };
    let sent: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| sent.get(name).and_then(Value::as_str);
    let document = text("query").and_then(|q| ExecutableDocument::parse_and_validate(schema, q, "sent").ok());
    let Some(document) = document else { return Fit::NoDocument };
    let Ok(operation) = document.operations.get(text("operationName")) else { return Fit::NoDocument };
    let variables = match sent.get("variables") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(members)) => members.clone(),
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        Some(_) => return Fit::WrongVariables,
    };
    let variables: JsonMap = variables.into_iter().map(|(name, v)| (name.into(), v.into())).collect();
    match coerce_variable_values(schema, operation, &variables) {
        Ok(_) => Fit::Fits,
        Err(_) => Fit::WrongVariables,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::contract;
    use rstest::rstest;

    #[rstest]
    #[case(r#"{"query": "{ __typename }"}"#, Fit::Fits)]
    #[case(r#"{"query": "query($id: ID!) { job(id: $id) { id } }", "variables": {"id": 7}}"#, Fit::Fits)]
    #[case(r#"{"query": "query($id: ID!) { job(id: $id) { id } }", "variables": "{\"id\": 7}"}"#, Fit::Fits)]
    #[case(r#"{"query": "query($id: ID!) { job(id: $id) { id } }"}"#, Fit::WrongVariables)]
    #[case(r#"{"query": "query($id: ID!) { job(id: $id) { id } }", "variables": [7]}"#, Fit::WrongVariables)]
    #[case(r#"{"query": "{ nothing }"}"#, Fit::NoDocument)]
    #[case(r#"{"query": "query A { __typename }", "operationName": "B"}"#, Fit::NoDocument)]
    #[case("no json", Fit::NoDocument)]
    fn knows_what_fits(#[case] body: &str, #[case] expected: Fit) {
        assert_eq!(fit(&contract("atelier"), "data", body.as_bytes()), expected);
    }
}
