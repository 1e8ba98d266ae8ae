//! `errors/unknown-job`.

use crate::contract::error::Condition;
use crate::rule::tool::due;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "errors/unknown-job",
    title: "a request for a job that does not exist is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request made with a well-formed id that no job has is answered with one of the documented statuses and codes for an unknown job.",
    why: "Clients tell a job that is gone from a server in trouble by this error: with another one they retry for ever or give up too early.",
    fix: "Look the job up before anything else happens to it, and answer the documented error when it is not there.",
    seeks: "a request for a job that does not exist",
};

/// The rule.
#[derive(Debug)]
pub struct UnknownJob;

impl Rule for UnknownJob {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        due::judge(Condition::UnknownJob, story, |index| story.is_foreign(index) || is_there(story, index))
    }
}

/// Whether the job that a request names was read before in a request that was not made wrong: then it is no unknown one.
fn is_there(story: &Story<'_>, index: usize) -> bool {
    let Some(job) = story.exchanges.get(index).and_then(|exchange| exchange.asked.job.as_ref()) else {
        return false;
    };
    let is_right = |r: &crate::exchange::Reading| {
        story.exchanges.get(r.exchange).is_some_and(|exchange| exchange.meant().probe.is_none())
    };
    story.last_named(index, job, is_right).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use serde_json::json;

    #[test]
    fn a_job_that_is_there_is_no_unknown_one() {
        // The other parent differs in nothing that the call names, say.
        let script = Script::of("bedrock").get("JOB0000001", &json!({}));
        let script = script.get("JOB0000001", &json!({})).probe(Condition::UnknownJob);
        assert!(!script.judge(&UnknownJob).is_judged());
        // What a wrong request was shown is no proof.
        let script = Script::of("bedrock").get("JOB0000009", &json!({})).probe(Condition::UnknownJob);
        let script = script.get("JOB0000009", &json!({})).probe(Condition::UnknownJob);
        assert_eq!(script.findings(&UnknownJob).len(), 2);
    }
}
