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
    seeks: "",
};

/// A request for a job that does not exist is refused as documented.
#[derive(Debug)]
pub struct UnknownJob;

impl Rule for UnknownJob {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        due::judge(Condition::UnknownJob, story, |index| story.is_foreign(index))
    }
}
