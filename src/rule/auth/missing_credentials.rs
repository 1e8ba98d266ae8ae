//! `auth/missing-credentials`.

use crate::contract::error::Condition;
use crate::rule::tool::due;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "auth/missing-credentials",
    title: "a request without credentials is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request sent without any credentials is answered with one of the documented statuses and codes for it.",
    why: "A server that answers anyone gives jobs and their data away; one that answers an odd error sends clients looking for another cause.",
    fix: "Require credentials on every operation, and check them before anything else about the request.",
    seeks: "a request without credentials",
};

/// The rule.
#[derive(Debug)]
pub struct MissingCredentials;

impl Rule for MissingCredentials {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        due::judge(Condition::MissingCredentials, story, |_| false)
    }
}
