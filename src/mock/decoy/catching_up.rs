//! What a job has done shows reading by reading.

use super::super::answer::{Answer, AnswerContext};
use super::super::render::{part_of, put_where_present};
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::operation::Role;

struct CatchingUp(Label);

impl Decoy for CatchingUp {
    fn label(&self) -> &Label {
        &self.0
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        // The answer to a cancel shows all that was done: none may show less afterwards.
        let shown = context.job.filter(|job| job.finished.is_none() && job.since_cancel.is_none());
        let Some(shown) = shown.filter(|_| context.operation.role == Role::Get) else { return };
        let part = f64::from(shown.reads + 1) / f64::from(shown.reads + 2);
        for counter in &context.contract.shape(context.operation).counters {
            context.each_job(answer, |job| {
                put_where_present(job, counter, &|value| part_of(value, part));
            });
        }
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let counts = contract.of_role(Role::Get).any(|(_, get)| !contract.shape(get).counters.is_empty());
    let label = Label::new(
        "counters-catch-up",
        "each get of a job that goes on shows more of what is done",
        "a job that goes on makes progress between two readings",
    );
    counts.then(|| Box::new(CatchingUp(label)) as Box<dyn Decoy>).into_iter().collect()
}
