//! Whether a request that was made to fail was refused with the documented error.

use crate::contract::error::Condition;
use crate::contract::reference::Basis;
use crate::exchange::{Exchange, Violation};
use crate::rule::tool::absent::Served;
use crate::rule::tool::lenient::{is_fruitless, tempered};
use crate::rule::{About, Finding, Judgement};
use crate::story::Story;
use crate::story::said::{alternatives, is_accepted, is_one_of, seen};

/// Judges every answered request that was made to bring about `condition`.
pub(crate) fn judge(condition: Condition, story: &Story<'_>, leave_out: impl Fn(usize) -> bool) -> Judgement {
    let contract = story.contract;
    let mut judgement = Judgement::default();
    let served = is_of_credentials(condition).then(|| Served::of(story));
    for (index, exchange) in story.exchanges.iter().enumerate() {
        let is_meant = exchange.meant().probe == Some(condition) && !leave_out(index);
        let Some(response) = exchange.response().filter(|_| is_meant) else { continue };
        let operation = exchange.asked.operation.as_deref().unwrap_or_default();
        if exchange.meant().violation.as_ref().is_some_and(Violation::is_beyond_words) {
            judge_odd(story, index, condition, &mut judgement);
            continue;
        }
        let Some(row) = contract.error_row(condition, operation) else {
            judgement.miss_undocumented(&format!("the documentation names no error for {condition}"));
            continue;
        };
        let is_right = is_one_of(row, exchange, contract);
        // A busy server says nothing about the request, unless that is what is documented.
        if response.status == 429 && !is_right {
            continue;
        }
        let answer = story.answer(index);
        let absent = served.as_ref().zip(answer).filter(|_| !is_right);
        if let Some(why) = absent.and_then(|(served, answer)| served.absent(story, answer)) {
            judgement.miss(why);
            continue;
        }
        judgement.look(index);
        // A server's own failure is the concern of `errors/server-error`.
        if is_right || response.status >= 500 {
            continue;
        }
        let is_accepted = is_accepted(exchange, contract);
        if is_accepted && answer.is_some_and(|answer| is_fruitless(story, answer, row)) {
            continue;
        }
        // That it is refused is one fact, and how it is refused another.
        let (kind, reference) =
            if is_accepted { ("accepted", row.reference.as_str()) } else { ("other-error", row.detail()) };
        let message = message(condition, exchange, is_accepted, contract.basis(reference));
        let finding =
            Finding::new(index, reference, message, alternatives(row), seen(exchange, contract)).kind(kind);
        let about = exchange.meant().violation.as_ref().map(|v| About::Parameter(v.parameter.clone()));
        let finding = Finding { about, ..finding };
        judgement.find([if is_accepted { tempered(finding, row, exchange, contract) } else { finding }]);
    }
    judgement
}

/// Judges a request of which no page says how it is refused: only that it was acted on counts, where the call needs what
/// its body did not give.
fn judge_odd(story: &Story<'_>, index: usize, condition: Condition, judgement: &mut Judgement) {
    let contract = story.contract;
    let (Some(exchange), Some(answer)) = (story.exchanges.get(index), story.answer(index)) else { return };
    let violation = exchange.meant().violation.as_ref();
    let is_of_root =
        violation.is_some_and(|v| [Violation::ROOT, Violation::NOT_JSON].contains(&v.constraint()));
    let needs_members = || contract.shapes.needs_members(&answer.operation.request, &exchange.asked.view);
    let row = contract.error_row(condition, answer.name);
    let Some(row) = row.filter(|_| is_of_root && needs_members()) else { return };
    if answer.response.status == 429 {
        return;
    }
    judgement.look(index);
    if is_accepted(exchange, contract) {
        let message = message(condition, exchange, true, contract.basis(&row.reference));
        let finding = Finding::new(index, &row.reference, message, "a refusal", seen(exchange, contract))
            .kind("accepted");
        let about = violation.map(|v| About::Parameter(v.parameter.clone()));
        judgement.find([Finding { about, ..finding }]);
    }
}

fn is_of_credentials(condition: Condition) -> bool {
    matches!(
        condition,
        Condition::MissingCredentials
            | Condition::BadCredentials
            | Condition::BadSignature
            | Condition::ExpiredCredentials
    )
}

