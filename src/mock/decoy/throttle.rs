//! Throttling as documented.

use super::super::answer::{Answer, AnswerContext};
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;

/// Every so many requests, one is throttled.
const EVERY: u64 = 5;

struct Throttle {
    label: Label,
    /// The operations that read one job: clients that keep to their documented pace are served.
    spared: Vec<String>,
}

impl Decoy for Throttle {
    fn label(&self) -> &Label {
        &self.label
    }

    fn throttles(&self, operation: &str, serial: u64) -> bool {
        serial % EVERY == EVERY - 1 && !self.spared.iter().any(|name| name == operation)
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
        "every fifth request that does not read a job is throttled, and told when to come back",
        "the error is documented for every request",
    );
    let spared = contract.of_role(Role::Get).map(|(name, _)| name.to_owned()).collect();
    vec![Box::new(Throttle { label, spared })]
}
