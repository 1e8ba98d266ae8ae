//! Whether a request that was made to fail was refused with the documented error.

use crate::contract::error::Condition;
use crate::exchange::Exchange;
use crate::rule::{About, Finding, Judgement};
use crate::story::Story;
use crate::story::said::{alternatives, is_accepted, is_one_of, seen};

/// Judges every answered request that was made to bring about `condition`.
pub(crate) fn judge(condition: Condition, story: &Story<'_>, leave_out: impl Fn(usize) -> bool) -> Judgement {
    let contract = story.contract;
    let mut judgement = Judgement::default();
    for (index, exchange) in story.exchanges.iter().enumerate() {
        let is_meant = exchange.meant().probe == Some(condition) && !leave_out(index);
        let Some(response) = exchange.response().filter(|_| is_meant) else { continue };
        let operation = exchange.asked.operation.as_deref().unwrap_or_default();
        let Some(row) = contract.error_row(condition, operation) else {
            judgement.miss_undocumented(&format!("the documentation names no error for {condition}"));
            continue;
        };
        let is_right = is_one_of(row, exchange, contract);
        // A busy server says nothing about the request, unless that is what is documented.
        if response.status == 429 && !is_right {
            continue;
        }
        judgement.look(index);
        // A server's own failure is the concern of `errors/server-error`.
        if is_right || response.status >= 500 {
            continue;
        }
        let is_accepted = is_accepted(exchange, contract);
        // That it is refused is one fact, and how it is refused another.
        let (kind, reference) =
            if is_accepted { ("accepted", row.reference.as_str()) } else { ("other-error", row.detail()) };
        let message = message(condition, exchange, is_accepted);
        let finding =
            Finding::new(index, reference, message, alternatives(row), seen(exchange, contract)).kind(kind);
        let about = exchange.meant().violation.clone().map(About::Parameter);
        judgement.find([Finding { about, ..finding }]);
    }
    judgement
}

fn message(condition: Condition, exchange: &Exchange, accepted: bool) -> String {
    let verb =
        if accepted { "was accepted" } else { "was refused with another error than the documented one" };
    match (&exchange.meant().violation, condition) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::errors::{
        invalid_parameter, malformed_id, missing_parameter, unknown_job, unknown_parent,
    };
    use crate::rule::script::Script;
    use crate::rule::{Rule, auth};
    use rstest::rstest;
    use serde_json::json;

    fn asked(vendor: &str, condition: Condition, status: u16, code: &str) -> Script {
        let body = if vendor == "bedrock" {
            json!({"__type": code, "message": "no"})
        } else {
            json!({"id": code, "message": "no"})
        };
        Script::of(vendor).cancel_refused("JOB0000009", status, &body).probe(condition)
    }

    #[rstest]
    #[case(&unknown_job::UnknownJob, Condition::UnknownJob, 404, "ResourceNotFoundException")]
    #[case(&unknown_parent::UnknownParent, Condition::UnknownParent, 404, "ResourceNotFoundException")]
    #[case(&malformed_id::MalformedId, Condition::MalformedId, 400, "ValidationException")]
    #[case(&missing_parameter::MissingParameter, Condition::MissingParameter, 400, "ValidationException")]
    #[case(&invalid_parameter::InvalidParameter, Condition::InvalidParameter, 400, "ValidationException")]
    #[case(&auth::missing_credentials::MissingCredentials, Condition::MissingCredentials, 403, "MissingAuthenticationTokenException")]
    #[case(&auth::bad_credentials::BadCredentials, Condition::BadCredentials, 403, "UnrecognizedClientException")]
    #[case(&auth::bad_signature::BadSignature, Condition::BadSignature, 403, "InvalidSignatureException")]
    #[case(&auth::expired_credentials::ExpiredCredentials, Condition::ExpiredCredentials, 403, "ExpiredTokenException")]
    fn one_error_is_due(
        #[case] rule: &dyn Rule,
        #[case] condition: Condition,
        #[case] status: u16,
        #[case] code: &str,
    ) {
        assert_eq!(asked("bedrock", condition, status, code).findings(rule), []);
        let wrong = asked("bedrock", condition, 409, "ConflictException").findings(rule);
        assert!(
            wrong[0].message.ends_with("was refused with another error than the documented one"),
            "{wrong:?}"
        );
        let accepted = asked("bedrock", condition, 202, "").findings(rule);
        assert!(accepted[0].message.ends_with("was accepted"), "{accepted:?}");
        // A server's own failure has a rule of its own, and another probe is another rule's.
        assert_eq!(asked("bedrock", condition, 500, "").findings(rule), []);
        let other = asked("bedrock", Condition::Throttled, 202, "");
        assert!(!other.judge(rule).is_judged());
        let throttled = asked("bedrock", condition, 429, "ThrottlingException");
        assert!(!throttled.judge(rule).is_judged());
    }

    #[rstest]
    #[case(Condition::InvalidParameter, "a request that breaks `maximum` at /body/maxResults was accepted")]
    #[case(Condition::UnknownJob, "a request for a job that does not exist was accepted")]
    fn a_violation_is_named(#[case] condition: Condition, #[case] message: &str) {
        let script = asked("bedrock", condition, 202, "")
            .last(|e| e.meant_mut().violation = Some("breaks `maximum` at /body/maxResults".into()));
        let transcript = script.transcript();
        let judgement = judge(condition, &Story::of(&script.contract, &transcript), |_| false);
        assert_eq!(judgement.found[0].message, message);
    }

    #[test]
    fn a_missing_code_is_left_to_another_rule() {
        let script = Script::of("bedrock")
            .cancel_refused("JOB0000009", 404, &json!({"message": "no"}))
            .probe(Condition::UnknownJob);
        assert_eq!(script.findings(&unknown_job::UnknownJob), []);
    }

    #[test]
    fn any_client_error_will_do_where_the_contract_says_so() {
        let odd: [(u16, &str, usize); 3] = [(418, "teapot", 0), (400, "bad_request", 0), (302, "moved", 1)];
        for (status, code, expected) in odd {
            let script = asked("digitalocean", Condition::InvalidParameter, status, code);
            assert_eq!(script.findings(&invalid_parameter::InvalidParameter).len(), expected, "{status}");
        }
    }

    #[test]
    fn silence_of_the_documentation_is_not_judged() {
        let script = asked("digitalocean", Condition::BadSignature, 200, "");
        let judgement = script.judge(&auth::bad_signature::BadSignature);
        assert_eq!(judgement, Judgement::undocumented("the documentation names no error for bad-signature"));
    }
}
