//! Whether a request names a job under parents that it does not belong to.

use crate::contract::Contract;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;
use crate::exchange::{Reading, Transcript};
use crate::rule::Finding;
use crate::rule::evidence::{Answer, is_named, place};
use crate::rule::order::precedes;

/// Whether the request at `index` names a job that was read before under other parents.
pub(in crate::rule) fn is_foreign(transcript: &Transcript, contract: &Contract, index: usize) -> bool {
    home_reading(transcript, contract, index).is_some()
}

/// The last earlier reading of the job that the request at `index` names, where it shows that the job belongs to
/// other parents than the request says.
pub(in crate::rule) fn home_reading<'t>(
    transcript: &'t Transcript,
    contract: &Contract,
    index: usize,
) -> Option<&'t Reading> {
    let asked = &transcript.exchanges.get(index)?.asked;
    let job = asked.job.as_ref()?;
    let reading = transcript.readings(contract).iter().rev().find(|reading| {
        let is_plain = transcript.exchanges.get(reading.exchange).is_some_and(|e| e.meant().probe.is_none());
        is_plain && precedes(transcript, reading.exchange, index) && is_named(reading, job)
    })?;
    let differs = asked
        .parents
        .iter()
        .any(|(name, named)| parent(transcript, reading, name).is_some_and(|home| home != named.as_str()));
    differs.then_some(reading)
}

/// The parent of a job: as the job shows it, else as the request of the reading named it.
pub(in crate::rule) fn parent<'t>(
    transcript: &'t Transcript,
    reading: &'t Reading,
    name: &str,
) -> Option<&'t str> {
    let asked = || transcript.exchanges.get(reading.exchange)?.asked.parents.get(name);
    reading.parents.get(name).or_else(asked).map(String::as_str)
}

/// The finding for a job that stopped after a cancel which nobody should have minded, though nobody else asked for it.
/// `home` is a reading from before.
pub(in crate::rule) fn stopped(
    transcript: &Transcript,
    contract: &Contract,
    answer: &Answer<'_>,
    home: &Reading,
    reference: &str,
    message: &str,
) -> Option<Finding> {
    let is_stopped = |reading: &Reading| {
        let phase = reading.state.as_ref().map(|state| contract.facts.lifecycle.phase(state));
        matches!(phase, Some(Phase::Stopping | Phase::Cancelled))
    };
    let after =
        transcript.of_job(contract, &home.id).find(|r| precedes(transcript, answer.index, r.exchange))?;
    let asked_properly = transcript.exchanges.iter().enumerate().any(|(index, exchange)| {
        index != answer.index
            && matches!(exchange.asked.role, Some(Role::Cancel | Role::CancelMany))
            && exchange.asked.job.as_ref().is_none_or(|id| is_named(home, id))
            && !precedes(transcript, after.exchange, index)
    });
    if is_stopped(home) || !is_stopped(after) || asked_properly {
        return None;
    }
    let text = |r: &Reading| r.state.clone().unwrap_or_default();
    let at = place(transcript, after, contract.shape_of(&after.operation).state.as_str());
    Some(Finding::new(after.exchange, reference, message.to_owned(), text(home), text(after)).at(at))
}

/// The last reading of a job that the request at `index` names, made by the usual identity before it.
pub(in crate::rule) fn known_before<'t>(
    transcript: &'t Transcript,
    contract: &Contract,
    index: usize,
) -> Option<&'t Reading> {
    let job = transcript.exchanges.get(index)?.asked.job.as_ref()?;
    transcript.readings(contract).iter().rev().find(|reading| {
        let sender = transcript.exchanges.get(reading.exchange).map(|e| e.meant().identity);
        sender == Some(None) && precedes(transcript, reading.exchange, index) && is_named(reading, job)
    })
}
