//! `cancel/refusal-error`.

use crate::contract::cancel::Table;
use crate::rule::tool::refusal_error;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "cancel/refusal-error",
    title: "a refused cancel says so with the documented error",
    keyword: Keyword::Must,
    checks: "A cancel that must be refused, and is, has one of the documented statuses and codes for a job that cannot \
             be cancelled. Refusals for want of rights and throttling are not looked at.",
    why: "Clients treat this one error as good news (the job has ended) and every other one as trouble: a wrong code \
          turns each late cancel into an alarm.",
    fix: "Answer the documented status and code for a job that cannot be cancelled, and no general one.",
    seeks: "a refused cancel of a job that cannot be cancelled",
};

/// A refused cancel says so with the documented error.
#[derive(Debug)]
pub struct RefusalError;

impl Rule for RefusalError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        refusal_error::judge(story, Table::Cancel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::error::Condition;
    use crate::exchange::Origin;
    use crate::rule::cancel::accepted_when_allowed::AcceptedWhenAllowed;
    use crate::rule::cancel::one_story::OneStory;
    use crate::rule::cancel::refused_when_finished::RefusedWhenFinished;
    use crate::rule::cancel::repeat_consistent::RepeatConsistent;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(409, "ConflictException", true)]
    #[case(400, "ValidationException", true)]
    #[case(404, "ResourceNotFoundException", false)]
    #[case(409, "ValidationException", false)]
    fn one_of_the_documented(#[case] status: u16, #[case] code: &str, #[case] innocent: bool) {
        let script = Script::of("bedrock").get("JOB0000001", &json!({"status": "COMPLETE"})).cancel_refused(
            "JOB0000001",
            status,
            &json!({"__type": code, "message": "no"}),
        );
        let found = script.findings(&RefusalError);
        assert_eq!(found.is_empty(), innocent, "{found:?}");
        if let Some(finding) = found.first() {
            assert_eq!(finding.expected, "409 ConflictException, or 400 ValidationException");
            assert_eq!(finding.actual, format!("{status} {code}: no"));
        }
    }

    /// The cancel of a job of another kind, which the vendor refuses in documented words and with any status.
    #[rstest]
    #[case("Unsupported Operation", "running", 0)]
    #[case("no", "running", 1)]
    // It may have ended before the cancel came: for that the words are not documented.
    #[case("no", "success", 0)]
    fn words_count_where_they_are_documented(
        #[case] words: &str,
        #[case] after: &str,
        #[case] expected: usize,
    ) {
        const ID: &str = "4448c9fb-0b16-4a78-8d89-2a137c53454a001679122";
        let script = Script::of("ges");
        let (start, show) = (script.view("DeleteVertices", None), script.view("ShowJob", Some(ID)));
        let cancel = script.view("DeleteJob", Some(ID));
        let found = script
            .call("DeleteVertices", start, 200, &json!({"jobId": ID}))
            .call("ShowJob", show.clone(), 200, &json!({"status": "running"}))
            .call("DeleteJob", cancel, 400, &json!({"errorMessage": words, "errorCode": "GES.8303"}))
            .call("ShowJob", show, 200, &json!({"status": after}))
            .findings(&RefusalError);
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[test]
    fn throttling_is_no_refusal() {
        let script = Script::of("bedrock").get("JOB0000001", &json!({"status": "COMPLETE"})).cancel_refused(
            "JOB0000001",
            429,
            &json!({"__type": "ThrottlingException"}),
        );
        assert!(!script.judge(&RefusalError).is_judged());
    }

    #[test]
    fn a_success_and_a_refusal_that_is_not_due_are_not_looked_at() {
        let success = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "COMPLETE"}))
            .cancel("JOB0000001", &json!({"status": "STOPPED"}));
        assert!(!success.judge(&RefusalError).is_judged());
        let not_due = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "IN_PROGRESS"}))
            .cancel_refused("JOB0000001", 404, &json!({"__type": "ResourceNotFoundException"}));
        assert!(!not_due.judge(&RefusalError).is_judged());
    }

    /// The vendor refuses the cancel of a job that cannot be cancelled with this status.
    fn refusing_with(status: u16) -> Script {
        Script::changed("bedrock", |contract| {
            let row = contract.facts.errors.iter_mut().find(|row| row.when == Condition::NotCancellable);
            let row = row.unwrap();
            row.any_of.truncate(1);
            row.any_of[0].status = Some(status);
        })
    }

    fn refused(script: Script, state: &str, status: u16, code: &str) -> Script {
        let no = json!({"__type": code, "message": "no"});
        script.get("JOB0000001", &json!({"status": state})).cancel_refused("JOB0000001", status, &no)
    }

    #[rstest]
    fn a_documented_refusal_is_one_whatever_its_status(#[values(401, 403, 429, 503)] status: u16) {
        let first = refused(refusing_with(status), "COMPLETE", status, "ConflictException");
        assert_eq!(first.findings(&RefusalError), []);
        assert_eq!(first.findings(&RefusedWhenFinished), []);
        assert_eq!(refused(first, "COMPLETE", status, "ConflictException").findings(&RepeatConsistent), []);
        let running = refused(refusing_with(status), "IN_PROGRESS", status, "ConflictException");
        let running = running.get("JOB0000001", &json!({"status": "IN_PROGRESS"}));
        assert_eq!(running.findings(&AcceptedWhenAllowed).len(), 1);
        let cancelled = running.get("JOB0000001", &json!({"status": "STOPPED"}));
        assert_eq!(cancelled.findings(&OneStory).len(), 1);
    }

    #[rstest]
    fn another_error_of_that_status_says_nothing_of_the_job(#[values(401, 403, 429, 503)] status: u16) {
        let script = refused(refusing_with(status), "COMPLETE", status, "ThrottlingException");
        assert!(!script.judge(&RefusalError).is_judged());
        assert!(!script.judge(&RefusedWhenFinished).is_judged());
        let running = refused(refusing_with(status), "IN_PROGRESS", status, "ThrottlingException");
        let running = running.get("JOB0000001", &json!({"status": "IN_PROGRESS"}));
        assert!(!running.judge(&AcceptedWhenAllowed).is_judged());
    }

    #[test]
    fn that_any_client_error_will_do_makes_none_of_them_a_refusal() {
        let no = json!({"id": "too_many_requests", "message": "no"});
        let script = Script::of("digitalocean")
            .get("a-job", &json!({"status": "INDEX_JOB_STATUS_FAILED"}))
            .cancel_refused("a-job", 429, &no);
        assert!(!script.judge(&RefusalError).is_judged());
    }

    #[test]
    fn how_it_is_refused_rests_on_its_own_reference() {
        let script = |detail: &str| {
            let detail = detail.to_owned();
            let script = Script::changed("bedrock", |contract| {
                let row = contract.facts.errors.iter_mut().find(|row| row.when == Condition::NotCancellable);
                row.unwrap().detail_ref = Some(detail);
            });
            refused(script, "COMPLETE", 404, "ResourceNotFoundException").findings(&RefusalError)
        };
        let found = script("stop-page");
        assert_eq!((found[0].kind, found[0].reference.as_str()), ("other-error", "stop-page"));
        assert_eq!(found[0].message, "a cancel was refused with another error than the documented one");
        // Where it is a guess which error is due, none is documented.
        let found = script("stop-refusal-inferred");
        assert_eq!(found[0].reference, "stop-refusal-inferred");
        assert_eq!(found[0].message, "a cancel was refused with 404 ResourceNotFoundException: no");
    }

    #[test]
    fn a_job_that_stands_still_did_not_end_before_the_cancel_came() {
        const ID: &str = "4448c9fb-0b16-4a78-8d89-2a137c53454a001679122";
        let script = Script::of("ges");
        let (start, show) = (script.view("DeleteVertices", None), script.view("ShowJob", Some(ID)));
        let cancel = script.view("DeleteJob", Some(ID));
        let script = script
            .call("DeleteVertices", start, 200, &json!({"jobId": ID}))
            .call("ShowJob", show, 200, &json!({"status": "running"}))
            .call("DeleteJob", cancel, 400, &json!({"errorMessage": "no", "errorCode": "GES.8303"}));
        assert_eq!(script.findings(&RefusalError), []);
        assert_eq!(script.known(ID, Origin::Hook).findings(&RefusalError).len(), 1);
    }
}
