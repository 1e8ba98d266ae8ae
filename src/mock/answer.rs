//! What the mock is about to send.

use serde_json::Value;

use super::job::JobView;
use crate::contract::Contract;
use crate::contract::error::{Condition, ErrorBody};
use crate::contract::operation::Operation;
use crate::exchange::Response;
use crate::exchange::headers::Headers;

/// The header that marks an answer the contract knows nothing of.
pub const MARK: &str = "x-jobproof";

/// A body.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// None.
    Empty,
    /// JSON.
    Json(Value),
    /// Some other text.
    Text(String),
}

/// An answer before it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Header fields.
    pub headers: Headers,
    /// The body.
    pub body: Body,
}

impl Answer {
    /// An answer with a JSON body.
    pub fn json(status: u16, body: Value) -> Self {
        let mut headers = Headers::default();
        headers.push("content-type", "application/json");
        Answer { status, headers, body: Body::Json(body) }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Answer { status, headers: Headers::default(), body: Body::Empty }
    }

    /// An answer to what the contract does not speak of; nobody mistakes it for the vendor's.
    pub fn not_in_contract(status: u16, what: &str) -> Self {
        let mut answer =
            Answer::json(status, serde_json::json!({"jobproof": "not in contract", "what": what}));
        answer.headers.push(MARK, "not-in-contract");
        answer
    }

    /// The JSON body, to be changed.
    pub fn body_mut(&mut self) -> Option<&mut Value> {
        match &mut self.body {
            Body::Json(value) => Some(value),
            Body::Empty | Body::Text(_) => None,
        }
    }

    /// Whether the status is from 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The answer as it goes over the wire.
    pub fn write(self) -> Response {
        let body = match self.body {
            Body::Empty => Vec::new(),
            Body::Json(value) => serde_json::to_vec(&value).unwrap_or_default(),
            Body::Text(text) => text.into_bytes(),
        };
        Response::new(self.status, self.headers, body)
    }
}

/// What comes of a request.
#[derive(Debug)]
pub enum Spoken {
    /// It is answered.
    Answer(Response),
    /// The connection is closed where there is one; elsewhere this is the answer.
    HangUp(Response),
}

impl Spoken {
    pub(super) fn of(response: Response, hangs_up: bool) -> Self {
        if hangs_up { Spoken::HangUp(response) } else { Spoken::Answer(response) }
    }
}

/// What an answer answers; for faults to decide whether they meddle with it.
#[derive(Debug)]
pub struct AnswerContext<'m> {
    /// The contract.
    pub contract: &'m Contract,
    /// The operation's name.
    pub name: &'m str,
    /// The operation.
    pub operation: &'m Operation,
    /// The error condition it answers, if it refuses.
    pub condition: Option<Condition>,
    /// The job it shows, if it shows one.
    pub job: Option<&'m JobView>,
}

impl AnswerContext<'_> {
    /// How an error of the operation looks.
    pub fn error_body(&self) -> &ErrorBody {
        self.contract.error_body(self.name)
    }

    /// Does something to every job object of a success answer.
    pub fn each_job(&self, answer: &mut Answer, mut change: impl FnMut(&mut Value)) {
        if !answer.is_success() {
            return;
        }
        let Some(body) = answer.body_mut() else { return };
        let job = self.operation.job.as_ref().and_then(|at| body.pointer_mut(at.as_str()));
        // An error inside a success shows no job.
        if let Some(job) = job.filter(|job| !job.is_null()) {
            change(job);
        }
        if let Some(Value::Array(jobs)) =
            self.operation.jobs.as_ref().and_then(|at| body.pointer_mut(at.as_str()))
        {
            jobs.iter_mut().for_each(change);
        }
    }
}
