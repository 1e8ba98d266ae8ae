//! Cancels of many jobs, with what is known of each job before and after.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Answer, Life, Story};
use crate::contract::cancel::{CancelMany, Edge, Expect, RangeEnd, Row};
use crate::contract::operation::Role;
use crate::exchange::Reading;

/// How a job stands to what was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Standing<'t> {
    /// It is meant, and its own cancel would be accepted.
    Meant(&'t Row),
    /// It is not meant, for this reason, in a word and in words, which rests on this reference.
    Left(&'static str, String, &'t str),
    /// It was created at the very end of the range, and is meant but for that.
    AtEnd(Edge, &'t RangeEnd),
    /// Too little is known of it.
    Unknown,
}

/// One job that was read before and after a cancel of many, and that nothing else acted on meanwhile.
pub(crate) struct Touched<'t> {
    /// The last reading before.
    pub(crate) before: &'t Reading,
    /// The first reading after.
    pub(crate) after: &'t Reading,
    /// Every reading after.
    pub(crate) later: Vec<&'t Reading>,
    /// How it stands to the request.
    pub(crate) standing: Standing<'t>,
}

/// One answered cancel of many jobs.
pub(crate) struct Many<'t> {
    /// The request with its answer.
    pub(crate) answer: Answer<'t>,
    /// What the call is documented to do.
    pub(crate) fact: &'t CancelMany,
    /// The jobs that were read before and after.
    pub(crate) jobs: Vec<Touched<'t>>,
}

/// Every cancel of many of a transcript, in order. Requests made wrong on purpose are left out.
pub(super) fn cancels<'t>(story: &Story<'t>) -> Vec<Many<'t>> {
    let own = story.answers().iter().filter(|answer| {
        answer.operation.role == Role::CancelMany && answer.exchange.meant().probe.is_none()
    });
    own.filter_map(|answer| {
        let fact = story.contract.facts.cancel_many.get(answer.name)?;
        let jobs = story.lives().iter().filter_map(|life| touched(story, answer, fact, life));
        Some(Many { jobs: jobs.collect(), fact, answer: *answer })
    })
    .collect()
}

fn touched<'t>(
    story: &Story<'t>,
    answer: &Answer<'t>,
    fact: &'t CancelMany,
    life: &Life<'t>,
) -> Option<Touched<'t>> {
    let before = life.before(answer.index).find(|r| r.state.is_some())?;
    let is_later =
        |r: &&Reading| !life.others_between(answer.index, before.exchange, r.exchange, &Role::ACTS);
    // What something else acted on may have been moved by that for good.
    let later: Vec<&Reading> =
        life.after(answer.index).filter(|r| r.state.is_some()).take_while(is_later).collect();
    let after = *later.first()?;
    let standing = standing(story, answer, fact, life, before);
    Some(Touched { before, after, later, standing })
}

fn standing<'t>(
    story: &Story<'t>,
    answer: &Answer<'t>,
    fact: &'t CancelMany,
    life: &Life<'t>,
    before: &'t Reading,
) -> Standing<'t> {
    let contract = story.contract;
    let readings: Vec<&Reading> = life.readings.iter().copied().filter(|r| r.state.is_some()).collect();
    let asked = &answer.exchange.asked;
    let mut is_certain = true;
    for (name, named) in &asked.parents {
        match readings.iter().find_map(|r| story.parent(r, name)) {
            Some(home) if home != named => {
                return Standing::Left(
                    "other-parent",
                    format!("of another {name} ({home})"),
                    &fact.reference,
                );
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
            return Standing::Left("outside-range", why, &fact.reference);
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
            Standing::Left("already-ended", format!("already {state}"), &row.reference)
        }
        _ => Standing::Unknown,
    }
}
