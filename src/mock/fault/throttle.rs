//! Throttling that does not say for how long.

use super::super::answer::{Answer, AnswerContext};
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::error::Condition;

/// Every so many requests, one is throttled.
const EVERY: u64 = 4;

struct Throttle {
    label: Label,
}

impl Fault for Throttle {
    fn label(&self) -> &Label {
        &self.label
    }

    fn throttles(&self, serial: u64) -> bool {
        serial % EVERY == EVERY - 1
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if context.condition == Some(Condition::Throttled) {
            answer.headers.remove("retry-after");
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let facts = &contract.facts;
    let answers_so = facts.errors.iter().any(|row| {
        row.when == Condition::Throttled && row.any_of.first().is_some_and(|a| a.status == Some(429))
    });
    // Where the header is documented for some of these answers only, it may be missing.
    let header = facts.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
    if !answers_so || header.is_some_and(|(_, fact)| !fact.required) {
        return Vec::new();
    }
    let label = Label::new(
        "throttles-without-a-word",
        "a throttled request is not told when to come back",
        &["errors/retry-after"],
    );
    vec![Box::new(Throttle { label })]
}
