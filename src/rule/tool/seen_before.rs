//! The jobs that a list must hold, because they were seen before it was asked for.

use std::collections::BTreeSet;

use crate::contract::combination::Facets;
use crate::contract::error::Condition;
use crate::exchange::Reading;
use crate::rule::Level;
use crate::story::walk::{Page, Walk};
use crate::story::{Life, Story};

/// The last reading, before a walk, of each job that belongs to the parents of the walk.
pub(crate) fn seen_before<'t>(story: &Story<'t>, walk: &Walk<'_>) -> Vec<&'t Reading> {
    let Some(page) = walk.first() else { return Vec::new() };
    let is_own = |reading: &Reading| {
        let probe = story.exchanges.get(reading.exchange).and_then(|e| e.meant().probe);
        probe.is_none_or(|p| matches!(p, Condition::NotCancellable | Condition::UnsupportedKind))
    };
    let is_there = |reading: &Reading| {
        let mut parents = page.answer.exchange.asked.parents.iter();
        parents.all(|(name, named)| story.parent(reading, name) == Some(named.as_str()))
    };
    // Another service may know the job by another id, and may have no word for its state.
    let shape = walk.shape(story.contract);
    let service = |r: &Reading| story.contract.facts.operations.get(&r.operation).map(|o| &o.service);
    let is_shown = |r: &Reading| {
        service(r) == Some(&page.answer.operation.service)
            && r.state.as_ref().is_none_or(|state| shape.can_show(state))
    };
    story
        .lives()
        .iter()
        .filter(|life| {
            let operation = page.answer.operation;
            operation.lists.is_empty() || operation.lists_jobs_with(&facets(story, life, page))
        })
        .filter_map(|life| life.before(page.answer.index).find(|r| is_own(r)))
        .filter(|reading| is_there(reading) && is_shown(reading))
        .collect()
}

/// What was known of a job's facets before a page was asked for.
fn facets(story: &Story<'_>, life: &Life<'_>, page: &Page<'_>) -> Facets {
    life.before(page.answer.index).flat_map(|reading| story.facets_of(reading)).collect()
}

/// The readings that a walk has no item for.
pub(crate) fn missing<'t>(story: &Story<'_>, walk: &Walk<'_>, seen: Vec<&'t Reading>) -> Vec<&'t Reading> {
    let listed: BTreeSet<&str> = listed(story, walk).into_iter().map(|item| item.id.as_str()).collect();
    seen.into_iter().filter(|reading| !listed.contains(reading.id.as_str())).collect()
}

/// How grave it is that a list without pages lacks this job. It may hold the latest jobs only: an older job than any it
/// holds may be left out, and where ages are not shown nothing is sure.
pub(crate) fn gravity(story: &Story<'_>, walk: &Walk<'_>, reading: &Reading) -> Option<Level> {
    let is_paged = walk.first().is_some_and(|page| page.answer.operation.pagination.is_some());
    let listed = listed(story, walk);
    if is_paged || listed.is_empty() {
        return Some(Level::Fail);
    }
    let age = |r: &Reading| r.times.get("created").or_else(|| r.times.get("started")).copied();
    let Some(own) = age(reading) else { return Some(Level::Warn) };
    let ages: Option<Vec<_>> = listed.iter().map(|item| age(item)).collect();
    match ages {
        None => Some(Level::Warn),
        Some(ages) => ages.into_iter().any(|other| other < own).then_some(Level::Fail),
    }
}

fn listed<'t>(story: &Story<'t>, walk: &Walk<'_>) -> Vec<&'t Reading> {
    let of_page = |page: &Page<'_>| story.readings_at(page.answer.index).iter();
    walk.pages.iter().flat_map(of_page).filter(|r| r.from_list).collect()
}
