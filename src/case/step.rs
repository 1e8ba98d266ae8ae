//! What a case is made of.

use serde::Serialize;
use serde_json::Value;

use crate::contract::around::Guess;
use crate::contract::combination::Facets;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;
use crate::exchange::{Identity, Meant, Violation};

/// A name for a job within a case.
pub type Slot = String;

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Gets hold of a job.
    Arrange(Arrange),
    /// Sends one request.
    Call(Call),
    /// Sends one request until it is not refused, a polling interval apart.
    Insist {
        /// The request.
        call: Call,
        /// How often at most.
        tries: usize,
    },
    /// Sends requests at the same time.
    Together(Vec<Call>),
    /// Reads a job until it is in one of the states, or in any terminal state when none are named.
    Poll {
        /// The job.
        job: Slot,
        /// The states waited for.
        until: Vec<String>,
    },
    /// Lets some time pass.
    Pause {
        /// How much, in seconds.
        seconds: u64,
    },
    /// Reads a job some more times, a polling interval apart.
    Watch {
        /// The job.
        job: Slot,
        /// How often.
        times: usize,
    },
    /// Reads once more each job that the run has seen end, as late as the run allows.
    LookAgain {
        /// What is got hold of where the run has seen no job end.
        jobs: Vec<Arrange>,
    },
    /// Reads each job that the case has got until it has ended. Starts that were refused have left none.
    Settle,
    /// Waits until lists may be taken to know what was seen of the jobs of the case.
    Rest {
        /// Whether it must be, also where waiting takes real time.
        must_be: bool,
    },
    /// Sees to it that a list holds more jobs than this: makes them, where that costs nothing. On other servers it is
    /// looked at.
    Crowd {
        /// The states the jobs may be in.
        states: Vec<String>,
        /// How many are not enough.
        more_than: u64,
        /// The list, asked for its largest page.
        list: Call,
    },
    /// Sends a request that reads until its answer shows a value, within the deadline.
    Await {
        /// The request.
        call: Call,
        /// Where the value stands in the answer.
        at: Pointer,
        /// The value.
        equals: Value,
    },
    /// Starts jobs, and cancels each about when it ends by itself.
    Race(Box<Race>),
    /// Makes requests wrong at random, by the run's seed. The first that is not refused is made as small as it can be
    /// and still breaks its schema.
    Search {
        /// The request that is made wrong, and the condition that it then is in.
        call: Call,
        /// How many are sent, without those that make a mistake smaller.
        tries: usize,
    },
    /// Walks through the pages of a list inside a job, after one page that should hold them all.
    Parts {
        /// The call that reads the job.
        call: Call,
    },
    /// Tries something that the API does not offer.
    Guess {
        /// The role of the operation there is none of.
        role: Role,
        /// The request.
        guess: Guess,
        /// The job it names.
        job: Slot,
    },
    /// Walks through all pages of a list.
    Pages {
        /// The list operation, with what else the request carries.
        call: Call,
        /// The page size asked for; none leaves it out.
        size: Option<u64>,
    },
}

/// Jobs that are cancelled about when they end by themselves: a first one shows how long that takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Race {
    /// How a job is started.
    pub create: Call,
    /// How it is cancelled; its job is filled in.
    pub cancel: Call,
    /// The states in which it can be cancelled.
    pub open: Vec<String>,
    /// How many jobs are cancelled. A server on which fewer jobs may be created gets fewer.
    pub times: usize,
}

/// Which job is wanted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arrange {
    /// What the case calls it.
    pub job: Slot,
    /// The states it may be in; none means a job just created.
    pub states: Vec<String>,
    /// Its facets.
    pub facets: Facets,
    /// Whether it belongs to the target's other parent.
    pub foreign: bool,
    /// Whether the case changes the job, so that no other case may share it.
    pub consumes: bool,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// The operation.
    pub operation: String,
    /// The job it names.
    pub job: JobRef,
    /// Whose parents it names.
    pub parents: Parents,
    /// Members put into the request, over `{ path, query, headers, body }`.
    pub set: Vec<(Pointer, Value)>,
    /// Points in time put into the request, as in RFC 3339.
    pub times: Vec<(Pointer, Moment)>,
    /// Members taken out of the request, after `set`.
    pub unset: Vec<Pointer>,
    /// What is sent as the body, labelled as JSON, in place of what the members make.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// The only parent that is a foreign one, where the others are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_parent: Option<String>,
    /// Who sends it, where that is not the usual identity.
    pub identity: Option<Identity>,
    /// What is wrong with its credentials, if anything.
    pub credentials: Option<Condition>,
    /// What of the request its signature was made for another of, if anything.
    pub signed_for_another: Option<Part>,
    /// The condition it is made to bring about.
    pub probe: Option<Condition>,
    /// What is wrong with it.
    pub violation: Option<Violation>,
    /// For a list: the filter by name and the state it asks for.
    pub filter: Option<(String, Option<String>)>,
    /// What the case calls the job that the answer creates.
    pub creates: Option<Slot>,
    /// What the case calls the value of a parameter that the answer makes.
    pub makes: Option<Slot>,
    /// A parameter whose value was made by an earlier call, with what the case calls that.
    pub uses: Option<(String, Slot)>,
}

impl Call {
    /// A plain call of an operation.
    pub fn new(operation: &str) -> Self {
        Call {
            operation: operation.to_owned(),
            job: JobRef::None,
            parents: Parents::Own,
            set: Vec::new(),
            times: Vec::new(),
            unset: Vec::new(),
            raw: None,
            only_parent: None,
            identity: None,
            credentials: None,
            signed_for_another: None,
            probe: None,
            violation: None,
            filter: None,
            creates: None,
            makes: None,
            uses: None,
        }
    }

    /// What is meant by the request, beside what it says.
    pub fn meant(&self) -> Meant {
        Meant {
            probe: self.probe,
            violation: self.violation.clone(),
            identity: self.identity,
            filter: self.filter.clone(),
            ..Meant::default()
        }
    }

    /// The same call, naming this job.
    pub fn job(mut self, slot: &str) -> Self {
        self.job = JobRef::Slot(slot.to_owned());
        self
    }
}

/// A point in time that a case knows only once its jobs are there.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// When the job was created.
    Of(Slot),
    /// A moment before.
    Before(Slot),
    /// A moment after.
    After(Slot),
    /// Half way from one job's creation to another's.
    Between(Slot, Slot),
}

/// A part of a request that its signature is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The path.
    Path,
    /// The query.
    Query,
    /// The body.
    Body,
    /// The service that the signature is for.
    Service,
}

/// The job a call names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobRef {
    /// None.
    None,
    /// A job of the case.
    Slot(Slot),
    /// A well-formed id that no job has.
    Unknown,
    /// An id as written here.
    Literal(String),
}

/// Whose parents a call names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parents {
    /// The target's own.
    Own,
    /// The target's other, foreign parents.
    Foreign,
    /// Well-formed ones that do not exist.
    Unknown,
}
