//! Whether a request names a job under parents that it does not belong to, or on behalf of somebody else.

use super::{Story, is_named};
use crate::exchange::Reading;

impl<'t> Story<'t> {
    /// Whether the request of an exchange names a job that was read before under other parents.
    pub(crate) fn is_foreign(&self, exchange: usize) -> bool {
        self.home_reading(exchange).is_some()
    }

    /// The last earlier reading of the job that the request of an exchange names, where it shows that the job belongs
    /// to other parents than the request says.
    pub(crate) fn home_reading(&self, exchange: usize) -> Option<&'t Reading> {
        let asked = &self.exchanges.get(exchange)?.asked;
        let reading = self.last_named(exchange, asked.job.as_ref()?, |reading| {
            self.exchanges.get(reading.exchange).is_some_and(|e| e.meant().probe.is_none())
        })?;
        let differs = asked
            .parents
            .iter()
            .any(|(name, named)| self.parent(reading, name).is_some_and(|home| home != named.as_str()));
        differs.then_some(reading)
    }

    /// The last reading of a job that the request of an exchange names, made by the usual identity before it.
    pub(crate) fn known_before(&self, exchange: usize) -> Option<&'t Reading> {
        let job = self.exchanges.get(exchange)?.asked.job.as_ref()?;
        self.last_named(exchange, job, |reading| self.is_ours(reading))
    }

    /// Whether a reading was made by the usual identity.
    pub(crate) fn is_ours(&self, reading: &Reading) -> bool {
        self.exchanges.get(reading.exchange).is_some_and(|e| e.meant().identity.is_none())
    }

    /// The parent of a job: as the job shows it, else as the request of the reading named it.
    pub(crate) fn parent<'r>(&self, reading: &'r Reading, name: &str) -> Option<&'r str>
    where
        't: 'r,
    {
        let asked = || self.exchanges.get(reading.exchange)?.asked.parents.get(name);
        reading.parents.get(name).or_else(asked).map(String::as_str)
    }

    /// The last reading of a job, in lists too, that was over before an exchange began and that counts.
    pub(crate) fn last_named(
        &self,
        exchange: usize,
        job: &str,
        counts: impl Fn(&Reading) -> bool,
    ) -> Option<&'t Reading> {
        let places = self.by_name_anywhere(job);
        let end = places.partition_point(|place| {
            self.readings.get(*place).is_some_and(|reading| reading.exchange < exchange)
        });
        places[..end].iter().rev().filter_map(|place| self.readings.get(*place)).find(|reading| {
            counts(reading) && self.precedes(reading.exchange, exchange) && is_named(reading, job)
        })
    }
}
