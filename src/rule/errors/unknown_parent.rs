//! `errors/unknown-parent`.

use crate::contract::error::Condition;
use crate::rule::tool::due;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "errors/unknown-parent",
    title: "a request under a parent that does not exist is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request that names a well-formed parent that does not exist is answered with one of the documented statuses and codes for it.",
    why: "A list of nothing, or a job started nowhere, hides a mistyped parent from its user for as long as the client runs.",
    fix: "Check that every parent named in the request exists before the request is carried out.",
    seeks: "a request under a parent that does not exist",
};

/// The rule.
#[derive(Debug)]
pub struct UnknownParent;

impl Rule for UnknownParent {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        due::judge(Condition::UnknownParent, story, |_| false)
    }
}
