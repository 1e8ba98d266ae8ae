//! The jobs that a list must hold, because they were seen before it was asked for.

use super::walk::Walk;
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::exchange::{Reading, Transcript};
use crate::rule::Level;
use crate::rule::isolation::foreign::parent;
use crate::rule::order::precedes;

/// The last reading, before a walk, of each job that belongs to the parents of the walk.
pub(super) fn seen_before<'t>(
    transcript: &'t Transcript,
    contract: &Contract,
    walk: &Walk<'t>,
) -> Vec<&'t Reading> {
    let Some(page) = walk.first() else { return Vec::new() };
    let is_own = |reading: &Reading| {
        let probe = transcript.exchanges.get(reading.exchange).and_then(|e| e.meant().probe);
        probe.is_none_or(|p| matches!(p, Condition::NotCancellable | Condition::UnsupportedKind))
    };
    let is_there = |reading: &Reading| {
        let mut parents = page.answer.exchange.asked.parents.iter();
        parents.all(|(name, named)| parent(transcript, reading, name) == Some(named.as_str()))
    };
    transcript
        .jobs(contract)
        .into_iter()
        .filter_map(|job| {
            transcript
                .of_job(contract, job)
                .rfind(|r| is_own(r) && precedes(transcript, r.exchange, page.answer.index))
        })
        .filter(|reading| is_there(reading))
        .collect()
}

/// The readings that a walk has no item for.
pub(super) fn missing<'t>(
    transcript: &Transcript,
    contract: &Contract,
    walk: &Walk<'_>,
    seen: Vec<&'t Reading>,
) -> Vec<&'t Reading> {
    let listed = listed(transcript, contract, walk);
    seen.into_iter().filter(|reading| listed.iter().all(|item| item.id != reading.id)).collect()
}

/// How grave it is that a list without pages lacks this job. It may hold the latest jobs only: an older job than any it
/// holds may be left out, and where ages are not shown nothing is sure.
pub(super) fn gravity(
    transcript: &Transcript,
    contract: &Contract,
    walk: &Walk<'_>,
    reading: &Reading,
) -> Option<Level> {
    let is_paged = walk.first().is_some_and(|page| page.answer.operation.pagination.is_some());
    let listed = listed(transcript, contract, walk);
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

fn listed<'t>(transcript: &'t Transcript, contract: &Contract, walk: &Walk<'_>) -> Vec<&'t Reading> {
    let is_of_walk = |r: &Reading| walk.pages.iter().any(|page| page.answer.index == r.exchange);
    transcript.readings(contract).iter().filter(|r| r.from_list && is_of_walk(r)).collect()
}
