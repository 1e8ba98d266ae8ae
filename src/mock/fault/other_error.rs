//! Errors that are documented, but for something else, where it is a guess which one is due.

use std::collections::BTreeMap;

use super::super::answer::{Answer, AnswerContext};
use super::super::refuse::put_code;
use super::error::rule;
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::error::{Condition, ErrorRow};
use crate::contract::operation::Operation;

/// Statuses that say something about the caller and nothing about the request, or that blame the server.
const BESIDE: [u16; 4] = [401, 403, 404, 429];

struct Other {
    label: Label,
    condition: Condition,
    /// The status and the code to answer with, by operation.
    instead: BTreeMap<String, (u16, String)>,
}

impl Fault for Other {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if context.condition != Some(self.condition) {
            return;
        }
        if let Some((status, code)) = self.instead.get(context.name) {
            answer.status = *status;
            put_code(context.error_body(), answer, code);
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    for condition in Condition::ALL {
        let Some(rule) = rule(contract, condition) else { continue };
        let operations = contract.facts.operations.iter();
        let instead: BTreeMap<String, (u16, String)> = operations
            .filter_map(|(name, operation)| {
                let row = contract.error_row(condition, name)?;
                let is_guess = !contract.basis(row.detail()).can_fail();
                Some((name.clone(), is_guess.then(|| other(contract, name, operation, row)).flatten()?))
            })
            .collect();
        if instead.is_empty() {
            continue;
        }
        let label = Label::new(
            format!("other-documented-error::{condition}"),
            format!("{condition} is answered with an error that is documented, but not thought to be due"),
            &[rule],
        );
        found.push(Box::new(Other { label, condition, instead }));
    }
    found
}

/// A documented error of an operation that a row does not name.
fn other(contract: &Contract, name: &str, operation: &Operation, row: &ErrorRow) -> Option<(u16, String)> {
    let is_right = |status: u16, code: &String| {
        row.any_of.iter().any(|answer| {
            (answer.status.is_none_or(|right| right == status) || answer.any_client_error)
                && answer.code.as_ref().is_none_or(|right| right == code)
        })
    };
    // The status of a GraphQL answer is a documented fact of its own: there it stays.
    let due = row.any_of.first().and_then(|answer| answer.status).filter(|_| operation.graphql.is_some());
    contract.error_body(name).codes.iter().find_map(|(code, fact)| {
        let belongs = fact.operations.is_empty() || fact.operations.iter().any(|other| other == name);
        if let Some(status) = due {
            let is_other = fact.status.contains(&status) && !is_right(status, code);
            return (belongs && is_other).then(|| (status, code.clone()));
        }
        if operation.graphql.is_some() {
            return None;
        }
        let status = fact.status.iter().copied().find(|status| {
            (400..500).contains(status)
                && !BESIDE.contains(status)
                && operation.response_schema(*status).is_some()
                && !is_right(*status, code)
        });
        Some((status.filter(|_| belongs)?, code.clone()))
    })
}
