//! `errors/conflict`.

use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::exchange::Transcript;
use crate::rule::errors::due;
use crate::rule::{Judgement, Keyword, Meta, Rule};

static META: Meta = Meta {
    id: "errors/conflict",
    title: "a request in conflict with the state of things is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request made while something it excludes is under way is answered with one of the documented statuses and codes for a conflict.",
    why: "Clients wait and try again on a conflict; when the request goes through they run the same work twice, and with another error they give up.",
    fix: "Check for the conflict in the same step that would change the state, and answer the documented error.",
};

/// A request in conflict with the state of things is refused as documented.
#[derive(Debug)]
pub struct Conflict;

impl Rule for Conflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, transcript: &Transcript, contract: &Contract) -> Judgement {
        due::judge(Condition::Conflict, transcript, contract, |_| false)
    }
}
