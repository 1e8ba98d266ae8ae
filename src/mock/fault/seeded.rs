//! One seeded defect: where it may meddle.

use super::super::answer::{Answer, AnswerContext};
use super::super::job::JobView;
use super::decision::{Again, Check, Decision, Meant, Past};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::exchange::Request;

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
    pub(super) fn new(id: impl Into<String>, title: impl Into<String>, caught_by: &[&'static str]) -> Self {
        Label { id: id.into(), title: title.into(), caught_by: caught_by.to_vec(), edge: None }
    }

    /// The same label, for a fault in one step from state to state.
    pub(super) fn on_edge(mut self, from: &str, to: &str) -> Self {
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

    /// Whether a cancel takes another job of the same parents, too.
    fn takes_neighbour(&self) -> bool {
        false
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

    /// Whether the request of this number is throttled.
    fn throttles(&self, serial: u64) -> bool {
        let _ = serial;
        false
    }

    /// Changes what a get shows of a job.
    fn observe(&self, contract: &Contract, job: &mut JobView) {
        let _ = (contract, job);
    }

    /// The condition under which a valid request is refused; `past` is that of the job it names.
    fn refuses(&self, operation: &str, past: Option<Past>) -> Option<Condition> {
        let _ = (operation, past);
        None
    }

    /// Whether the mock falls over a request, and answers it with status 500.
    fn crashes(&self, contract: &Contract, request: &Request) -> bool {
        let _ = (contract, request);
        false
    }

    /// The condition under which a request is refused for what its body is, though it is right.
    fn refuses_request(&self, operation: &str, request: &Request) -> Option<Condition> {
        let _ = (operation, request);
        None
    }

    /// The condition under which a start is refused; `after_cancel` where a job of the same parents was cancelled before.
    fn refuses_start(&self, operation: &str, after_cancel: bool) -> Option<Condition> {
        let _ = (operation, after_cancel);
        None
    }

    /// Whether a start that is refused for what it says leaves a job all the same.
    fn leaves_job(&self, operation: &str) -> bool {
        let _ = operation;
        false
    }

    /// Whether the connection is closed in place of this answer. It shows over HTTP only.
    fn hangs_up(&self, context: &AnswerContext<'_>) -> bool {
        let _ = context;
        false
    }

    /// Whether it shows over HTTP only.
    fn is_on_the_wire(&self) -> bool {
        false
    }

    /// Changes which jobs a list has. They are named by number.
    fn list(&self, operation: &str, all: &mut Vec<usize>) {
        let _ = (operation, all);
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
