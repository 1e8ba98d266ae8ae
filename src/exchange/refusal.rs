//! What an error answer says, read with the contract's locators.

use super::message::{Exchange, Response};
use super::reading::text;
use crate::contract::Contract;
use crate::contract::error::{Answer, ErrorBody, Locator};
use crate::contract::pattern::compiled;

/// The parts of an error answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The error code, from the first place that has one.
    pub code: Option<String>,
    /// Every place that has a code, each with what it says. They must agree.
    pub codes: Vec<(String, String)>,
    /// The message.
    pub message: Option<String>,
}

impl Refusal {
    /// Whether this is the error of a contract, given the status it came with. Where it has no code at all, the status
    /// and the message decide.
    pub fn is(&self, answer: &Answer, status: u16) -> bool {
        let status_fits = answer.status.is_none_or(|due| due == status)
            && (!answer.any_client_error || (400..500).contains(&status));
        // An answer without any code is the concern of `errors/body-shape`: one cause gives one finding.
        let code_fits =
            answer.code.as_ref().is_none_or(|due| self.code.as_ref().is_none_or(|code| code == due));
        // Linting refuses patterns that do not compile, so such a pattern decides nothing here.
        let message_fits = answer.message.as_ref().is_none_or(|pattern| {
            compiled(pattern)
                .is_none_or(|pattern| self.message.as_ref().is_some_and(|text| pattern.is_match(text)))
        });
        status_fits && code_fits && message_fits
    }
}

/// Whether a success status comes with an error inside, where the vendor documents errors there. A GraphQL answer whose
/// own field has a value is none, even with errors beside it.
pub fn is_error_inside(exchange: &Exchange, contract: &Contract) -> bool {
    let Some(name) = &exchange.asked.operation else { return false };
    let Some(probe) = &contract.error_body(name).in_success else { return false };
    let Some(body) = exchange.success().and_then(|response| response.json().ok()) else { return false };
    let operation = contract.facts.operations.get(name);
    let has_value =
        operation.and_then(|o| Some((o, o.graphql.as_ref()?))).is_some_and(|(operation, call)| {
            let place = super::graphql::place(exchange, operation, &call.data);
            place.first(body).is_some_and(|value| !value.is_null())
        });
    probe.holds(body) && !has_value
}

/// Reads an error answer.
pub fn refusal(response: &Response, body: &ErrorBody) -> Refusal {
    let codes: Vec<(String, String)> =
        body.code.iter().filter_map(|locator| Some((place(locator), locate(response, locator)?))).collect();
    Refusal {
        code: codes.first().map(|(_, code)| code.clone()),
        codes,
        message: body
            .message
            .iter()
            .find_map(|locator| locate(response, locator))
            .or_else(|| plain_text(response).filter(|_| body.plain_text)),
    }
}

/// The text of a body that is no JSON.
fn plain_text(response: &Response) -> Option<String> {
    let text = std::str::from_utf8(&response.body).ok().filter(|_| response.json().is_err())?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn place(locator: &Locator) -> String {
    match (&locator.header, &locator.body) {
        (Some(header), _) => format!("header {header}"),
        (None, Some(pointer)) => format!("body {}", pointer.as_str()),
        (None, None) => String::new(),
    }
}

fn locate(response: &Response, locator: &Locator) -> Option<String> {
    let text = match (&locator.header, &locator.body) {
        (Some(header), _) => response.headers.get(header)?.to_owned(),
        (None, Some(pointer)) => text(pointer.first(response.json().ok()?)?)?,
        (None, None) => return None,
    };
    let text = locator
        .after
        .as_ref()
        .and_then(|mark| text.split_once(mark.as_str()))
        .map_or(text.as_str(), |(_, t)| t);
    let text =
        locator.before.as_ref().and_then(|mark| text.split_once(mark.as_str())).map_or(text, |(t, _)| t);
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
