//! `errors/malformed-id`.

use crate::contract::error::Condition;
use crate::rule::tool::due;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "errors/malformed-id",
    title: "a request with a malformed id is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request with an id that breaks the documented form is answered with one of the documented statuses and codes for it.",
    why: "A malformed id that ends in a success or in a server error turns a typing mistake into a wrong result or a false alarm.",
    fix: "Check the form of ids at the door, and answer the documented error; never pass a malformed id on to the store.",
    seeks: "a request with a malformed id",
};

/// The rule.
#[derive(Debug)]
pub struct MalformedId;

impl Rule for MalformedId {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        due::judge(Condition::MalformedId, story, |_| false)
    }
}
