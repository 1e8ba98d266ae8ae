//! What an answer says: yes, or no with which error.

use crate::contract::Contract;
use crate::contract::error::{Answer, ErrorRow};
use crate::exchange::Response;
use crate::exchange::refusal::refusal;
use crate::rule::evidence::cut;

/// Whether the answer says yes: a success status, and no error inside where the vendor documents errors there.
pub(in crate::rule) fn is_accepted(response: &Response, contract: &Contract) -> bool {
    response.is_success() && !holds_documented_error(response, contract)
}

/// Whether the answer says no: an error status, or an error inside a success where the vendor documents that.
pub(in crate::rule) fn is_refused(response: &Response, contract: &Contract) -> bool {
    response.status >= 400 || (response.is_success() && holds_documented_error(response, contract))
}

/// Whether the answer is about something else than the request itself: who sent it, how often, or the server's own
/// trouble. It says nothing about what the request asked for.
pub(in crate::rule) fn is_beside_the_point(response: &Response) -> bool {
    matches!(response.status, 401 | 403 | 429) || response.status >= 500
}

fn holds_documented_error(response: &Response, contract: &Contract) -> bool {
    contract
        .facts
        .error_body
        .in_success
        .as_ref()
        .is_some_and(|probe| response.json().is_ok_and(|body| probe.holds(body)))
}

/// Whether the answer is one of those that the row allows.
pub(in crate::rule) fn is_one_of(row: &ErrorRow, response: &Response, contract: &Contract) -> bool {
    let said = refusal(response, &contract.facts.error_body);
    row.any_of.iter().any(|answer| said.is(answer, response.status))
}

/// The answers that the row allows, in words.
pub(in crate::rule) fn alternatives(row: &ErrorRow) -> String {
    row.any_of.iter().map(in_words).collect::<Vec<_>>().join(", or ")
}

fn in_words(answer: &Answer) -> String {
    let mut words = match (answer.status, answer.any_client_error) {
        (Some(status), _) => status.to_string(),
        (None, true) => "a status from 400 to 499".to_owned(),
        (None, false) => "an error".to_owned(),
    };
    if let Some(code) = &answer.code {
        words.push_str(&format!(" {code}"));
    }
    if let Some(pattern) = &answer.message {
        words.push_str(&format!(" with a message like /{pattern}/"));
    }
    words
}

/// What the answer says, in words: status, code and message.
pub(in crate::rule) fn seen(response: &Response, contract: &Contract) -> String {
    let said = refusal(response, &contract.facts.error_body);
    let mut words = response.status.to_string();
    if let Some(code) = &said.code {
        words.push_str(&format!(" {code}"));
    } else if response.status >= 400 {
        words.push_str(" without a code");
    }
    if let Some(message) = &said.message {
        words.push_str(&format!(": {}", cut(message)));
    }
    words
}
