//! Whether a request names a job under parents that it does not belong to.

use crate::contract::Contract;
use crate::exchange::{Reading, Transcript};
use crate::rule::evidence::is_named;
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
        let is_plain = transcript.exchanges.get(reading.exchange).is_some_and(|e| e.asked.probe.is_none());
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
