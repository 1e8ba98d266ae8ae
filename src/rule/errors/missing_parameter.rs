//! `errors/missing-parameter`.

use crate::contract::error::Condition;
use crate::rule::tool::due;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "errors/missing-parameter",
    title: "a request without a required parameter is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request from which one required member was taken is answered with one of the documented statuses and codes for it.",
    why: "A request that is carried out without a required member does something its sender did not ask for.",
    fix: "Validate every request against its documented shape before it is carried out.",
    seeks: "a request without a required member",
};

/// The rule.
#[derive(Debug)]
pub struct MissingParameter;

impl Rule for MissingParameter {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        due::judge(Condition::MissingParameter, story, |_| false)
    }
}
