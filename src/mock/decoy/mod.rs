//! Odd but legal behaviour: each makes the mock unusual in one way that the documentation allows. A suite that raises
//! an alarm over one of them is wrong.

mod absent;
mod cancel;
mod catching_up;
mod crowd;
mod echo;
mod gateway;
mod head;
mod id_place;
mod late_cancel;
mod lenient;
mod member;
mod odd_body;
mod order;
mod pace;
mod plain_text;
mod refusal;
mod throttle;
mod time;
mod transport;
mod undocumented;
mod way;
mod writing;

use std::time::Duration;

use super::answer::{Answer, AnswerContext};
use super::fault::Decision;
use super::job::JobView;
use crate::contract::Contract;
use crate::contract::cancel::Row;
use crate::contract::error::ErrorRow;
use crate::contract::operation::Operation;
use crate::exchange::{Request, Response};

/// What a decoy is, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// `<mechanism>` or `<mechanism>::<parameter>`; the same in every run.
    pub id: String,
    /// What is odd, in one line: lower case, no full stop.
    pub title: String,
    /// What makes it legal, in one line: lower case, no full stop.
    pub legal: String,
    /// The declared transition it is there to go along, if any.
    pub edge: Option<(String, String)>,
}

impl Label {
    fn new(id: impl Into<String>, title: impl Into<String>, legal: impl Into<String>) -> Self {
        Label { id: id.into(), title: title.into(), legal: legal.into(), edge: None }
    }
}

/// How answers go over the network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Transfer {
    /// In chunks, without a length.
    pub in_chunks: bool,
    /// Each connection is closed after one answer.
    pub closes: bool,
    /// Compressed, for clients that say they can read it.
    pub compresses: bool,
}

/// One odd but legal behaviour. Every hook does what is usual unless the decoy says otherwise.
pub trait Decoy: Send + Sync {
    /// What it is.
    fn label(&self) -> &Label;

    /// What is answered in the mock's place to the request of this number.
    fn interrupts(&self, contract: &Contract, request: &Request, serial: u64) -> Option<Answer> {
        let _ = (contract, request, serial);
        None
    }

    /// Whether members of a wrong type that may be left out of the requests to an operation are passed over.
    fn passes_over_types(&self, operation: &str) -> bool {
        let _ = operation;
        false
    }

    /// Whether a body that is no object is passed over, by an operation that needs none.
    fn passes_over_bodies(&self, operation: &str) -> bool {
        let _ = operation;
        false
    }

    /// Changes the way through its states of a new job that this service starts.
    fn plan(&self, service: Option<&str>, way: &mut Vec<String>) {
        let _ = (service, way);
    }

    /// How long a new job, or one that was acted on, stays in each state.
    fn stay(&self, usual: Duration) -> Duration {
        usual
    }

    /// Changes what becomes of a cancel that the table has this row for.
    fn cancel(&self, job: &JobView, row: Option<&Row>, decision: Decision) -> Decision {
        let _ = (job, row);
        decision
    }

    /// Which of the right answers to an error condition is given.
    fn refusal(&self, row: &ErrorRow) -> usize {
        let _ = row;
        0
    }

    /// Whether the request of this number, to this operation, is throttled.
    fn throttles(&self, operation: &str, serial: u64) -> bool {
        let _ = (operation, serial);
        false
    }

    /// Whether a list that is asked for no order begins with the oldest job.
    fn is_oldest_first(&self) -> bool {
        false
    }

    /// Changes the order of the items of one page that is asked for no order, and nothing else.
    fn shuffle(&self, page: &mut [usize]) {
        let _ = page;
    }

    /// Changes how many items a page holds for which so many are asked. Only pages found by token may be shorter.
    fn size(&self, asked: usize, by_token: bool) -> usize {
        let _ = by_token;
        asked
    }

    /// By how much what lists say of a job's state lags behind.
    fn list_lag(&self) -> Duration {
        Duration::ZERO
    }

    /// How long a new job is not in lists yet.
    fn list_delay(&self) -> Duration {
        Duration::ZERO
    }

    /// Whether somebody else starts a job each time that a list is asked for.
    fn others_start_jobs(&self, list: &Operation) -> bool {
        let _ = list;
        false
    }

    /// Changes an answer before it is written.
    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let _ = (context, answer);
    }

    /// Writes an answer.
    fn write(&self, request: &Request, answer: Answer) -> Response {
        let _ = request;
        answer.write()
    }

    /// How answers go over the network. What is not the default here shows over HTTP only.
    fn transfer(&self) -> Transfer {
        Transfer::default()
    }
}

/// Every decoy that a mock of this contract can be, always in the same order.
pub fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    found.extend(way::decoys(contract));
    found.extend(pace::decoys(contract));
    found.extend(cancel::decoys(contract));
    found.extend(refusal::decoys(contract));
    found.extend(plain_text::decoys(contract));
    found.extend(member::decoys(contract));
    found.extend(time::decoys(contract));
    found.extend(order::decoys(contract));
    found.extend(crowd::decoys(contract));
    found.extend(head::decoys(contract));
    found.extend(throttle::decoys(contract));
    found.extend(writing::decoys());
    found.extend(transport::decoys());
    found.extend(lenient::decoys(contract));
    found.extend(odd_body::decoys(contract));
    found.extend(late_cancel::decoys(contract));
    found.extend(undocumented::decoys(contract));
    found.extend(gateway::decoys(contract));
    found.extend(absent::decoys(contract));
    found.extend(id_place::decoys(contract));
    found.extend(catching_up::decoys(contract));
    found.extend(echo::decoys(contract));
    found
}

/// The decoy of this id.
pub fn decoy(contract: &Contract, id: &str) -> Option<Box<dyn Decoy>> {
    decoys(contract).into_iter().find(|decoy| decoy.label().id == id)
}

/// Nothing odd at all.
#[derive(Debug)]
pub(crate) struct Usual(Label);

impl Default for Usual {
    fn default() -> Self {
        Usual(Label::new("none", "nothing odd", "it is as usual"))
    }
}

impl Decoy for Usual {
    fn label(&self) -> &Label {
        &self.0
    }
}
