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
    seeks: "",
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
}