fn message(condition: Condition, exchange: &Exchange, accepted: bool, basis: Basis) -> String {
    let verb = match basis {
        _ if accepted => "was accepted",
        basis if basis.can_fail() => "was refused with another error than the documented one",
        _ => "was refused with another error than the one thought to be due",
    };
    match (&exchange.meant().violation, condition) {
        (
            Some(violation),
            Condition::InvalidParameter | Condition::MissingParameter | Condition::MalformedId,
        ) => {
            format!("a request that {} {verb}", violation.words)
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
    use crate::rule::{Level, Rule, auth};
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
        assert!(wrong[0].message.contains(" was refused with another error than the "), "{wrong:?}");
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
        let script = asked("bedrock", condition, 202, "").last(|e| {
            e.meant_mut().violation =
                Some(Violation::at("breaks `maximum` at /body/maxResults", "maximum", "/body/maxResults"))
        });
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

    fn without_credentials(status: u16, code: Option<&str>, is_served: bool) -> Judgement {
        let script = Script::of("bedrock");
        let script = if is_served { script.get("JOB0000001", &json!({})) } else { script };
        let view = script.view("GetIngestionJob", Some("JOB0000001"));
        let body = code.map_or_else(|| json!({}), |code| json!({"__type": code, "message": "no"}));
        let script = script.call("GetIngestionJob", view, status, &body).probe(Condition::MissingCredentials);
        script.judge(&auth::missing_credentials::MissingCredentials)
    }

    #[rstest]
    // Nobody was seen to be served, and there is no such route.
    #[case(404, None, false, false)]
    #[case(405, Some("Whatever"), false, false)]
    // The operation is there, or the answer is a documented one for something else.
    #[case(404, None, true, true)]
    #[case(404, Some("ResourceNotFoundException"), false, true)]
    #[case(200, None, false, true)]
    fn an_operation_that_is_not_there_is_not_judged(
        #[case] status: u16,
        #[case] code: Option<&str>,
        #[case] is_served: bool,
        #[case] is_judged: bool,
    ) {
        let judgement = without_credentials(status, code, is_served);
        assert_eq!((judgement.is_judged(), judgement.found.len()), (is_judged, usize::from(is_judged)));
        let absent = crate::rule::Why::Absent { operation: "GetIngestionJob".into() };
        assert_eq!(judgement.missing.contains(&absent), !is_judged);
    }

    fn odd_body(operation: &str, constraint: &str, condition: Condition, status: u16) -> Judgement {
        let script = Script::of("ges");
        let mut view = script.view(operation, None);
        view["body"] = json!([]);
        let script = script.call(operation, view, status, &json!({})).probe(condition);
        let violation = Violation::at("has the body []", constraint, "/body");
        script.last(|e| e.meant_mut().violation = Some(violation)).judge(&invalid_parameter::InvalidParameter)
    }

    #[rstest]
    // It needs what its body does not give.
    #[case("ExecuteAlgorithm", Violation::ROOT, 200, Some(1))]
    #[case("ExecuteAlgorithm", Violation::NOT_JSON, 200, Some(1))]
    // No page says in which words.
    #[case("ExecuteAlgorithm", Violation::ROOT, 415, Some(0))]
    #[case("ExecuteAlgorithm", Violation::NUL, 200, None)]
    // What needs nothing of its body may pass over it.
    #[case("ClearGraph", Violation::ROOT, 200, None)]
    fn an_odd_body_does_not_start_what_needs_another(
        #[case] operation: &str,
        #[case] constraint: &str,
        #[case] status: u16,
        #[case] expected: Option<usize>,
    ) {
        let judgement = odd_body(operation, constraint, Condition::InvalidParameter, status);
        assert_eq!(judgement.verdict().map(|found| found.len()), expected);
    }

    fn started_with(body: &serde_json::Value, violation: Violation, detail: bool) -> Vec<Finding> {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        for row in &mut contract.facts.errors {
            row.detail_ref = detail.then(|| row.reference.clone());
        }
        let mut script = Script::of("bedrock");
        script.contract = std::sync::Arc::new(contract);
        let mut view = script.view("StartIngestionJob", None);
        view["body"] = body.clone();
        let script =
            script.call("StartIngestionJob", view, 202, &json!({})).probe(Condition::InvalidParameter);
        let script = script.last(|e| e.meant_mut().violation = Some(violation));
        script.findings(&invalid_parameter::InvalidParameter)
    }

    #[rstest]
    // That a call may answer 400 is no duty to refuse what it need not read.
    #[case(json!({"description": {"not": "a string"}}), "type", false, Level::Warn)]
    #[case(json!({"description": {"not": "a string"}}), "type", true, Level::Fail)]
    #[case(json!({"clientToken": "short"}), "minLength", false, Level::Fail)]
    #[case(json!({"DESCRIPTION": "a"}), "name-case", true, Level::Warn)]
    fn a_permissive_server_may_pass_over_what_it_does_not_use(
        #[case] body: serde_json::Value,
        #[case] constraint: &str,
        #[case] detail: bool,
        #[case] expected: Level,
    ) {
        let found = started_with(&body, Violation::at("is wrong", constraint, "/body/x"), detail);
        assert_eq!(found.iter().map(|f| f.at_most).collect::<Vec<_>>(), [expected]);
    }

    #[rstest]
    // Nothing is what a filter that nobody knows lets through, unless a page says that it is refused.
    #[case("auth-errors-inferred", "NO_SUCH", 0, 0)]
    #[case("auth-errors-inferred", "NO_SUCH", 1, 1)]
    #[case("model-errors", "NO_SUCH", 0, 1)]
    fn a_filter_without_hits_is_a_good_answer(
        #[case] reference: &str,
        #[case] attribute: &str,
        #[case] items: usize,
        #[case] expected: usize,
    ) {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        contract.facts.errors.iter_mut().for_each(|row| row.reference = reference.into());
        let mut script = Script::of("bedrock");
        script.contract = std::sync::Arc::new(contract);
        let mut view = script.view("ListIngestionJobs", None);
        view["body"] = json!({"filters": [{"attribute": attribute, "operator": "EQ", "values": ["X"]}]});
        let jobs = vec![script.job("JOB0000001", &json!({})); items];
        let script = script.call("ListIngestionJobs", view, 200, &json!({"ingestionJobSummaries": jobs}));
        let script = script.probe(Condition::InvalidParameter);
        assert_eq!(script.findings(&invalid_parameter::InvalidParameter).len(), expected);
    }
}
