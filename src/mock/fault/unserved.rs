//! Requests that are right, and refused.

use super::super::answer::{Answer, AnswerContext};
use super::super::refuse::{refuse, words};
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::{Operation, Role};

struct Unserved {
    label: Label,
    role: Role,
}

/// Whether the fault can be in an operation. A GraphQL engine refuses in its own way, and who gives credentials may
/// refuse anybody.
fn is_one(operation: &Operation, role: Role) -> bool {
    operation.role == role && operation.graphql.is_none() && !operation.anonymous && !operation.writes
}

impl Fault for Unserved {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let contract = context.contract;
        let is_right = context.condition.is_none() && answer.is_success();
        if is_right && is_one(context.operation, self.role) {
            let condition = Condition::InvalidParameter;
            let row = contract.error_row(condition, context.name).and_then(|row| row.any_of.first());
            let words = words(contract, context.name, context.operation, (condition, row), None);
            *answer = refuse(contract, context.name, context.operation, &words);
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let kinds = [(Role::List, "a list"), (Role::Details, "what belongs to a job"), (Role::Create, "a start")];
    let has = |role| contract.facts.operations.values().any(|operation| is_one(operation, role));
    kinds
        .into_iter()
        .filter(|(role, _)| has(*role))
        .map(|(role, what)| {
            let id = format!("refuses-valid::{}", role.word());
            let title = format!("every valid request for {what} is refused as a wrong one");
            let label = Label::new(id, title, &["errors/valid-request-served"]);
            Box::new(Unserved { label, role }) as Box<dyn Fault>
        })
        .collect()
}
