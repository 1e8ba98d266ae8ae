//! Every second get of a job that goes on shows another job, or the same one with another past.

use std::time::Duration;

use serde_json::Value;

use super::super::answer::{Answer, AnswerContext};
use super::super::job::later;
use super::super::render::{put_where_present, write};
use super::ground::{Ground, name};
use super::{Fault, Label};
use crate::contract::job::TimeFormat;
use crate::contract::likeness::{Dice, like};
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;
use crate::exchange::reading;

const HOUR: Duration = Duration::from_secs(3_600);

struct Another {
    label: Label,
    at: Pointer,
    format: TimeFormat,
}

impl Fault for Another {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let shown = context.job.filter(|job| job.finished.is_none() && job.reads % 2 == 1);
        if context.operation.role == Role::Get && shown.is_some() {
            context.each_job(answer, |job| {
                put_where_present(job, &self.at, &|value| another(value, self.format));
            });
        }
    }
}

fn another(value: &Value, format: TimeFormat) -> Value {
    match (reading::time(value, format), value) {
        (Some(moment), _) => write(later(moment, HOUR), format),
        (None, Value::String(text)) => like(text, &mut Dice::new(u64::MAX, 1)).into(),
        (None, Value::Number(number)) => number.as_u64().map_or_else(|| value.clone(), |n| (n ^ 1).into()),
        _ => value.clone(),
    }
}

pub(super) fn faults(ground: &Ground<'_>) -> Vec<Box<dyn Fault>> {
    let shape = &ground.contract.facts.job;
    let places = std::iter::once(&shape.id)
        .chain(shape.aliases.values())
        .chain(shape.parents.values())
        .chain(&shape.timestamps.created)
        .chain(&shape.work);
    let shown = places.filter(|at| {
        let value = at.first(ground.job());
        value.is_some_and(|value| another(value, shape.timestamps.format) != *value)
    });
    let each = |at: &Pointer| {
        let label = Label::new(
            format!("reads-differ-at-work::{}", name(at)),
            format!("every second get of a job that goes on shows another {}", name(at)),
            &["idempotency/reads-repeat"],
        );
        Box::new(Another { label, at: at.clone(), format: shape.timestamps.format }) as Box<dyn Fault>
    };
    shown.map(each).collect()
}
