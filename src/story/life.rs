//! The lives of jobs: what was seen of each, and what may have changed it.

use std::collections::HashMap;

use super::acts::{self, Act};
use super::attempt::candidates;
use crate::contract::Contract;
use crate::contract::cancel::Expect;
use crate::contract::operation::Role;
use crate::exchange::{Exchange, Reading, Transcript};

/// What was seen of one job, and what was asked that may have changed it.
pub(crate) struct Life<'t> {
    /// The id that its readings go by.
    pub(crate) id: &'t str,
    /// The readings that show its state at the time, in order. Those of lists are left out: a list may lag behind.
    pub(crate) readings: Vec<&'t Reading>,
    /// The requests that may have changed it, in order.
    pub(crate) acts: Vec<Act>,
    /// Whether it may move though nobody has acted on it.
    may_move: bool,
    /// Whether it was there, as it is, long before.
    is_from_before: bool,
    contract: &'t Contract,
    exchanges: &'t [Exchange],
}

/// Whether a request for this id is for the job of the reading: vendors with several ids per job take any of them.
pub(crate) fn is_named(reading: &Reading, id: &str) -> bool {
    reading.id == id || reading.aliases.values().any(|alias| alias == id)
}

/// Whether one exchange was over before another began. The order of exchanges that overlap is unknown.
pub(crate) fn precedes(exchanges: &[Exchange], earlier: usize, later: usize) -> bool {
    let (Some(a), Some(b)) = (exchanges.get(earlier), exchanges.get(later)) else { return false };
    let together = a.meant().together.is_some() && a.meant().together == b.meant().together;
    earlier < later && !together && a.received <= b.sent
}

/// The lives of a transcript, in the order the jobs were first seen, and which of them go by an id.
pub(super) fn lives<'t>(
    contract: &'t Contract,
    transcript: &'t Transcript,
    readings: &'t [Reading],
) -> (Vec<Life<'t>>, HashMap<&'t str, Vec<usize>>) {
    let exchanges = transcript.exchanges.as_slice();
    let mut lives: Vec<Life<'t>> = Vec::new();
    let mut own: HashMap<&str, usize> = HashMap::new();
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for reading in readings.iter().filter(|reading| !reading.from_list) {
        let index = *own.entry(&reading.id).or_insert_with(|| {
            let (readings, acts) = (Vec::new(), Vec::new());
            lives.push(Life {
                id: &reading.id,
                readings,
                acts,
                may_move: true,
                is_from_before: false,
                contract,
                exchanges,
            });
            lives.len() - 1
        });
        lives[index].readings.push(reading);
        for name in std::iter::once(&reading.id).chain(reading.aliases.values()) {
            // By whichever of its ids it is known to stand still, it does.
            let origin = transcript.known.get(name);
            lives[index].may_move &= origin.is_none_or(|origin| origin.may_move());
            lives[index].is_from_before |= origin.is_some_and(|origin| origin.is_from_before());
            let named = by_name.entry(name).or_default();
            if named.last() != Some(&index) && !named.contains(&index) {
                named.push(index);
            }
        }
    }
    // A cancel of many, and a request that names no job, may mean every job.
    let mut of_all = Vec::new();
    for act in acts::acts(exchanges, contract) {
        let asked = exchanges.get(act.exchange).map(|exchange| &exchange.asked);
        match asked.and_then(|asked| asked.job.as_deref()).filter(|_| act.role != Role::CancelMany) {
            None => of_all.push(act),
            Some(job) => {
                for index in by_name.get(job).into_iter().flatten() {
                    lives[*index].acts.push(act);
                }
            }
        }
    }
    if !of_all.is_empty() {
        for life in &mut lives {
            life.acts.extend(&of_all);
            life.acts.sort_by_key(|act| act.exchange);
        }
    }
    (lives, by_name)
}

