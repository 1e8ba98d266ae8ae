//! What an answer says: yes, or no with which error.

use super::text::cut;
use crate::contract::Contract;
use crate::contract::error::{Answer, Condition, ErrorBody, ErrorRow};
use crate::exchange::Exchange;
use crate::exchange::refusal::{Refusal, is_error_inside, refusal};

/// Whether the answer says yes: a success status, and no error inside where the vendor documents errors there.
pub(crate) fn is_accepted(exchange: &Exchange, contract: &Contract) -> bool {
    exchange.success().is_some() && !is_error_inside(exchange, contract)
}

/// Whether the answer says no: an error status, or an error inside a success where the vendor documents that.
pub(crate) fn is_refused(exchange: &Exchange, contract: &Contract) -> bool {
    exchange.response().is_some_and(|r| r.status >= 400) || is_error_inside(exchange, contract)
}

/// Whether the answer is about something else than the request itself: who sent it, how often, or the server's own
/// trouble. It says nothing about what the request asked for. An answer that the contract lists for one of these
/// conditions is a refusal, whatever its status.
pub(crate) fn is_beside_the_point(exchange: &Exchange, contract: &Contract, due: &[Condition]) -> bool {
    let Some(response) = exchange.response() else { return false };
    let is_trouble = matches!(response.status, 401 | 403 | 429) || response.status >= 500;
    is_trouble && !is_listed(exchange, contract, due)
}

/// Whether the contract lists the answer under one of these conditions: by its status, its code or its words. That any
/// client error will do is no mention of this one.
fn is_listed(exchange: &Exchange, contract: &Contract, due: &[Condition]) -> bool {
    let (Some(response), Some(name)) = (exchange.response(), &exchange.asked.operation) else { return false };
    let said = said(exchange, contract);
    let rows = due.iter().filter_map(|condition| contract.error_row(*condition, name));
    rows.flat_map(|row| &row.any_of).any(|answer| {
        let is_named = answer.status == Some(response.status)
            || answer.message.is_some()
            || (answer.code.is_some() && answer.code == said.code);
        is_named && !answer.in_success && said.is(answer, response.status)
    })
}

/// What the answer says is wrong, read as errors of its operation look.
pub(crate) fn said(exchange: &Exchange, contract: &Contract) -> Refusal {
    exchange.response().map(|response| refusal(response, error_body(exchange, contract))).unwrap_or_default()
}

/// How an error of this operation looks.
pub(crate) fn error_body<'c>(exchange: &Exchange, contract: &'c Contract) -> &'c ErrorBody {
    contract.error_body(exchange.asked.operation.as_deref().unwrap_or_default())
}

/// Whether the answer is one of those that the row allows.
pub(crate) fn is_one_of(row: &ErrorRow, exchange: &Exchange, contract: &Contract) -> bool {
    let Some(response) = exchange.response() else { return false };
    // Where errors come inside a success, a success without one is none of them.
    if is_accepted(exchange, contract) {
        return false;
    }
    let (said, inside) = (said(exchange, contract), is_error_inside(exchange, contract));
    row.any_of.iter().any(|answer| (inside || !answer.in_success) && said.is(answer, response.status))
}

/// The answers that the row allows, in words.
pub(crate) fn alternatives(row: &ErrorRow) -> String {
    row.any_of.iter().map(in_words).collect::<Vec<_>>().join(", or ")
}

fn in_words(answer: &Answer) -> String {
    let mut words = match (answer.status, answer.any_client_error) {
        _ if answer.in_success => "an error inside a success".to_owned(),
        (Some(status), _) => status.to_string(),
        (None, true) => "a status from 400 to 499".to_owned(),
        (None, false) => "an error".to_owned(),
    };
    if let Some(code) = &answer.code {
        words.push_str(&format!(" {code}"));
    }
    if let Some(pattern) = &answer.message {
        words.push_str(&format!(" with a message like /{}/", bare(pattern)));
    }
    words
}

/// A pattern without what stands around its words: a page that is cited gives the words.
fn bare(pattern: &str) -> &str {
    let pattern = pattern.strip_prefix("(?i)").unwrap_or(pattern);
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    if pattern.ends_with("\\$") { pattern } else { pattern.strip_suffix('$').unwrap_or(pattern) }
}

/// What the answer says, in words: status, code and message.
pub(crate) fn seen(exchange: &Exchange, contract: &Contract) -> String {
    let Some(response) = exchange.response() else { return "no answer".to_owned() };
    let said = said(exchange, contract);
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

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("(?i)not found", "not found")]
    #[case("^no such job$", "no such job")]
    #[case(r"costs 1\$", r"costs 1\$")]
    fn patterns_are_shown_without_anchors(#[case] pattern: &str, #[case] expected: &str) {
        assert_eq!(bare(pattern), expected);
    }
}
