//! Facts across fields that do not hold.

use std::time::Duration;

use serde_json::Value;

use super::super::answer::{Answer, AnswerContext};
use super::super::job::later;
use super::super::render::{put_where_present, write};
use super::ground::Ground;
use super::{Fault, Label};
use crate::contract::invariant::Requirement;
use crate::contract::job::TimeFormat;
use crate::contract::operation::Role;
use crate::exchange::reading;

struct Broken {
    label: Label,
    requirement: Requirement,
    format: TimeFormat,
    /// The documented job.
    sample: Value,
}

impl Fault for Broken {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let Some(shown) = context.job.filter(|_| context.operation.role == Role::Get) else { return };
        let has_ended = shown.finished.is_some();
        context.each_job(answer, |job| match &self.requirement {
            Requirement::Time(order) => {
                let right = order.2.first(job).and_then(|right| reading::time(right, self.format));
                if let Some(right) = right {
                    let after = write(later(right, Duration::from_secs(3_600)), self.format);
                    put_where_present(job, &order.0, &|_| after.clone());
                }
            }
            Requirement::Number(order) => {
                if let Some(right) = order.2.first(job).and_then(reading::number) {
                    put_where_present(job, &order.0, &|left| one_more(left, right));
                }
            }
            Requirement::Count(order) => {
                if let Some(count) = order.0.first(job).and_then(Value::as_array).map(Vec::len) {
                    // Wrong for each of the three relations: one too many for an equal, none for the others.
                    let number = match order.1 {
                        crate::contract::invariant::Relation::Equal => count as i128,
                        _ => -1,
                    };
                    put_where_present(job, &order.2, &|right| one_more(right, number));
                }
            }
            Requirement::Sum(sum) => {
                let whole = sum.2.first(job).and_then(reading::number);
                if let (Some(part), Some(whole)) = (sum.0.first(), whole) {
                    put_where_present(job, part, &|left| one_more(left, whole));
                }
            }
            Requirement::Each(fact) => {
                let places: Vec<String> = fact.items.select(job).into_iter().map(|(at, _)| at).collect();
                for item in places {
                    let Some(item) = job.pointer_mut(&item) else { continue };
                    if let Some(value) = &fact.when.equals {
                        fact.when.at.put(item, value.clone());
                    }
                    fact.at.put(item, "JOBPROOF_UNHEARD_OF".into());
                }
            }
            Requirement::OnlyWhenEnded(at) if !has_ended => {
                if let Some(value) = at.first(&self.sample) {
                    at.put(job, value.clone());
                }
            }
            Requirement::WhenEnded(at) if has_ended => at.remove(job),
            Requirement::OnlyWhenEnded(_) | Requirement::WhenEnded(_) => {}
        });
    }
}

/// `number` and one, as the same kind of value as `like`.
fn one_more(like: &Value, number: i128) -> Value {
    let more = i64::try_from(number.saturating_add(1)).unwrap_or(i64::MAX);
    if like.is_string() { more.to_string().into() } else { more.into() }
}

pub(super) fn faults(ground: &Ground<'_>) -> Vec<Box<dyn Fault>> {
    let facts = &ground.contract.facts;
    facts
        .invariants
        .iter()
        .filter(|invariant| {
            let stands = |at: &crate::contract::pointer::Pointer| at.first(ground.job()).is_some();
            match &invariant.require {
                Requirement::Time(order) | Requirement::Number(order) | Requirement::Count(order) => {
                    stands(&order.0) && stands(&order.2)
                }
                Requirement::Sum(sum) => sum.0.first().is_some_and(stands) && stands(&sum.2),
                Requirement::Each(fact) => stands(&fact.items),
                Requirement::OnlyWhenEnded(at) | Requirement::WhenEnded(at) => stands(at),
            }
        })
        .map(|invariant| {
            let label = Label::new(
                format!("broken-invariant::{}", invariant.name),
                format!("a get shows a job for which {} does not hold", invariant.name),
                &["fields/invariants"],
            );
            Box::new(Broken {
                label,
                requirement: invariant.require.clone(),
                format: facts.job.timestamps.format,
                sample: ground.job().clone(),
            }) as Box<dyn Fault>
        })
        .collect()
}
