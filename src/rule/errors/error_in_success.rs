//! `errors/error-in-success`.

use crate::exchange::refusal::refusal;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::said::seen;
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "errors/error-in-success",
    title: "a success answer holds no error",
    keyword: Keyword::Must,
    checks: "The body of an answer with a success status has no documented error code in a place of error codes, and \
             is not an error body (code and message) in place of a job. Where the vendor documents how to tell an \
             error inside a success, only a documented code in an answer that is not marked so counts.",
    why: "Clients look at the status first: an error inside a success is taken for the result, and the job for \
          cancelled when it is not.",
    fix: "Send errors with their error status, not with 200.",
    seeks: "an answer with a success status",
};

/// The rule.
#[derive(Debug)]
pub struct ErrorInSuccess;

impl Rule for ErrorInSuccess {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for answer in story.answers().iter().filter(|a| a.is_accepted()) {
            let body = contract.error_body(answer.name);
            judgement.look(answer.index);
            let said = refusal(answer.response, body);
            let Some((place, _)) = said.codes.first() else { continue };
            let is_known = said.codes.iter().any(|(_, code)| body.codes.contains_key(code));
            let replaces_job = body.in_success.is_none() && said.message.is_some() && !holds_job(answer);
            if is_known || replaces_job {
                let message = "a success answer holds an error".to_owned();
                let mut finding = Finding::new(
                    answer.index,
                    &body.reference,
                    message,
                    "an error status, or a body without an error",
                    seen(answer.exchange, contract),
                )
                .kind("error-in-success");
                finding.pointer = place.strip_prefix("body ").map(str::to_owned);
                judgement.find([finding]);
            }
        }
        judgement
    }
}

/// Whether the body holds what the operation is documented to answer. An operation that answers no job holds none.
fn holds_job(answer: &Answer<'_>) -> bool {
    let Ok(body) = answer.response.json() else { return false };
    let places = [&answer.operation.job, &answer.operation.jobs];
    places.into_iter().flatten().any(|pointer| pointer.first(body).is_some_and(|value| !value.is_null()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case(json!({"__type": "ConflictException"}), true)]
    #[case(json!({"code": "Strange", "message": "no"}), true)]
    #[case(json!({"message": "stopping"}), false)]
    #[case(json!({}), false)]
    fn finds_errors(#[case] body: Value, #[case] guilty: bool) {
        let script = Script::of("bedrock").cancel_refused("JOB0000001", 202, &body);
        assert_eq!(!script.findings(&ErrorInSuccess).is_empty(), guilty);
    }

    #[test]
    fn a_job_is_no_error() {
        let script = Script::of("bedrock").cancel("JOB0000001", &json!({"status": "STOPPED"}));
        assert_eq!(script.findings(&ErrorInSuccess), []);
    }

    #[test]
    fn an_odd_code_needs_words_and_the_place_of_the_job() {
        let code = Script::of("bedrock").cancel_refused("JOB0000001", 202, &json!({"code": "Strange"}));
        assert_eq!(code.findings(&ErrorInSuccess), []);
        let job = code.job("JOB0000001", &json!({}));
        let beside = json!({"code": "Strange", "message": "done", "ingestionJob": job});
        let beside = Script::of("bedrock").cancel_refused("JOB0000001", 202, &beside);
        assert_eq!(beside.findings(&ErrorInSuccess), []);
    }
}
