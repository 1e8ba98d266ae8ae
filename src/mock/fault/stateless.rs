//! Answers that never show the state of a job.

use serde_json::Value;

use super::super::answer::{Answer, AnswerContext};
use super::super::blueprint::{blueprints, success};
use super::{Fault, Label};
use crate::contract::Contract;

struct Stateless {
    label: Label,
}

impl Fault for Stateless {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let at = &context.contract.shape(context.operation).state;
        context.each_job(answer, |job| at.remove(job));
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let blueprints = blueprints(contract);
    let (mut shows, mut must_show) = (false, false);
    for (name, operation) in &contract.facts.operations {
        let blueprint = blueprints.get(name);
        let Some((mut body, mut job)) = blueprint.and_then(|b| Some((b.body.clone()?, b.job.clone()))) else {
            continue;
        };
        let state = &contract.shape(operation).state;
        shows |= state.first(&job).is_some();
        state.remove(&mut job);
        match (&operation.job, &operation.jobs) {
            (Some(at), _) => at.put(&mut body, job),
            (None, Some(at)) => at.put(&mut body, Value::Array(vec![job])),
            (None, None) => continue,
        }
        must_show |= !contract.shapes.is_valid(success(operation).1, &body);
    }
    if !shows {
        return Vec::new();
    }
    // Where every schema does without, what must see it is that no job is ever seen to end.
    let rule = if must_show { "fields/body-schema" } else { "lifecycle/ends-in-time" };
    let label = Label::new("no-state", "no answer shows the state of a job", &[rule]);
    vec![Box::new(Stateless { label })]
}
