//! Whether a request that was made to fail was refused with the documented error.

use super::answer::{alternatives, is_accepted, is_one_of, seen};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::exchange::{Exchange, Transcript};
use crate::rule::{Finding, Judgement, Level};

/// Judges every answered request that was made to bring about `condition`.
pub(in crate::rule) fn judge(
    condition: Condition,
    transcript: &Transcript,
    contract: &Contract,
    leave_out: impl Fn(usize) -> bool,
) -> Judgement {
    let (mut looked_at, mut findings) = (0, Vec::new());
    let mut missing = format!("no request was made to bring about {condition}");
    for (index, exchange) in transcript.exchanges.iter().enumerate() {
        if exchange.asked.probe != Some(condition) || leave_out(index) {
            continue;
        }
        let Some(response) = exchange.response() else {
            missing = format!("no request made to bring about {condition} was answered");
            continue;
        };
        if response.status == 429 {
            missing = format!("every request made to bring about {condition} was throttled");
            continue;
        }
        let operation = exchange.asked.operation.as_deref().unwrap_or_default();
        let Some(row) = contract.error_row(condition, operation) else {
            missing = format!("the documentation names no error for {condition}");
            continue;
        };
        looked_at += 1;
        // A server's own failure is the concern of `errors/server-error`.
        if response.status >= 500 || is_one_of(row, response, contract) {
            continue;
        }
        let accepted = is_accepted(response, contract);
        findings.push(Finding {
            exchange: index,
            pointer: None,
            message: message(condition, exchange, accepted),
            expected: alternatives(row),
            actual: seen(response, contract),
            reference: row.reference.clone(),
            at_most: Level::Fail,
        });
    }
    Judgement::of(looked_at, findings, &missing)
}

fn message(condition: Condition, exchange: &Exchange, accepted: bool) -> String {
    let verb =
        if accepted { "was accepted" } else { "was refused with another error than the documented one" };
    match (&exchange.asked.violation, condition) {
        (
            Some(violation),
            Condition::InvalidParameter | Condition::MissingParameter | Condition::MalformedId,
        ) => {
            format!("a request that {violation} {verb}")
        }
        _ => format!("{} {verb}", situation(condition)),
    }
}

fn situation(condition: Condition) -> &'static str {
    match condition {
        Condition::UnknownJob => "a request for a job that does not exist",
        Condition::UnknownParent => "a request under a parent that does not exist",
        Condition::MalformedId => "a request with a malformed id",
        Condition::MissingCredentials => "a request without credentials",
        Condition::BadCredentials => "a request with wrong credentials",
        Condition::BadSignature => "a request with a wrong signature",
        Condition::ExpiredCredentials => "a request with expired credentials",
        Condition::Forbidden => "a request beyond the rights of its credentials",
        Condition::MissingParameter => "a request without a required parameter",
        Condition::InvalidParameter => "a request with an invalid parameter",
        Condition::NotCancellable => "a cancel of a job that cannot be cancelled",
        Condition::UnsupportedKind => "a cancel of a job of a kind that cannot be cancelled",
        Condition::NotRetryable => "a retry of a job that cannot be retried",
        Condition::Conflict => "a request in conflict with the state of things",
        Condition::Throttled => "a request above the rate limit",
    }
}
