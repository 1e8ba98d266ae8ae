//! Lists whose items, or what they say of their pages, are wrong.

use std::time::Duration;

use serde_json::Value;

use super::super::answer::{Answer, AnswerContext};
use super::super::job::later;
use super::super::render;
use super::ground::name;
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::job::TimeFormat;
use crate::contract::operation::{Operation, PageStyle};
use crate::contract::pointer::Pointer;
use crate::exchange::reading;

enum Wrong {
    /// A member of every item is another than the job itself shows.
    Item(TimeFormat),
    /// A number beside the items is one too high.
    Number,
    /// A link leads one page further.
    Link(String),
}

struct Listed {
    label: Label,
    operation: String,
    at: Pointer,
    wrong: Wrong,
}

impl Fault for Listed {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if context.name != self.operation || context.condition.is_some() {
            return;
        }
        match &self.wrong {
            Wrong::Item(format) => context.each_job(answer, |job| {
                if let Some(other) = self.at.first(job).and_then(|value| other(value, *format)) {
                    self.at.put(job, other);
                }
            }),
            Wrong::Number => {
                let Some(body) = answer.body_mut() else { return };
                if let Some(number) = self.at.first(body).and_then(Value::as_u64) {
                    self.at.put(body, (number + 1).into());
                }
            }
            Wrong::Link(name) => {
                let Some(body) = answer.body_mut() else { return };
                if let Some(link) = self.at.text(body).and_then(|link| further(link, name)) {
                    self.at.put(body, link.into());
                }
            }
        }
    }
}

/// Another value of the same kind: a later time, a higher number, another text.
fn other(value: &Value, format: TimeFormat) -> Option<Value> {
    if let Some(moment) = reading::time(value, format) {
        return Some(render::write(later(moment, Duration::from_secs(90)), format));
    }
    match value {
        Value::Number(number) => number.as_u64().map(|number| (number + 1).into()),
        _ => None,
    }
}

/// The same link, to the page after the one it leads to.
fn further(link: &str, name: &str) -> Option<String> {
    let mark = format!("{name}=");
    let at = link.match_indices(&mark).map(|(at, _)| at).find(|at| link[..*at].ends_with(['?', '&']))?;
    let (before, rest) = link.split_at(at + mark.len());
    let end = rest.find('&').unwrap_or(rest.len());
    let number: u64 = rest[..end].parse().ok()?;
    Some(format!("{before}{}{}", number + 1, &rest[end..]))
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    for (id, operation) in &contract.facts.operations {
        let mut add = |mechanism: &str, title: &str, rule: &'static str, at: &Pointer, wrong: Wrong| {
            let label =
                Label::new(format!("{mechanism}::{id}{}", at.as_str()), format!("{id} {title}"), &[rule]);
            let listed = Listed { label, operation: id.clone(), at: at.clone(), wrong };
            found.push(Box::new(listed) as Box<dyn Fault>);
        };
        if operation.jobs.is_some() {
            for member in shown_by_both(contract, operation) {
                let title = format!("shows another {} than the job itself", name(&member));
                let format = contract.shape(operation).timestamps.format;
                add("list-differs", &title, "listing/agrees-with-reads", &member, Wrong::Item(format));
            }
        }
        let Some(paging) = operation.pagination.as_ref().filter(|_| operation.list().is_some()) else {
            continue;
        };
        // Without a default and a largest size nobody knows what size a page has.
        let size = paging.size.as_ref().filter(|size| size.default.is_some() || size.max.is_some());
        let size = size.and_then(|size| size.response.as_ref());
        let mut numbers: Vec<&Pointer> = paging.count.iter().chain(size).collect();
        match &paging.style {
            PageStyle::Token(_) => {}
            PageStyle::Offset(style) => numbers.extend(&style.response),
            PageStyle::Page(style) => {
                numbers.extend(&style.number);
                // How many pages there are is known from a total only.
                numbers.extend(style.pages.iter().filter(|_| paging.total.is_some()));
                let parameter = style.request.segments().pop().unwrap_or_default();
                for link in style.next_link.iter().chain(style.links.values()) {
                    let title = format!("leads one page further by {}", name(link));
                    add(
                        "link-leads-astray",
                        &title,
                        "listing/page-facts",
                        link,
                        Wrong::Link(parameter.clone()),
                    );
                }
            }
        }
        for number in numbers {
            let title = format!("says one too many in {}", name(number));
            add("page-miscounts", &title, "listing/page-facts", number, Wrong::Number);
        }
    }
    found
}

/// The members that are fixed at a job's end, and that a list and a read of the same service both show as numbers or
/// times.
fn shown_by_both(contract: &Contract, list: &Operation) -> Vec<Pointer> {
    let shape = contract.shape(list);
    let sample = |operation: &Operation| {
        let (_, schema) = super::super::blueprint::success(operation);
        let body = contract.sample(schema)?;
        match (&operation.job, &operation.jobs) {
            (Some(job), _) => job.first(body).cloned(),
            (None, Some(jobs)) => jobs.join("/*").first(body).cloned(),
            (None, None) => None,
        }
    };
    let get =
        contract.of_role(crate::contract::operation::Role::Get).find(|(_, get)| get.service == list.service);
    let (Some((_, get)), Some(listed)) = (get, sample(list)) else { return Vec::new() };
    let Some(read) = sample(get) else { return Vec::new() };
    let shows = |job: &Value, at: &Pointer| {
        at.first(job).is_some_and(|value| other(value, shape.timestamps.format).is_some())
    };
    let is_omitted = |at: &Pointer| [list, get].iter().any(|operation| operation.omits.contains(at));
    shape
        .frozen
        .iter()
        .filter(|at| contract.shape(get).frozen.contains(at) && !is_omitted(at))
        .filter(|at| shows(&listed, at) && shows(&read, at))
        .cloned()
        .collect()
}