impl<'t> Life<'t> {
    /// The exchanges of the transcript.
    pub(super) fn exchanges(&self) -> &'t [Exchange] {
        self.exchanges
    }

    /// Whether one exchange was over before another began.
    pub(crate) fn precedes(&self, earlier: usize, later: usize) -> bool {
        precedes(self.exchanges, earlier, later)
    }

    /// The last reading that was over before an exchange began.
    pub(crate) fn last_before(&self, exchange: usize) -> Option<&'t Reading> {
        self.before(exchange).next()
    }

    /// The readings that were over before an exchange began, the last one first.
    pub(crate) fn before(&self, exchange: usize) -> impl Iterator<Item = &'t Reading> {
        let end = self.readings.partition_point(|reading| reading.exchange < exchange);
        self.readings[..end].iter().rev().copied().filter(move |r| self.precedes(r.exchange, exchange))
    }

    /// The readings that began after an exchange was over, in order.
    pub(crate) fn after(&self, exchange: usize) -> impl Iterator<Item = &'t Reading> {
        let start = self.readings.partition_point(|reading| reading.exchange <= exchange);
        self.readings[start..].iter().copied().filter(move |r| self.precedes(exchange, r.exchange))
    }

    /// Whether the job may move though nobody has acted on it: one that the target file names, or that the arrange hook
    /// gave, stays as it is. Where it may not move, nothing that a cancel or a retry meets is by chance.
    pub(crate) fn may_move(&self) -> bool {
        self.may_move
    }

    /// Whether the job was there, as it is, long before: the target file names it, or an earlier case saw it end.
    pub(crate) fn is_from_before(&self) -> bool {
        self.is_from_before
    }

    /// Whether the job may have moved by itself before this exchange was over: what stands still does so until a request
    /// is heard.
    pub(crate) fn may_move_before(&self, exchange: usize) -> bool {
        self.may_move || self.acts.iter().any(|act| act.exchange < exchange && !act.refused)
    }

    /// Whether a reading shows the job ended.
    pub(crate) fn is_ended(&self, reading: &Reading) -> bool {
        reading.state.as_ref().is_some_and(|state| self.contract.facts.lifecycle.is_terminal(state))
    }

    /// Whether a retry leaves the job alone that a reading shows: it starts another one in its place, or is refused.
    pub(super) fn is_left_by_retries(&self, reading: &Reading) -> bool {
        let Some(state) = &reading.state else { return false };
        let rows = candidates(&self.contract.facts.retry, state, &reading.facets, None);
        !rows.is_empty()
            && rows.iter().all(|row| match &row.expect {
                Expect::Accepted(accepted) => accepted.new_job,
                Expect::Refused(_) => true,
                Expect::Undocumented(_) => false,
            })
    }

    /// Each reading with the last reading that is known to be older, where `has` says that it tells something.
    pub(crate) fn steps(&self, has: impl Fn(&Reading) -> bool) -> Vec<(&'t Reading, &'t Reading)> {
        let readings: Vec<&Reading> = self.readings.iter().copied().filter(|r| has(r)).collect();
        (0..readings.len())
            .filter_map(|i| {
                let later = readings[i];
                let earlier =
                    readings[..i].iter().rev().find(|r| self.precedes(r.exchange, later.exchange))?;
                Some((*earlier, later))
            })
            .collect()
    }

    /// Each reading of the job after it had ended, with the reading that showed the end. Readings that come after a
    /// request to cancel or to retry the job count anew: what such requests may change is the concern of other rules.
    pub(crate) fn after_end(&self) -> Vec<(&'t Reading, &'t Reading)> {
        let mut pairs = Vec::new();
        let mut ended: Option<&Reading> = None;
        for reading in self.readings.iter().copied() {
            let is_final = self.is_ended(reading);
            let begins_anew = match ended {
                None => is_final,
                Some(first) if !self.precedes(first.exchange, reading.exchange) => continue,
                Some(first) if self.acted_between(first, reading, &Role::ACTS) => {
                    ended = None;
                    is_final && !Role::ACTS.contains(&reading.role)
                }
                Some(first) => {
                    pairs.push((first, reading));
                    false
                }
            };
            if begins_anew {
                ended = Some(reading);
            }
        }
        pairs
    }
}
