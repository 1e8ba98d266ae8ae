//! Cases: what is driven, as data.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::contract::error::Condition;
use crate::contract::pointer::Pointer;

/// A named sequence of steps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// `<vendor>::<operation>::<what>[::<variant>]`.
    pub id: String,
    /// What it shows, in one line.
    pub title: String,
    /// The rules it was made for: each gets a verdict, even if only a skip. Other rules get one where they find
    /// something to judge.
    pub rules: Vec<&'static str>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

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
    /// Sends requests at the same time.
    Together(Vec<Call>),
    /// Reads a job until it is in one of the states, or in any terminal state when none are named.
    Poll {
        /// The job.
        job: Slot,
        /// The states waited for.
        until: Vec<String>,
    },
    /// Reads a job some more times, a polling interval apart.
    Watch {
        /// The job.
        job: Slot,
        /// How often.
        times: usize,
    },
    /// Walks through all pages of a list.
    Pages {
        /// The list operation, with what else the request carries.
        call: Call,
        /// The page size asked for; none leaves it out.
        size: Option<u64>,
    },
}

/// Which job is wanted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arrange {
    /// What the case calls it.
    pub job: Slot,
    /// The states it may be in; none means a job just created.
    pub states: Vec<String>,
    /// Its facets.
    pub facets: BTreeMap<String, Vec<String>>,
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
    /// Members taken out of the request, after `set`.
    pub unset: Vec<Pointer>,
    /// What is wrong with its credentials, if anything.
    pub credentials: Option<Condition>,
    /// The condition it is made to bring about.
    pub probe: Option<Condition>,
    /// In words, what is wrong with it.
    pub violation: Option<String>,
    /// For a list: the filter by name and the state it asks for.
    pub filter: Option<(String, Option<String>)>,
    /// What the case calls the job that the answer creates.
    pub creates: Option<Slot>,
}

impl Call {
    /// A plain call of an operation.
    pub fn new(operation: &str) -> Self {
        Call {
            operation: operation.to_owned(),
            job: JobRef::None,
            parents: Parents::Own,
            set: Vec::new(),
            unset: Vec::new(),
            credentials: None,
            probe: None,
            violation: None,
            filter: None,
            creates: None,
        }
    }

    /// The same call, naming this job.
    pub fn job(mut self, slot: &str) -> Self {
        self.job = JobRef::Slot(slot.to_owned());
        self
    }
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
