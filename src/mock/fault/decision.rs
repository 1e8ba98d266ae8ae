//! What the mock decides, and a fault may decide otherwise.

use std::time::Duration;

use crate::contract::error::Condition;

/// Something the mock checks, and a fault may forget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check<'n> {
    /// That the credentials are known.
    Credentials,
    /// That an operation is one that takes no credentials.
    Anonymous,
    /// That the signature fits the request.
    Signature,
    /// That the signature is for this service.
    Scope,
    /// That the body has the hash which was signed.
    BodyHash,
    /// That the signature is of the present time.
    Expiry,
    /// That the request keeps to its schema.
    Validation,
    /// That the request keeps to what this keyword of its schema says.
    Constraint(&'n str),
    /// That a job belongs to the parents named.
    Parent,
    /// That a list holds the jobs of the parents named.
    ListParent,
    /// That a job belongs to the account that asks for it.
    Owner,
    /// That credentials which may only read change nothing.
    Rights,
    /// The filter of this name.
    Filter(&'n str),
    /// The page size asked for.
    PageSize,
    /// The size of a page of a job's parts for which none is asked.
    DefaultSize,
    /// That a walk through pages ends.
    LastPage,
    /// That a job exists.
    Existence,
    /// The idempotency token of a create.
    Token,
    /// That there is an operation for a request.
    Route,
    /// That a job's state is the same on every page of its parts.
    PartState,
    /// That a client which keeps to the documented pace is served.
    Pace,
    /// That a token counts whatever else the create says.
    TokenAlone,
    /// That a page token is one of the mock's own.
    PageToken,
    /// That a page which is too large is made smaller.
    PageLimit,
    /// That a page holds no more than the largest may.
    LargestPage,
    /// That a list shows jobs as they are now.
    Freshness,
    /// That a list holds the jobs in this state.
    Listed(&'n str),
    /// That a list has the jobs which retries through another service started.
    Received,
    /// The fact of this name, which a call changes.
    Change(&'n str),
    /// That a start makes a job of its own.
    OwnJob,
    /// That a body is an object.
    Root,
    /// That what a request names belongs under the parent of this name.
    OneParent(&'n str),
    /// The same, for a start that comes at the very moment of another.
    OwnJobAtOnce,
    /// That a retry which comes again makes a job of its own.
    OwnRetry,
    /// That the id of a new job is its own.
    OwnId,
    /// That jobs with this value of a facet are listed.
    Kind(&'n str),
}

/// What becomes of a cancel.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// The job goes to this state, and after a while settles in the other, if one is given.
    Accept {
        /// The state it goes to at once.
        leads_to: String,
        /// The state it ends in.
        settles_in: Option<String>,
    },
    /// The call is refused.
    Refuse(Condition),
    /// The call succeeds, and the job stays as it is.
    Ignore,
    /// The call succeeds, and the job is gone.
    Vanish,
}

/// What becomes of a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// A new job does the same work.
    New,
    /// The same job starts again.
    Same,
    /// The call succeeds, and nothing happens.
    Ignore,
    /// The call is refused.
    Refuse(Condition),
}

/// Where the time of a job's creation stands to one end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the inner side.
    Inside,
    /// At the very moment.
    At {
        /// Whether the moment is part of the range.
        belongs: bool,
    },
    /// On the outer side.
    Outside,
}

impl Place {
    /// Whether a job there is in the range.
    pub fn is_in(self) -> bool {
        matches!(self, Place::Inside | Place::At { belongs: true })
    }
}

/// How a job stands to what a cancel of many asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meant {
    /// Whether it belongs to the parents named.
    pub of_parents: bool,
    /// Where its creation stands to the earlier end of the range.
    pub after: Place,
    /// Where its creation stands to the later end of the range.
    pub before: Place,
    /// Whether its own cancel would be accepted.
    pub is_cancellable: bool,
}

impl Meant {
    /// Whether a server without faults cancels it.
    pub fn is_selected(self) -> bool {
        self.of_parents && self.after.is_in() && self.before.is_in() && self.is_cancellable
    }
}

/// What is known of the past of a job that a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// How often it was read before.
    pub reads: u32,
    /// Whether a request started it.
    pub is_started: bool,
    /// How long ago it ended; none while it goes on.
    pub since_end: Option<Duration>,
}
