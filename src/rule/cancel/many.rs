//! Cancels of many jobs, with what is known of each job before and after.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::contract::Contract;
use crate::contract::cancel::{CancelMany, Edge, Expect, RangeEnd, Row};
use crate::contract::operation::Role;
use crate::exchange::{Reading, Transcript};
use crate::rule::evidence::{Answer, answers};
use crate::rule::isolation::foreign::parent;
use crate::rule::order::{Acts, precedes};

/// How a job stands to what was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Standing<'t> {
    /// It is meant, and its own cancel would be accepted.
    Meant(&'t Row),
    /// It is not meant, for this reason, which rests on this reference.
    Left(String, &'t str),
    /// It was created at the very end of the range, and is meant but for that.
    AtEnd(Edge, &'t RangeEnd),
    /// Too little is known of it.
    Unknown,
}

/// One job that was read before and after a cancel of many, and that nothing else acted on meanwhile.
pub(super) struct Touched<'t> {
    /// The last reading before.
    pub(super) before: &'t Reading,
    /// The first reading after.
    pub(super) after: &'t Reading,
    /// Every reading after.
    pub(super) later: Vec<&'t Reading>,
    /// How it stands to the request.
    pub(super) standing: Standing<'t>,
}

/// One answered cancel of many jobs.
pub(super) struct Many<'t> {
    /// The request with its answer.
    pub(super) answer: Answer<'t>,
    /// What the call is documented to do.
    pub(super) fact: &'t CancelMany,
    /// The jobs that were read before and after.
    pub(super) jobs: Vec<Touched<'t>>,
}

/// Every cancel of many of a transcript, in order. Requests made wrong on purpose are left out.
pub(super) fn cancels<'t>(transcript: &'t Transcript, contract: &'t Contract) -> Vec<Many<'t>> {
    answers(transcript, contract)
        .filter(|a| a.operation.role == Role::CancelMany && a.exchange.meant().probe.is_none())
        .filter_map(|answer| {
            let fact = contract.facts.cancel_many.get(answer.name)?;
            let ids = transcript.jobs(contract);
            let jobs = ids.into_iter().filter_map(|id| touched(transcript, contract, &answer, fact, id));
            Some(Many { jobs: jobs.collect(), fact, answer })
        })
        .collect()
}

fn touched<'t>(
    transcript: &'t Transcript,
    contract: &'t Contract,
    answer: &Answer<'t>,
    fact: &'t CancelMany,
    id: &'t str,
) -> Option<Touched<'t>> {
    let readings: Vec<&Reading> = transcript.of_job(contract, id).filter(|r| r.state.is_some()).collect();
    let before = *readings.iter().rev().find(|r| precedes(transcript, r.exchange, answer.index))?;
    let acts = Acts::on(transcript, before, &Role::ACTS);
    let is_later = |r: &&Reading| {
        precedes(transcript, answer.index, r.exchange)
            && !acts.others_between(answer.index, before.exchange, r.exchange)
    };
    let later: Vec<&Reading> = readings.iter().copied().filter(is_later).collect();
    let after = *later.first()?;
    let standing = standing(transcript, contract, answer, fact, &readings, before);
    Some(Touched { before, after, later, standing })
}

fn standing<'t>(
    transcript: &'t Transcript,
    contract: &'t Contract,
    answer: &Answer<'t>,
    fact: &'t CancelMany,
    readings: &[&'t Reading],
    before: &'t Reading,
) -> Standing<'t> {
    let asked = &answer.exchange.asked;
    let mut is_certain = true;
    for (name, named) in &asked.parents {
        match readings.iter().find_map(|r| parent(transcript, r, name)) {
            Some(home) if home != named => {
                return Standing::Left(format!("of another {name} ({home})"), &fact.reference);
            }
            Some(_) => {}
            None => is_certain = false,
        }
    }
    let created = readings.iter().find_map(|r| r.times.get("created").copied());
    let mut at_end = None;
    for (edge, end) in fact.ends() {
        let Some(moment) = end.at.text(&asked.view).and_then(|text| text.parse::<Timestamp>().ok()) else {
            is_certain = false;
            continue;
        };
        let Some(created) = created else {
            is_certain = false;
            continue;
        };
        let is_outside = if edge == Edge::After { created < moment } else { created > moment };
        if is_outside {
            let why = format!("created at {created}, outside {} {moment}", edge.word());
            return Standing::Left(why, &fact.reference);
        }
        if created == moment {
            at_end = Some(Standing::AtEnd(edge, end));
        }
    }
    let state = before.state.as_deref().unwrap_or_default();
    let facets: BTreeMap<String, Vec<String>> =
        readings.iter().filter(|r| r.exchange <= before.exchange).flat_map(|r| r.facets.clone()).collect();
    match contract.cancel_row(state, &facets) {
        Some(row) if matches!(row.expect, Expect::Accepted(_)) && is_certain => {
            at_end.unwrap_or(Standing::Meant(row))
        }
        // A job that has not ended may have moved on to where it can be cancelled.
        Some(row)
            if matches!(row.expect, Expect::Refused(_)) && contract.facts.lifecycle.is_terminal(state) =>
        {
            Standing::Left(format!("already {state}"), &row.reference)
        }
        _ => Standing::Unknown,
    }
}
