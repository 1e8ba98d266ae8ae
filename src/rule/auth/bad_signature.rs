//! `auth/bad-signature`.

use crate::contract::error::Condition;
use crate::rule::tool::due;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "auth/bad-signature",
    title: "a request with a wrong signature is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request whose signature was tampered with, or was made over another path or body, or for another service, is answered with one of the documented statuses and codes for it.",
    why: "A signature that is not checked protects nothing: anyone on the way can change which job is cancelled.",
    fix: "Compute the signature anew from the request as received, compare all of it, and refuse the request when it differs.",
    seeks: "a request with a wrong signature",
};

/// The rule.
#[derive(Debug)]
pub struct BadSignature;

impl Rule for BadSignature {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        due::judge(Condition::BadSignature, story, |_| false)
    }
}
