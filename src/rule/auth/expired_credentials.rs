//! `auth/expired-credentials`.

use crate::contract::error::Condition;
use crate::rule::tool::due;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "auth/expired-credentials",
    title: "a request with expired credentials is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request sent with credentials or a signature past their time is answered with one of the documented statuses and codes for it.",
    why: "Clients renew credentials when they are told that these have expired; an expired request that still works can be replayed by whoever recorded it.",
    fix: "Compare the time in the credentials or the signature with the clock, and answer the documented error when it is past.",
    seeks: "a request with expired credentials",
};

/// The rule.
#[derive(Debug)]
pub struct ExpiredCredentials;

impl Rule for ExpiredCredentials {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        due::judge(Condition::ExpiredCredentials, story, |_| false)
    }
}
