//! Jobs that do not have what their start asked for.

use serde_json::Value;

use super::super::answer::{Answer, AnswerContext};
use super::super::blueprint::blueprints;
use super::super::render::put_where_present;
use super::ground::name;
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::echo::Echo;
use crate::contract::likeness::{Dice, like};
use crate::contract::operation::{Operation, Role};
use crate::contract::pointer::Pointer;

#[derive(Clone, Copy)]
enum Wrong {
    Dropped,
    Changed,
}

struct Forgetful {
    label: Label,
    at: Pointer,
    view: Option<String>,
    wrong: Wrong,
}

impl Fault for Forgetful {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let shows = matches!(context.operation.role, Role::Create | Role::Get | Role::Cancel);
        if shows && context.operation.view == self.view {
            context.each_job(answer, |job| match self.wrong {
                Wrong::Dropped => self.at.remove(job),
                Wrong::Changed => put_where_present(job, &self.at, &other),
            });
        }
    }
}

/// A value of the same form.
fn other(value: &Value) -> Value {
    match value {
        Value::String(text) => like(text, &mut Dice::new(u64::MAX, 0)).into(),
        Value::Number(number) => number.as_i64().map_or_else(|| 7.into(), |n| n.saturating_add(1).into()),
        Value::Bool(truth) => (!truth).into(),
        Value::Array(items) => items.iter().map(other).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), other(member)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Null => Value::Null,
    }
}

/// Whether a start of ours carries the member, and the job shows it.
fn is_seen(operation: &Operation, echo: &Echo, job: &Value) -> bool {
    let is_sent = operation.send.as_ref().is_some_and(|send| echo.sent.first(send).is_some());
    (is_sent || echo.value.is_some()) && echo.at.first(job).is_some_and(|shown| !shown.is_null())
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let blueprints = blueprints(contract);
    let mut seen = Vec::new();
    for (_, create) in contract.of_role(Role::Create) {
        let get = contract.of_role(Role::Get).find(|(_, get)| get.view == create.view);
        let Some(job) = get.and_then(|(get, _)| blueprints.get(get)).map(|blueprint| &blueprint.job) else {
            continue;
        };
        for echo in create.echoes.iter().filter(|echo| is_seen(create, echo, job)) {
            // One fault serves all starts whose jobs look alike.
            if seen.contains(&(&create.view, &echo.at)) {
                continue;
            }
            seen.push((&create.view, &echo.at));
            let at = name(&echo.at);
            let mut add = |mechanism: &str, title: String, wrong: Wrong| {
                let label = Label::new(format!("{mechanism}::{at}"), title, &["fields/echoed"]);
                let (at, view) = (echo.at.clone(), create.view.clone());
                found.push(Box::new(Forgetful { label, at, view, wrong }));
            };
            if echo.absent_ref.is_none() {
                add("drops-echo", format!("no answer shows the {at} that a start sent"), Wrong::Dropped);
            }
            add("changes-echo", format!("jobs have another {at} than their start sent"), Wrong::Changed);
        }
    }
    found
}
