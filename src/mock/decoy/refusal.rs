//! Errors that are right in another way than the usual one.

use std::collections::BTreeMap;

use super::super::answer::{Answer, AnswerContext};
use super::super::refuse::put;
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::error::{Condition, ErrorRow};

struct Other {
    label: Label,
    condition: Condition,
    index: usize,
}

impl Decoy for Other {
    fn label(&self) -> &Label {
        &self.label
    }

    fn refusal(&self, row: &ErrorRow) -> usize {
        if row.when == self.condition { self.index.min(row.any_of.len().saturating_sub(1)) } else { 0 }
    }
}

struct Wording {
    label: Label,
}

impl Decoy for Wording {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let error = &context.contract.facts.error_body;
        let is_free = |condition| {
            let row = context.contract.error_row(condition, context.name);
            row.is_none_or(|row| row.any_of.iter().all(|answer| answer.message.is_none()))
        };
        if let (Some(locator), true) = (error.message.first(), context.condition.is_some_and(is_free)) {
            put(answer, locator, "Das geht nicht: 不可以。 \u{1f645} \"{}\" <b>&amp;</b>");
        }
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    // The longest row of a condition says how many alternatives there are.
    let mut alternatives: BTreeMap<Condition, usize> = BTreeMap::new();
    for row in &contract.facts.errors {
        let most = alternatives.entry(row.when).or_default();
        *most = (*most).max(row.any_of.len());
    }
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    for (condition, number) in alternatives {
        // What the mock never answers cannot be answered otherwise.
        if super::super::fault::is_answered(contract, condition) {
            for index in 1..number {
                let label = Label::new(
                    format!("other-error::{condition}::{}", index + 1),
                    format!("{condition} is answered with the right answer number {}", index + 1),
                    "the contract lists several answers, and any of them is right",
                );
                found.push(Box::new(Other { label, condition, index }));
            }
        }
    }
    if !contract.facts.error_body.message.is_empty() {
        let label = Label::new(
            "error-wording",
            "errors are worded in another language, with signs that need escaping",
            "the words of a message are not documented",
        );
        found.push(Box::new(Wording { label }));
    }
    found
}
