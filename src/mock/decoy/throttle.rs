//! Throttling as documented.

use super::super::answer::{Answer, AnswerContext};
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::error::Condition;

/// Every so many requests, one is throttled.
const EVERY: u64 = 5;

struct Throttle {
    label: Label,
}

impl Decoy for Throttle {
    fn label(&self) -> &Label {
        &self.label
    }

    fn throttles(&self, serial: u64) -> bool {
        serial % EVERY == EVERY - 1
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if context.condition == Some(Condition::Throttled) {
            answer.headers.set("retry-after", "2");
        }
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    if !contract.facts.errors.iter().any(|row| row.when == Condition::Throttled) {
        return Vec::new();
    }
    let label = Label::new(
        "throttles",
        "every fifth request is throttled, and told when to come back",
        "the error is documented for every request",
    );
    vec![Box::new(Throttle { label })]
}
