//! Connections that are closed without an answer, after a whole request that was made wrong.

use super::super::answer::AnswerContext;
use super::{Fault, Label, error};
use crate::contract::Contract;
use crate::contract::error::Condition;

/// How a request can be wrong.
const WRONGS: [Condition; 9] = [
    Condition::UnknownJob,
    Condition::UnknownParent,
    Condition::MalformedId,
    Condition::MissingCredentials,
    Condition::BadCredentials,
    Condition::BadSignature,
    Condition::ExpiredCredentials,
    Condition::MissingParameter,
    Condition::InvalidParameter,
];

struct Closed {
    label: Label,
    condition: Condition,
}

impl Fault for Closed {
    fn label(&self) -> &Label {
        &self.label
    }

    fn hangs_up(&self, context: &AnswerContext<'_>) -> bool {
        context.condition == Some(self.condition)
    }

    fn is_on_the_wire(&self) -> bool {
        true
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let wrongs = WRONGS.into_iter().filter(|condition| error::rule(contract, *condition).is_some());
    wrongs
        .map(|condition| {
            let label = Label::new(
                format!("closed-unanswered::{condition}"),
                format!("after {condition} the connection is closed without an answer"),
                &["errors/server-error"],
            );
            Box::new(Closed { label, condition }) as Box<dyn Fault>
        })
        .collect()
}
