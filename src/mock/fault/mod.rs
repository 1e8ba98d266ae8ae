//! Seeded defects: each makes the mock wrong in one way, and names the rules of which at least one must see it.

mod agreement;
mod cancel;
mod cancel_many;
mod constraint;
mod course;
mod edge;
mod envelope;
mod error;
mod forgotten;
mod graphql;
mod ground;
mod identity;
mod in_success;
mod invariant;
mod list;
mod member;
mod other_error;
mod race;
mod retry;
mod same_job;
mod shown;
mod surface;
mod swapped;
mod throttle;
mod two_codes;
mod unchecked;
mod unread;
mod word;

use std::time::Duration;

use crate::contract::Contract;
use crate::contract::error::Condition;

use super::answer::{Answer, AnswerContext};
use super::job::JobView;
use ground::Ground;

/// Something the mock checks, and a fault may forget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check<'n> {
    /// That the credentials are known.
    Credentials,
    /// That an operation is one that takes no credentials.
    Anonymous,
    /// That the signature fits the request.
    Signature,
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
    /// That a job belongs to the account that asks for it.
    Owner,
    /// That credentials which may only read change nothing.
    Rights,
    /// The filter of this name.
    Filter(&'n str),
    /// The page size asked for.
    PageSize,
    /// That a walk through pages ends.
    LastPage,
    /// That a job exists.
    Existence,
    /// The idempotency token of a create.
    Token,
    /// That each start gives a job of its own.
    OwnId,
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

/// What a fault is, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// `<mechanism>` or `<mechanism>::<parameter>`; the same in every run.
    pub id: String,
    /// What is wrong, in one line: lower case, no full stop.
    pub title: String,
    /// The rules that must see it: at least one of them.
    pub caught_by: Vec<&'static str>,
    /// The step from state to state that it takes or forbids against the documentation, if any.
    pub edge: Option<(String, String)>,
}

impl Label {
    fn new(id: impl Into<String>, title: impl Into<String>, caught_by: &[&'static str]) -> Self {
        Label { id: id.into(), title: title.into(), caught_by: caught_by.to_vec(), edge: None }
    }

    /// The same label, for a fault in one step from state to state.
    fn on_edge(mut self, from: &str, to: &str) -> Self {
        self.edge = Some((from.to_owned(), to.to_owned()));
        self
    }
}

/// One seeded defect. Every hook does nothing unless the fault says otherwise.
pub trait Fault: Send + Sync {
    /// What it is.
    fn label(&self) -> &Label;

    /// Whether the mock forgets a check.
    fn skips(&self, check: Check<'_>, operation: &str) -> bool {
        let _ = (check, operation);
        false
    }

    /// Changes the way of a new job through its states.
    fn plan(&self, way: &mut Vec<String>) {
        let _ = way;
    }

    /// Changes what becomes of a cancel; `earlier` cancels of the job came before.
    fn decide_cancel(&self, job: &JobView, earlier: u32, decision: Decision) -> Decision {
        let _ = (job, earlier);
        decision
    }

    /// Changes what becomes of a retry.
    fn decide_retry(&self, job: &JobView, again: Again) -> Again {
        let _ = job;
        again
    }

    /// The state a job goes to because it was retried, accepted or not.
    fn on_retry(&self, job: &JobView) -> Option<String> {
        let _ = job;
        None
    }

    /// Changes the way of a job that a retry starts through its states.
    fn plan_retry(&self, way: &mut Vec<String>) {
        let _ = way;
    }

    /// Changes whether a cancel of many jobs takes this one; `selected` says whether it should.
    fn selects(&self, job: &JobView, meant: Meant, selected: bool) -> bool {
        let _ = (job, meant);
        selected
    }

    /// The state a job goes to although its cancel was refused.
    fn on_refusal(&self, job: &JobView) -> Option<String> {
        let _ = job;
        None
    }

    /// The job that a get shows instead of the one asked for; `all` jobs are there.
    fn instead(&self, number: usize, all: usize) -> usize {
        let _ = all;
        number
    }

    /// Whether a get answers as if there were no such job; `age` is the time since it was created.
    fn hides(&self, job: &JobView, age: Duration) -> bool {
        let _ = (job, age);
        false
    }

    /// Whether the request of this number is throttled.
    fn throttles(&self, serial: u64) -> bool {
        let _ = serial;
        false
    }

    /// Changes what a get shows of a job.
    fn observe(&self, contract: &Contract, job: &mut JobView) {
        let _ = (contract, job);
    }

    /// Changes one page of a list. Jobs are named by number; `start` is where the page begins.
    fn page(&self, start: usize, all: &[usize], page: &mut Vec<usize>) {
        let _ = (start, all, page);
    }

    /// Changes an answer to a GraphQL request before it is sent; `executed` unless the request was invalid.
    fn graphql(&self, executed: bool, answer: &mut Answer) {
        let _ = (executed, answer);
    }

    /// Changes an answer before it is sent.
    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let _ = (context, answer);
    }
}

/// Every fault that a mock of this contract can have, always in the same order.
pub fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    if let Some(ground) = Ground::of(contract) {
        found.extend(member::faults(&ground));
        found.extend(word::faults(&ground));
        found.extend(identity::faults(&ground));
        found.extend(shown::faults(&ground));
        found.extend(invariant::faults(&ground));
    }
    found.extend(envelope::faults(contract));
    found.extend(agreement::faults(contract));
    found.extend(course::faults(contract));
    found.extend(unread::faults(contract));
    found.extend(same_job::faults(contract));
    found.extend(cancel::faults(contract));
    found.extend(cancel_many::faults(contract));
    found.extend(retry::faults(contract));
    found.extend(race::faults(contract));
    found.extend(error::faults(contract));
    found.extend(unchecked::faults(contract));
    found.extend(constraint::faults(contract));
    found.extend(list::faults(contract));
    found.extend(edge::faults(contract));
    found.extend(in_success::faults(contract));
    found.extend(two_codes::faults(contract));
    found.extend(other_error::faults(contract));
    found.extend(forgotten::faults(contract));
    found.extend(surface::faults(contract));
    found.extend(swapped::faults(contract));
    found.extend(throttle::faults(contract));
    found.extend(graphql::faults(contract));
    found
}

/// Whether a condition comes about in a run of the suite.
pub(super) fn is_answered(contract: &Contract, condition: Condition) -> bool {
    error::rule(contract, condition).is_some()
}

/// The fault of this id.
pub fn fault(contract: &Contract, id: &str) -> Option<Box<dyn Fault>> {
    faults(contract).into_iter().find(|fault| fault.label().id == id)
}

/// No fault at all.
#[derive(Debug)]
pub(crate) struct Sound(Label);

impl Default for Sound {
    fn default() -> Self {
        Sound(Label::new("none", "no fault", &[]))
    }
}

impl Fault for Sound {
    fn label(&self) -> &Label {
        &self.0
    }
}
