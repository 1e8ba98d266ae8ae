//! Lists that lose jobs, repeat them, or are not cut, narrowed or ordered as asked.

use std::collections::BTreeSet;

use super::super::blueprint::blueprints;
use super::{Check, Fault, Label};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::{FilterEffect, OverMax, PageStyle, Role};

/// The longest list that is made to see what becomes of a page larger than the largest.
const MOST: u64 = 500;

enum Wrong {
    /// Loses the first job of every page but the first.
    Loses,
    /// Begins every page but the first with the last job of the page before.
    Repeats,
    /// Leaves out the oldest job where the list takes more than one page.
    LosesOldest,
    /// Leaves out the newest job.
    ForgetsNewest,
    /// Leaves out jobs in this state.
    State(String),
    /// Shows jobs in their first state.
    Stale,
    /// Gives pages larger than the largest.
    Largest,
    Size,
    DefaultSize,
    Endless,
    Token,
    Limit,
    Filter(String),
}

struct List {
    label: Label,
    wrong: Wrong,
}

impl Fault for List {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, _: &str) -> bool {
        match (&self.wrong, check) {
            (Wrong::Size, Check::PageSize)
            | (Wrong::DefaultSize, Check::DefaultSize)
            | (Wrong::Endless, Check::LastPage)
            | (Wrong::Token, Check::PageToken)
            | (Wrong::Limit, Check::PageLimit)
            | (Wrong::Largest, Check::LargestPage)
            | (Wrong::Stale, Check::Freshness) => true,
            (Wrong::State(left_out), Check::Listed(state)) => left_out == state,
            (Wrong::Filter(wrong), Check::Filter(name)) => wrong == name,
            _ => false,
        }
    }

    fn page(&self, start: usize, all: &[usize], page: &mut Vec<usize>) {
        match self.wrong {
            Wrong::Loses if start > 0 && !page.is_empty() => {
                page.remove(0);
            }
            Wrong::Repeats if start > 0 => {
                if let Some(last) = all.get(start - 1) {
                    page.insert(0, *last);
                }
            }
            Wrong::LosesOldest if start > 0 => page.retain(|number| Some(number) != all.iter().min()),
            Wrong::ForgetsNewest => page.retain(|number| Some(number) != all.iter().max()),
            _ => {}
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<List> = Vec::new();
    let mut add = |id: String, title: String, rules: &[&'static str], wrong: Wrong| {
        found.push(List { label: Label::new(id, title, rules), wrong });
    };
    for (_, operation) in contract.of_role(Role::List) {
        add(
            "list-forgets-newest".into(),
            "a list leaves out the newest job".into(),
            &["listing/contains-created"],
            Wrong::ForgetsNewest,
        );
        add(
            "list-is-stale".into(),
            "lists show jobs in their first state for ever".into(),
            &["listing/agrees-with-reads"],
            Wrong::Stale,
        );
        let shape = contract.shape(operation);
        for state in contract.facts.lifecycle.states.keys().filter(|state| shape.can_show(state)) {
            add(
                format!("list-leaves-out::{state}"),
                format!("lists leave out jobs in {state}"),
                &["listing/contains-created"],
                Wrong::State(state.clone()),
            );
        }
        for filter in &operation.filters {
            // The newest come first anyway: a list that ignores being asked for that is right.
            if !matches!(filter.effect, FilterEffect::Descending(_)) {
                add(
                    format!("filter-ignored::{}", filter.name),
                    format!("a list does not mind the filter {}", filter.name),
                    &["listing/filter"],
                    Wrong::Filter(filter.name.clone()),
                );
            }
        }
    }
    let lists = contract.facts.operations.iter().filter(|(_, operation)| operation.list().is_some());
    for (name, operation) in lists {
        if let Some(pagination) = &operation.pagination {
            add(
                "lists-lose-item".into(),
                "the first item of every page but the first is lost".into(),
                // Where the vendor sends no total, only a job known from elsewhere shows the loss; where a walk ends
                // with the total, it never gets there.
                &[
                    "listing/pages-partition",
                    "listing/contains-created",
                    "listing/walk-ends",
                    "listing/walks-agree",
                ],
                Wrong::Loses,
            );
            add(
                "lists-repeat-item".into(),
                "every page but the first begins with the last item of the page before".into(),
                &["listing/pages-partition"],
                Wrong::Repeats,
            );
            if pagination.size.is_some() {
                add(
                    "page-size-ignored".into(),
                    "a list does not mind the page size asked for".into(),
                    &["listing/page-size"],
                    Wrong::Size,
                );
            }
            // The newest job stands first on a list of jobs.
            if pagination.size.is_some() && operation.jobs.is_some() {
                add(
                    "lists-lose-oldest".into(),
                    "the oldest job is lost where a list takes more than one page".into(),
                    &["listing/walks-agree", "listing/walk-ends"],
                    Wrong::LosesOldest,
                );
            }
            let refuses = contract.error_row(Condition::InvalidParameter, name).is_some();
            if matches!(pagination.style, PageStyle::Token(_)) && refuses {
                add(
                    "page-token-not-checked".into(),
                    "a page token that nobody gave leads to the first page".into(),
                    &["listing/bad-token"],
                    Wrong::Token,
                );
            }
            let size = pagination.size.as_ref();
            if size.is_some_and(|size| size.max.is_some() && size.over_max != Some(OverMax::Refused)) {
                add(
                    "page-over-max-empty".into(),
                    "a page that is larger than the largest holds nothing".into(),
                    &["listing/size-limit"],
                    Wrong::Limit,
                );
            }
            if size.is_some_and(|size| {
                size.max.is_some_and(|most| most <= MOST) && size.over_max != Some(OverMax::Refused)
            }) {
                add(
                    "page-over-max-given".into(),
                    "a page that is larger than the largest is given as asked for".into(),
                    &["listing/size-limit"],
                    Wrong::Largest,
                );
            }
            let can_say_so = match &pagination.style {
                PageStyle::Token(_) => true,
                PageStyle::Page(style) => !style.next_link.is_empty(),
                PageStyle::Offset(_) => false,
            };
            if can_say_so {
                add(
                    "walk-never-ends".into(),
                    "the last page leads to itself".into(),
                    &["listing/walk-ends"],
                    Wrong::Endless,
                );
            }
        }
    }
    if contract.of_role(Role::Get).any(|(_, operation)| operation.parts.is_some()) {
        let mut add_part = |id: &str, title: &str, wrong: Wrong| {
            add(id.to_owned(), title.to_owned(), &["listing/parts-partition"], wrong);
        };
        let lost = "the first part of every page of a job's parts but the first is lost";
        add_part("parts-lose-item", lost, Wrong::Loses);
        let repeated =
            "every page of a job's parts but the first begins with the last part of the page before";
        add_part("parts-repeat-item", repeated, Wrong::Repeats);
        add_part("parts-size-ignored", "a get does not mind the page size asked for", Wrong::Size);
        if has_more_than_fit(contract) {
            let default = "a get for which no page size is asked shows all parts of the job";
            add_part("parts-default-ignored", default, Wrong::DefaultSize);
        }
    }
    // One fault of a kind serves all lists.
    let mut seen = BTreeSet::new();
    found.retain(|list| seen.insert(list.label.id.clone()));
    found.into_iter().map(|list| Box::new(list) as Box<dyn Fault>).collect()
}

/// Whether the documented job has more parts than a page for which no size is asked.
fn has_more_than_fit(contract: &Contract) -> bool {
    let blueprints = blueprints(contract);
    contract.of_role(Role::Get).any(|(name, get)| {
        let shown = get.parts.as_ref().zip(blueprints.get(name));
        let parts = shown.and_then(|(parts, shown)| Some((parts, parts.at.first(&shown.job)?.as_array()?)));
        parts.is_some_and(|(parts, items)| items.len() as u64 > parts.default_size)
    })
}
