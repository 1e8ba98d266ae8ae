//! `errors/unknown-job`.

use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::exchange::Transcript;
use crate::rule::errors::due;
use crate::rule::isolation::foreign::is_foreign;
use crate::rule::{Judgement, Keyword, Meta, Rule};

static META: Meta = Meta {
    id: "errors/unknown-job",
    title: "a request for a job that does not exist is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request made with a well-formed id that no job has is answered with one of the documented statuses and codes for an unknown job.",
    why: "Clients tell a job that is gone from a server in trouble by this error: with another one they retry for ever or give up too early.",
    fix: "Look the job up before anything else happens to it, and answer the documented error when it is not there.",
};

/// A request for a job that does not exist is refused as documented.
#[derive(Debug)]
pub struct UnknownJob;

impl Rule for UnknownJob {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, transcript: &Transcript, contract: &Contract) -> Judgement {
        due::judge(Condition::UnknownJob, transcript, contract, |index| {
            is_foreign(transcript, contract, index)
        })
    }
}
