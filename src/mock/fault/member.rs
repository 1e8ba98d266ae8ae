//! Members of a job that are missing, null, or of another type.

use serde_json::{Value, json};

use super::super::answer::{Answer, AnswerContext};
use super::super::blueprint::walk;
use super::super::render::put_where_present;
use super::ground::{Ground, name};
use super::{Fault, Label};
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;

/// What is done to a member.
#[derive(Clone, Copy)]
enum Change {
    Remove,
    Null,
    Retype,
}

impl Change {
    fn make(self, job: &mut Value, at: &Pointer) {
        match self {
            Change::Remove => at.remove(job),
            Change::Null => put_where_present(job, at, &|_| Value::Null),
            Change::Retype => put_where_present(job, at, &retyped),
        }
    }
}

/// A value of another type.
fn retyped(value: &Value) -> Value {
    match value {
        Value::String(text) => text.parse::<i64>().map_or(json!(7), Value::from),
        Value::Number(number) => number.to_string().into(),
        Value::Bool(truth) => truth.to_string().into(),
        Value::Array(_) => json!({}),
        Value::Object(_) => json!([]),
        Value::Null => json!(true),
    }
}

struct Member {
    label: Label,
    at: Pointer,
    change: Change,
}

impl Fault for Member {
    fn label(&self) -> &Label {
        &self.label
    }

    /// Only a get: the jobs of the other calls stay usable, so that the suite gets that far.
    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if context.operation.role == Role::Get {
            context.each_job(answer, |job| self.change.make(job, &self.at));
        }
    }
}

pub(super) fn faults(ground: &Ground<'_>) -> Vec<Box<dyn Fault>> {
    let mut members: Vec<Pointer> = Vec::new();
    walk(ground.job(), &Pointer::new(""), &mut |at, _| {
        if !members.contains(at) {
            members.push(at.clone());
        }
    });
    // Members that are hidden until a job fails would make faults that rarely show.
    members.retain(|at| {
        !ground
            .blueprint
            .conditional
            .iter()
            .any(|(hidden, shown)| hidden == at && *shown == super::super::blueprint::Shown::Failed)
    });
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    for at in members {
        let is_outer = at.segments().len() == 1;
        let changes = [
            (Change::Remove, "missing-member", "a get leaves out the required member", is_outer),
            (Change::Null, "null-member", "a get shows null for the member", is_outer),
            (Change::Retype, "wrong-type", "a get shows another type for the member", true),
        ];
        for (change, mechanism, title, is_wanted) in changes {
            if is_wanted && ground.breaks(|job| change.make(job, &at)) {
                let label = Label::new(
                    format!("{mechanism}::{}", name(&at)),
                    format!("{title} {}", name(&at)),
                    &["fields/body-schema"],
                );
                found.push(Box::new(Member { label, at: at.clone(), change }));
            }
        }
    }
    found
}
