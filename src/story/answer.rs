//! Responses to calls that the contract knows.

use serde_json::Value;

use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::exchange::refusal::is_error_inside;
use crate::exchange::{Exchange, Response};

/// A response to a call that the contract knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'t> {
    /// The exchange's place in the transcript.
    pub(crate) index: usize,
    /// The exchange.
    pub(crate) exchange: &'t Exchange,
    /// The operation's name.
    pub(crate) name: &'t str,
    /// The operation.
    pub(crate) operation: &'t Operation,
    /// The response.
    pub(crate) response: &'t Response,
    /// Whether it is an error inside a success status, where the vendor documents errors there.
    is_error_inside: bool,
    /// The schema of an error inside a success status, where it is one and has a schema of its own.
    error_schema: Option<&'t str>,
    /// Whether it is an error in plain text, where the contract says that errors may be.
    is_plain_text: bool,
}

/// The responses to calls that the contract knows, in order. A GraphQL request that asks for several things at once is
/// no such call.
pub(super) fn answers<'t>(exchanges: &'t [Exchange], contract: &'t Contract) -> Vec<Answer<'t>> {
    let answer = |(index, exchange): (usize, &'t Exchange)| {
        let (name, operation) =
            contract.facts.operations.get_key_value(exchange.asked.operation.as_ref()?)?;
        if exchange.asked.graphql.as_ref().is_some_and(|document| document.keys.len() > 1) {
            return None;
        }
        let response = exchange.response()?;
        let transport = contract.service(name).and_then(|service| service.transport.as_ref());
        let is_error_inside = is_error_inside(exchange, contract);
        let error_schema = transport.filter(|_| is_error_inside).map(|t| t.error.as_str());
        let is_plain_text = contract.error_body(name).plain_text && says_plain_text(response);
        Some(Answer {
            index,
            exchange,
            name,
            operation,
            response,
            is_error_inside,
            error_schema,
            is_plain_text,
        })
    };
    exchanges.iter().enumerate().filter_map(answer).collect()
}

impl<'t> Answer<'t> {
    /// Whether it says yes: a success status, and no error inside.
    pub(crate) fn is_accepted(&self) -> bool {
        self.response.is_success() && !self.is_error_inside
    }

    /// Whether it says no: an error status, or an error inside a success.
    pub(crate) fn is_refused(&self) -> bool {
        self.response.status >= 400 || self.is_error_inside
    }

    /// Whether it is an error in plain text, as the contract says that errors may be: its body has no members.
    pub(crate) fn is_plain_text(&self) -> bool {
        self.is_plain_text
    }

    /// Whether the operation's list of responses has the status. The entry `default` speaks of errors only.
    pub(crate) fn is_listed(&self) -> bool {
        self.error_schema.is_some() || self.listed().is_some()
    }

    /// The documented schema of the body; `Some("")` where no body is documented, `None` where nothing says what it
    /// looks like. A success under another status than the documented one looks as the documented one does.
    pub(crate) fn schema(&self) -> Option<&'t str> {
        self.error_schema.or_else(|| self.listed()).or_else(|| self.of_other_success())
    }

    fn listed(&self) -> Option<&'t str> {
        let status = self.response.status;
        let exact = self.operation.responses.get(&status.to_string());
        let entry = exact.or_else(|| self.operation.responses.get("default").filter(|_| status >= 400));
        entry.map(String::as_str)
    }

    /// For a success, the schema of the documented ones, where they have one between them. Two statuses say that
    /// there is no body.
    fn of_other_success(&self) -> Option<&'t str> {
        if !self.response.is_success() || matches!(self.response.status, 204 | 205) {
            return None;
        }
        let documented = self.operation.success_statuses();
        let mut schemas = documented.filter_map(|status| self.operation.response_schema(status));
        let first = schemas.find(|schema| !schema.is_empty())?;
        schemas.all(|schema| schema.is_empty() || schema == first).then_some(first)
    }

    /// The body with its schema, where both are there. A GraphQL client may ask for other members than the contract's
    /// own document does: then no schema speaks of the answer.
    pub(crate) fn body(&self) -> Option<(&'t str, &'t Value)> {
        let is_other = self.exchange.asked.graphql.as_ref().is_some_and(|document| !document.is_whole);
        if self.is_plain_text || is_other && self.response.is_success() && self.error_schema.is_none() {
            return None;
        }
        let schema = self.schema().filter(|name| !name.is_empty())?;
        Some((schema, self.response.json().ok()?))
    }

    /// The reference for what the answer as a whole looks like.
    pub(crate) fn reference(&self, contract: &'t Contract) -> &'t str {
        if self.response.status >= 400 || self.error_schema.is_some() {
            &contract.error_body(self.name).reference
        } else {
            &self.operation.reference
        }
    }
}

/// Whether an error's body is plain text, by its label; without a label, by what it looks like.
fn says_plain_text(response: &Response) -> bool {
    let Ok(text) = std::str::from_utf8(&response.body) else { return false };
    let label = response.headers.get("content-type").filter(|label| !label.trim().is_empty());
    let is_plain = label.map_or_else(
        || response.json().is_err() && !text.trim_start().starts_with('<'),
        |label| label.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/plain")),
    );
    response.status >= 400 && !text.trim().is_empty() && is_plain
}
