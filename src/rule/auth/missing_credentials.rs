//! `auth/missing-credentials`.

use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::exchange::Transcript;
use crate::rule::errors::due;
use crate::rule::{Judgement, Keyword, Meta, Rule};

static META: Meta = Meta {
    id: "auth/missing-credentials",
    title: "a request without credentials is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request sent without any credentials is answered with one of the documented statuses and codes for it.",
    why: "A server that answers anyone gives jobs and their data away; one that answers an odd error sends clients looking for another cause.",
    fix: "Require credentials on every operation, and check them before anything else about the request.",
};

/// A request without credentials is refused as documented.
#[derive(Debug)]
pub struct MissingCredentials;

impl Rule for MissingCredentials {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, transcript: &Transcript, contract: &Contract) -> Judgement {
        due::judge(Condition::MissingCredentials, transcript, contract, |_| false)
    }
}
