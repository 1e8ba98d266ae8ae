//! `errors/invalid-parameter`.

use crate::contract::error::Condition;
use crate::rule::listing::{bad_token, size_limit};
use crate::rule::tool::due;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "errors/invalid-parameter",
    title: "a request with an invalid parameter is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request in which one documented constraint is broken (type, length, range, pattern, enum) is answered with one of the documented statuses and codes for it.",
    why: "What a test server lets through fails in production: a client tested against it was never told of its mistake.",
    fix: "Validate every request against its documented shape before it is carried out.",
    seeks: "a request that breaks a constraint",
};

/// The rule.
#[derive(Debug)]
pub struct InvalidParameter;

impl Rule for InvalidParameter {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        due::judge(Condition::InvalidParameter, story, |index| {
            bad_token::is_meant(story, index) || size_limit::limit(story, index).is_some()
        })
    }
}
