//! `retry/refusal-error`.

use crate::contract::cancel::Table;
use crate::rule::tool::refusal_error;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "retry/refusal-error",
    title: "a refused retry says so with the documented error",
    keyword: Keyword::Must,
    checks: "A retry that must be refused, and is, has one of the documented statuses and codes for a job that cannot \
             be retried. Refusals for want of rights and throttling are not looked at.",
    why: "A client that sees another error takes it for trouble on the way, and sends the retry again and again.",
    fix: "Answer the documented status and code for a job that cannot be retried, and no general one.",
    seeks: "a refused retry of a job that may not be retried",
};

/// A refused retry says so with the documented error.
#[derive(Debug)]
pub struct RefusalError;

impl Rule for RefusalError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        refusal_error::judge(story, Table::Retry)
    }
}

#[cfg(test)]
mod tests {
    use super::super::script::{NEW, job, refused, refused_with, retried};
    use super::*;
    use serde_json::json;

    #[test]
    fn another_error_is_found() {
        let found =
            refused_with(job("complete"), 409, &json!({"errors": [{"message": "no", "name": "conflict"}]}))
                .findings(&RefusalError);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn the_documented_one_is_innocent() {
        assert_eq!(refused(job("complete")).findings(&RefusalError), []);
    }

    #[test]
    fn successes_and_refusals_beside_the_point_are_not_looked_at() {
        let accepted = retried(job("complete"), NEW, "pending").judge(&RefusalError);
        assert!(!accepted.is_judged());
        let throttled = refused_with(job("complete"), 429, &json!({})).judge(&RefusalError);
        assert!(!throttled.is_judged());
        let due = refused_with(job("failed"), 409, &json!({})).judge(&RefusalError);
        assert!(!due.is_judged());
    }
}
