//! Cancels that do to members of a job what they should not.

use std::time::Duration;

use super::super::answer::{Answer, AnswerContext};
use super::super::job::later;
use super::super::render::{put_where_present, write};
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::effect::Change;
use crate::contract::job::TimeFormat;
use crate::contract::operation::Role;

struct Otherwise {
    label: Label,
    does: Change,
    format: TimeFormat,
}

impl Fault for Otherwise {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let shown = context.job.filter(|job| job.cancelled && job.finished.is_some());
        let Some(shown) = shown.filter(|_| context.operation.role == Role::Get) else { return };
        let time = match self.does {
            Change::Moves(_) => shown.created,
            Change::Keeps(_) => later(shown.updated, Duration::from_secs(1)),
        };
        let value = write(time, self.format);
        context.each_job(answer, |job| put_where_present(job, self.does.member(), &|_| value.clone()));
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let facts = &contract.facts;
    let each = |effect: &crate::contract::effect::Effect| {
        let title = format!("a cancel does otherwise than {}", effect.name);
        let label = Label::new(format!("cancel-effect::{}", effect.name), title, &["cancel/effects"]);
        let format = facts.job.timestamps.format;
        Box::new(Otherwise { label, does: effect.does.clone(), format }) as Box<dyn Fault>
    };
    facts.cancel_effects.iter().map(each).collect()
}
