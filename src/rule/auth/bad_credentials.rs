//! `auth/bad-credentials`.

use crate::contract::error::Condition;
use crate::rule::tool::due;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "auth/bad-credentials",
    title: "a request with wrong credentials is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request sent with credentials that nobody owns is answered with one of the documented statuses and codes for it.",
    why: "Clients fetch new credentials only when they are told that theirs are wrong.",
    fix: "Look the credentials up on every request, and answer the documented error when nobody owns them.",
    seeks: "a request with wrong credentials",
};

/// The rule.
#[derive(Debug)]
pub struct BadCredentials;

impl Rule for BadCredentials {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        due::judge(Condition::BadCredentials, story, |_| false)
    }
}
