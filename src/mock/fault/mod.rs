//! Seeded defects: each makes the mock wrong in one way, and names the rules of which at least one must see it.

use crate::contract::Contract;
use crate::contract::error::Condition;

use super::answer::{Answer, AnswerContext};
use super::job::JobView;

/// Something the mock checks, and a fault may forget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check<'n> {
    /// That the credentials are known.
    Credentials,
    /// That the signature fits the request.
    Signature,
    /// That the request keeps to its schema.
    Validation,
    /// That a job belongs to the parents named.
    Parent,
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
}

/// One seeded defect. Every hook does nothing unless the fault says otherwise.
pub trait Fault: Send + Sync {
    /// `<mechanism>` or `<mechanism>::<parameter>`; the same in every run.
    fn id(&self) -> String;

    /// What is wrong, in one line.
    fn title(&self) -> String;

    /// The rules that must see it: at least one of them.
    fn caught_by(&self) -> Vec<&'static str>;

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

    /// The state a job goes to although its cancel was refused.
    fn on_refusal(&self, job: &JobView) -> Option<String> {
        let _ = job;
        None
    }

    /// Changes what a get shows of a job.
    fn observe(&self, contract: &Contract, job: &mut JobView) {
        let _ = (contract, job);
    }

    /// Changes one page of a list. Jobs stand for themselves by number; `start` is where the page begins.
    fn page(&self, start: usize, all: &[usize], page: &mut Vec<usize>) {
        let _ = (start, all, page);
    }

    /// Changes an answer before it is sent.
    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let _ = (context, answer);
    }
}

/// No fault at all.
#[derive(Debug)]
pub(crate) struct Sound;

impl Fault for Sound {
    fn id(&self) -> String {
        "none".to_owned()
    }

    fn title(&self) -> String {
        "no fault".to_owned()
    }

    fn caught_by(&self) -> Vec<&'static str> {
        Vec::new()
    }
}
