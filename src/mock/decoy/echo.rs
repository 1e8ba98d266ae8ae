//! Jobs that have what their start asked for, in another order or with more beside it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::answer::{Answer, AnswerContext};
use super::super::blueprint::blueprints;
use super::super::render::put_where_present;
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::echo::Likeness;
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;

struct Other {
    label: Label,
    at: Pointer,
    view: Option<String>,
    may_hold_more: bool,
}

impl Decoy for Other {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if context.operation.view == self.view {
            context.each_job(answer, |job| {
                put_where_present(job, &self.at, &|value| in_another_form(value, self.may_hold_more));
            });
        }
    }
}

fn in_another_form(value: &Value, may_hold_more: bool) -> Value {
    match value {
        Value::Array(items) => items.iter().rev().cloned().collect(),
        Value::Object(members) if may_hold_more => {
            let mut members = members.clone();
            members.insert("xJobproofExtra".into(), json!(true));
            members.into()
        }
        other => other.clone(),
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let blueprints = blueprints(contract);
    let mut found: BTreeMap<String, Other> = BTreeMap::new();
    for (_, create) in contract.of_role(Role::Create) {
        let get = contract.of_role(Role::Get).find(|(_, get)| get.view == create.view);
        let Some(shown) = get.and_then(|(get, _)| blueprints.get(get)) else { continue };
        for echo in &create.echoes {
            let may_hold_more = echo.how == Likeness::Subset;
            let is_other = |value: &Value| in_another_form(value, may_hold_more) != *value;
            if echo.at.first(&shown.job).is_some_and(is_other) {
                let at = echo.at.as_str().trim_start_matches('/');
                let label = Label::new(
                    format!("echo-in-another-form::{at}"),
                    format!("jobs show {at} in another order, or with more beside it, than their start sent"),
                    "what was sent is there",
                );
                let view = create.view.clone();
                found.entry(at.to_owned()).or_insert(Other {
                    label,
                    at: echo.at.clone(),
                    view,
                    may_hold_more,
                });
            }
        }
    }
    found.into_values().map(|other| Box::new(other) as Box<dyn Decoy>).collect()
}
