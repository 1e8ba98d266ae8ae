//! Answers about another job, or about a job of someone else.

use super::super::answer::{Answer, AnswerContext};
use super::super::parents::Parents;
use super::super::render::put_where_present;
use super::ground::Ground;
use super::{Fault, Label};
use crate::contract::likeness::{Dice, like};
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;

struct Identity {
    label: Label,
    at: Pointer,
    other: String,
}

impl Fault for Identity {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if context.operation.role == Role::Get {
            context.each_job(answer, |job| {
                put_where_present(job, &self.at, &|id| match self.other.parse::<u64>() {
                    Ok(number) if id.is_number() => number.into(),
                    _ => self.other.as_str().into(),
                });
            });
        }
    }
}

pub(super) fn faults(ground: &Ground<'_>) -> Vec<Box<dyn Fault>> {
    let shape = &ground.contract.facts.job;
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    // Where a get shows no id there is none to be wrong.
    if shape.id.first(ground.job()).is_some() {
        found.push(Box::new(Identity {
            label: Label::new(
                "other-jobs-id",
                "a get answers with the id of another job",
                &["fields/identity-echoed"],
            ),
            at: shape.id.clone(),
            other: like(&shape.ids.sample, &mut Dice::new(u64::MAX, 0)),
        }));
    }
    let parents = Parents::of(ground.contract);
    let get = ground.contract.of_role(Role::Get).next().map(|(_, operation)| operation);
    for (name, at) in &shape.parents {
        // Where the request does not name the parent there is nothing to echo.
        let is_named = get.is_some_and(|operation| operation.parent_place(name).is_some());
        let foreign = parents.foreign().get(name).filter(|_| is_named && at.first(ground.job()).is_some());
        if let Some(other) = foreign {
            found.push(Box::new(Identity {
                label: Label::new(
                    format!("other-parent-id::{name}"),
                    format!("a get answers with another {name} than the request names"),
                    &["fields/identity-echoed"],
                ),
                at: at.clone(),
                other: other.clone(),
            }));
        }
    }
    found
}
