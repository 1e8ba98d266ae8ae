//! Errors under a success status.

use super::super::answer::{Answer, AnswerContext};
use super::error::rule;
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::error::Condition;

struct InSuccess {
    label: Label,
    condition: Condition,
}

impl Fault for InSuccess {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if context.condition == Some(self.condition) {
            answer.status = context.operation.success_statuses().next().unwrap_or(200);
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let conditions = Condition::ALL.into_iter();
    conditions
        .filter(|condition| is_outside(contract, *condition))
        .filter_map(|condition| Some((condition, rule(contract, condition)?)))
        .map(|(condition, rule)| {
            let mut label = Label::new(
                format!("error-in-success::{condition}"),
                format!("{condition} is answered with a success status and an error inside"),
                &["errors/error-in-success", rule],
            );
            // Where nothing in the body tells an error, the status alone says that the cancel was accepted.
            label.caught_by.extend_from_slice(match condition {
                Condition::NotCancellable => &["cancel/refused-when-finished", "cancel/refused-for-kind"],
                Condition::UnsupportedKind => &["cancel/refused-for-kind"],
                _ => &[],
            });
            Box::new(InSuccess { label, condition }) as Box<dyn Fault>
        })
        .collect()
}

/// Whether the error comes with a status of its own. Where errors stand inside a success anyway, that is no fault.
fn is_outside(contract: &Contract, condition: Condition) -> bool {
    let plain = contract.facts.operations.iter().filter(|(_, operation)| operation.graphql.is_none());
    plain.map(|(name, _)| name).any(|name| {
        let row = contract.error_row(condition, name);
        row.and_then(|row| row.any_of.first()).is_some_and(|answer| answer.status.is_none_or(|s| s >= 400))
    })
}
