//! What happened before what, as far as a client can know.

use crate::contract::Contract;
use crate::contract::operation::Role;
use crate::exchange::{Reading, Transcript};

use super::evidence::is_named;

/// Whether one exchange was over before another began. The order of exchanges that overlap is unknown.
pub(crate) fn precedes(transcript: &Transcript, earlier: usize, later: usize) -> bool {
    let (Some(a), Some(b)) = (transcript.exchanges.get(earlier), transcript.exchanges.get(later)) else {
        return false;
    };
    let together = a.meant().together.is_some() && a.meant().together == b.meant().together;
    earlier < later && !together && a.received <= b.sent
}

/// Each reading of a job with the last reading that is known to be older, where `has` says that it tells something.
pub(crate) fn steps<'t>(
    transcript: &'t Transcript,
    contract: &Contract,
    job: &'t str,
    has: impl Fn(&Reading) -> bool,
) -> Vec<(&'t Reading, &'t Reading)> {
    let readings: Vec<&Reading> = transcript.of_job(contract, job).filter(|r| has(r)).collect();
    (0..readings.len())
        .filter_map(|i| {
            let later = readings[i];
            let earlier =
                readings[..i].iter().rev().find(|r| precedes(transcript, r.exchange, later.exchange))?;
            Some((*earlier, later))
        })
        .collect()
}

/// The exchanges of a transcript that ask to change one job.
pub(crate) struct Acts<'t> {
    transcript: &'t Transcript,
    found: Vec<usize>,
}

impl<'t> Acts<'t> {
    /// Finds the requests of these roles for the job of a reading. Requests that name no job may mean every job.
    pub(crate) fn on(transcript: &'t Transcript, reading: &Reading, roles: &[Role]) -> Self {
        let found = transcript.exchanges.iter().enumerate().filter(|(_, exchange)| {
            exchange.asked.role.is_some_and(|role| roles.contains(&role))
                && exchange.asked.job.as_ref().is_none_or(|id| is_named(reading, id))
        });
        Acts { transcript, found: found.map(|(index, _)| index).collect() }
    }

    /// Whether one of them, other than `this`, may have taken effect after one exchange and no later than another.
    pub(crate) fn others_between(&self, this: usize, earlier: usize, later: usize) -> bool {
        self.found.iter().any(|&act| {
            act != this
                && !precedes(self.transcript, act, earlier)
                && !precedes(self.transcript, later, act)
                && act != earlier
        })
    }

    /// Whether one of them may have taken effect after the first reading and no later than the second.
    pub(crate) fn between(&self, earlier: &Reading, later: &Reading) -> bool {
        self.found.iter().any(|&act| {
            act != earlier.exchange
                && !precedes(self.transcript, act, earlier.exchange)
                && !precedes(self.transcript, later.exchange, act)
        })
    }
}

/// Each reading of a job that had ended, with the reading that showed the end. Readings that come after a request to
/// cancel or to retry the job count anew: what such requests may change is the concern of other rules.
pub(crate) fn after_end<'t>(
    transcript: &'t Transcript,
    contract: &Contract,
    job: &'t str,
) -> Vec<(&'t Reading, &'t Reading)> {
    let mut pairs = Vec::new();
    let mut ended: Option<(&Reading, Acts<'_>)> = None;
    for reading in transcript.of_job(contract, job) {
        let is_final = reading.state.as_ref().is_some_and(|s| contract.facts.lifecycle.is_terminal(s));
        let begins_anew = match &ended {
            None => is_final,
            Some((first, _)) if !precedes(transcript, first.exchange, reading.exchange) => continue,
            Some((first, acts)) if acts.between(first, reading) => {
                ended = None;
                is_final && !Role::ACTS.contains(&reading.role)
            }
            Some((first, _)) => {
                pairs.push((*first, reading));
                false
            }
        };
        if begins_anew {
            ended = Some((reading, Acts::on(transcript, reading, &Role::ACTS)));
        }
    }
    pairs
}
