//! A retry table that is not the documented one, and retries that do more or less than they should.

use serde_json::Value;

use super::super::answer::{Answer, AnswerContext};
use super::super::job::JobView;
use super::super::render::put_where_present;
use super::{Again, Check, Fault, Label};
use crate::contract::Contract;
use crate::contract::cancel::{Expect, Row};
use crate::contract::error::Condition;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;

enum Wrong {
    /// Accepts in this state what must be refused.
    Accepts(String),
    /// Refuses in this state what must be accepted.
    Refuses(String),
    /// Starts the same job again.
    SameJob,
    /// Moves the job from the first state to the second, whatever the answer.
    Moves(String, String),
    /// The new job begins in this state.
    BornIn(String),
    /// The new job does other work.
    OtherWork,
    /// The lists of these operations do not have the new job.
    Unlisted(Vec<String>),
}

struct Retry {
    label: Label,
    wrong: Wrong,
}

impl Fault for Retry {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, operation: &str) -> bool {
        matches!(&self.wrong, Wrong::Unlisted(lists) if check == Check::Received && lists.iter().any(|l| l == operation))
    }

    fn decide_retry(&self, job: &JobView, again: Again) -> Again {
        match (&self.wrong, again) {
            (Wrong::Accepts(state), Again::Refuse(_)) if job.state == *state => Again::New,
            (Wrong::Refuses(state), Again::New | Again::Same) if job.state == *state => {
                Again::Refuse(Condition::NotRetryable)
            }
            (Wrong::SameJob, Again::New) => Again::Same,
            (_, again) => again,
        }
    }

    fn on_retry(&self, job: &JobView) -> Option<String> {
        match &self.wrong {
            Wrong::Moves(from, to) if job.state == *from => Some(to.clone()),
            _ => None,
        }
    }

    fn plan_retry(&self, way: &mut Vec<String>) {
        if let Wrong::BornIn(state) = &self.wrong {
            *way = vec![state.clone()];
        }
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let is_meant = matches!(self.wrong, Wrong::OtherWork) && context.job.is_some_and(|job| job.retried);
        if !is_meant {
            return;
        }
        let work = &context.contract.shape(context.operation).work;
        context.each_job(answer, |job| {
            for member in work {
                put_where_present(job, member, &other);
            }
        });
    }
}

/// Another value of the same kind.
fn other(value: &Value) -> Value {
    match value {
        // The first character that has another of its class gives way, so that an id stays an id.
        Value::String(text) if text.chars().any(|c| c.is_ascii_digit()) => {
            let mut is_done = false;
            let change = |c: char| match (is_done, c) {
                (false, '0'..='8') => {
                    is_done = true;
                    char::from_digit(c.to_digit(10).unwrap_or(0) + 1, 10).unwrap_or(c)
                }
                (false, '9') => {
                    is_done = true;
                    '8'
                }
                _ => c,
            };
            text.chars().map(change).collect::<String>().into()
        }
        Value::String(text) => format!("{text} ").into(),
        Value::Object(_) => serde_json::json!({"other": "work"}),
        other => other.clone(),
    }
}

fn states<'c>(contract: &'c Contract, row: &'c Row) -> Vec<&'c String> {
    if row.state.is_empty() {
        contract.facts.lifecycle.states.keys().collect()
    } else {
        row.state.iter().collect()
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let lifecycle = &contract.facts.lifecycle;
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut add = |id: String, title: String, caught_by: &[&'static str], wrong: Wrong| {
        found.push(Box::new(Retry { label: Label::new(id, title, caught_by), wrong }) as Box<dyn Fault>);
    };
    let Some((name, _)) = contract.of_role(Role::Retry).next() else { return Vec::new() };
    let can_show = |state: &&String| contract.shape_of(name).can_show(state);
    let mut renews = false;
    for row in &contract.facts.retry {
        for state in states(contract, row).into_iter().filter(can_show) {
            let moved = lifecycle.states.keys().filter(can_show).find(|other| {
                *other != state && lifecycle.is_terminal(other) && lifecycle.path(state, other).is_none()
            });
            // What a retry of a job that has not ended does to it shows where the job cannot get by itself.
            let moved = moved.or_else(|| {
                let stopped = lifecycle.states.keys().filter(can_show);
                stopped.into_iter().find(|s| *s != state && lifecycle.phase(s) == Phase::Cancelled)
            });
            match &row.expect {
                Expect::Refused(_) => {
                    add(
                        format!("accepts-retry::{state}"),
                        format!("a job in {state} can be retried"),
                        &["retry/refused-when-due"],
                        Wrong::Accepts(state.clone()),
                    );
                }
                Expect::Accepted(accepted) => {
                    renews |= accepted.new_job;
                    add(
                        format!("refuses-retry::{state}"),
                        format!("a job in {state} cannot be retried"),
                        &["retry/accepted-when-allowed"],
                        Wrong::Refuses(state.clone()),
                    );
                    if !accepted.new_job {
                        continue;
                    }
                }
                Expect::Undocumented(_) => continue,
            }
            if let Some(to) = moved {
                add(
                    format!("retry-changes-original::{state}"),
                    format!("the retry of a job in {state} moves it to {to}"),
                    &["retry/original-untouched"],
                    Wrong::Moves(state.clone(), to.clone()),
                );
            }
        }
    }
    if !renews {
        return found;
    }
    add(
        "retry-same-id".into(),
        "a retry starts the same job again instead of a new one".into(),
        &["retry/new-id"],
        Wrong::SameJob,
    );
    let is_received = contract
        .facts
        .retry
        .iter()
        .any(|row| matches!(&row.expect, Expect::Accepted(accepted) if accepted.received_ref.is_some()));
    let service = contract.facts.operations.get(name).and_then(|operation| operation.service.as_ref());
    let lists = contract.of_role(Role::List).filter(|(_, list)| list.service.as_ref() != service);
    let lists: Vec<String> = lists.map(|(list, _)| list.to_owned()).filter(|_| is_received).collect();
    if !lists.is_empty() {
        add(
            "retry-not-received".into(),
            "a job that a retry starts is not handed over to the other services".into(),
            &["retry/received"],
            Wrong::Unlisted(lists),
        );
    }
    let born = lifecycle.states.keys().filter(can_show).find(|s| lifecycle.is_terminal(s));
    if let Some(state) = born {
        add(
            "retry-born-ended".into(),
            format!("a job that a retry starts is in {state}"),
            &["retry/starts-anew"],
            Wrong::BornIn(state.clone()),
        );
    }
    if contract.of_role(Role::Retry).any(|(name, _)| !contract.shape_of(name).work.is_empty()) {
        add(
            "retry-other-work".into(),
            "a job that a retry starts does other work than the old one".into(),
            &["retry/same-work"],
            Wrong::OtherWork,
        );
    }
    found
}
