//! What a get shows of a job changes where it must not: times and counters that go back, frozen members that thaw,
//! readings that do not repeat.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::super::answer::{Answer, AnswerContext};
use super::super::job::{JobView, earlier, later};
use super::super::render::{put_where_present, write};
use super::ground::{Ground, name};
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::job::{TimeFormat, Word};
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;
use crate::exchange::reading;

const HOUR: Duration = Duration::from_secs(3_600);

/// Every second reading is the one that is wrong, so that any two that follow each other show it.
fn is_wrong(reads: u32) -> bool {
    reads % 2 == 1
}

enum Shown {
    CountersBack,
    TimeBack,
    /// The work of a cancelled job goes on.
    WorksOn,
    /// An ended job is in this state, and reads as being in the other.
    Relapse(String, String),
}

struct View {
    label: Label,
    shown: Shown,
}

impl Fault for View {
    fn label(&self) -> &Label {
        &self.label
    }

    fn observe(&self, _: &Contract, job: &mut JobView) {
        match &self.shown {
            Shown::CountersBack if is_wrong(job.reads) => job.progress = 0.0,
            Shown::TimeBack if is_wrong(job.reads) => {
                job.created = earlier(job.created, HOUR);
                job.started = job.started.map(|at| earlier(at, HOUR));
                job.updated = earlier(job.updated, HOUR);
                job.finished = job.finished.map(|at| earlier(at, HOUR));
            }
            Shown::WorksOn if job.cancelled && job.finished.is_some() => {
                job.progress = (job.progress + 0.1 * f64::from(job.ended_reads)).min(1.0);
            }
            Shown::Relapse(from, to) if job.state == *from && is_wrong(job.ended_reads) => {
                job.state.clone_from(to);
                job.finished = None;
            }
            _ => {}
        }
    }
}

struct Thaw {
    label: Label,
    at: Pointer,
    format: TimeFormat,
    words: Vec<String>,
}

impl Fault for Thaw {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let Some(job) = context.job.filter(|job| job.finished.is_some()) else { return };
        if context.operation.role == Role::Get {
            let times = job.ended_reads;
            context.each_job(answer, |shown| {
                put_where_present(shown, &self.at, &|value| changed(value, times, self.format, &self.words));
            });
        }
    }
}

/// A value that differs after each of `times` readings: later, higher, another word or longer.
fn changed(value: &Value, times: u32, format: TimeFormat, words: &[String]) -> Value {
    if times == 0 {
        return value.clone();
    }
    if let Some(moment) = reading::time(value, format) {
        return write(later(moment, HOUR * times), format);
    }
    match value {
        Value::String(text) if words.contains(text) => {
            let others: Vec<&String> = words.iter().filter(|word| *word != text).collect();
            let index = usize::try_from(times).unwrap_or(0) % others.len().max(1);
            others.get(index).map_or_else(|| value.clone(), |word| Value::from(word.as_str()))
        }
        Value::String(text) => match (text.parse::<i64>(), text.parse::<Timestamp>()) {
            (Ok(number), _) => number.saturating_add(times.into()).to_string().into(),
            (_, Ok(moment)) => write(later(moment, HOUR * times), TimeFormat::Rfc3339),
            _ => format!("{text} {times}").into(),
        },
        Value::Number(number) => {
            number.as_i64().map_or_else(|| value.clone(), |n| n.saturating_add(times.into()).into())
        }
        Value::Bool(truth) => (*truth != (times % 2 == 1)).into(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), changed(member, times, format, words)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(|item| changed(item, times, format, words)).collect(),
        Value::Null => value.clone(),
    }
}

struct Wobble {
    label: Label,
    at: Pointer,
}

impl Fault for Wobble {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if context.operation.role == Role::Get && context.job.is_some_and(|job| is_wrong(job.reads)) {
            context.each_job(answer, |job| self.at.remove(job));
        }
    }
}

pub(super) fn faults(ground: &Ground<'_>) -> Vec<Box<dyn Fault>> {
    let facts = &ground.contract.facts;
    let shape = &facts.job;
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut view = |id: String, title: String, caught_by: &[&'static str], shown: Shown| {
        found.push(Box::new(View { label: Label::new(id, title, caught_by), shown }) as Box<dyn Fault>);
    };
    if shape.counters.iter().any(|at| at.first(ground.job()).is_some()) {
        view(
            "counters-back".into(),
            "every second get shows the counters at zero".into(),
            &["lifecycle/counters-grow"],
            Shown::CountersBack,
        );
        view(
            "works-after-cancel".into(),
            "the counters of a cancelled job grow on".into(),
            &["cancel/work-stops", "lifecycle/frozen-members"],
            Shown::WorksOn,
        );
    }
    if shape.timestamps.named().next().is_some() {
        view(
            "time-back".into(),
            "every second get shows the times an hour earlier".into(),
            &["lifecycle/time-goes-forward"],
            Shown::TimeBack,
        );
    }
    for (state, _) in facts.lifecycle.states.iter().filter(|(_, state)| state.phase.is_terminal()) {
        let back = facts.lifecycle.states.iter().find(|(other, fact)| {
            fact.phase == crate::contract::lifecycle::Phase::Running
                && facts.lifecycle.path(state, other).is_none()
        });
        if let Some((back, _)) = back {
            view(
                format!("relapse::{state}"),
                format!("every second get of a job in {state} shows it in {back} again"),
                &["lifecycle/terminal-is-final", "lifecycle/declared-transition"],
                Shown::Relapse(state.clone(), back.clone()),
            );
        }
    }
    for at in shape.frozen.iter().filter(|at| at.first(ground.job()).is_some_and(|value| !value.is_null())) {
        let hidden = ground
            .blueprint
            .conditional
            .iter()
            .any(|(other, shown)| other == at && *shown == super::super::blueprint::Shown::Failed);
        if hidden {
            continue;
        }
        let words = shape.words.values().find(|word: &&Word| word.at == *at);
        found.push(Box::new(Thaw {
            label: Label::new(
                format!("thaws::{}", name(at)),
                format!("{} of an ended job changes with each get", name(at)),
                &["lifecycle/frozen-members"],
            ),
            at: at.clone(),
            format: shape.timestamps.format,
            words: words.map(|word| word.values.clone()).unwrap_or_default(),
        }));
    }
    found.extend(wobble(ground));
    found
}

/// Leaves out, every second time, a member that may be left out and that no other rule looks at.
fn wobble(ground: &Ground<'_>) -> Option<Box<dyn Fault>> {
    let shape = &ground.contract.facts.job;
    let is_looked_at = |at: &Pointer| {
        [&shape.id, &shape.state]
            .into_iter()
            .chain(&shape.id_or)
            .chain(shape.parents.values())
            .chain(shape.frozen.iter())
            .chain(shape.counters.iter())
            .chain(shape.timestamps.named().map(|(_, at)| at))
            .chain(shape.words.values().map(|word| &word.at))
            .any(|other| other.as_str().starts_with(at.as_str()))
            || ground.blueprint.conditional.iter().any(|(other, _)| other == at)
    };
    let at = ground.job().as_object()?.keys().find_map(|member| {
        let at = Pointer::new(format!("/{}", crate::contract::pointer::escape(member)));
        let may_go = !is_looked_at(&at) && !ground.breaks(|job| at.remove(job));
        may_go.then_some(at)
    })?;
    let label = Label::new(
        format!("reads-differ::{}", name(&at)),
        format!("every second get leaves out {}", name(&at)),
        &["idempotency/reads-repeat"],
    );
    Some(Box::new(Wobble { label, at }))
}
