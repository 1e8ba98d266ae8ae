//! Points in time that follow from when the jobs of a case were created.

use jiff::{SignedDuration, Timestamp};

use super::drive::Driver;
use crate::case::Moment;
use crate::exchange::reading::readings;
use crate::rule::Why;

/// How far a moment before or after a creation is from it.
const A_MOMENT: SignedDuration = SignedDuration::from_secs(1);

impl Driver<'_> {
    /// The moment as a request carries it: as in RFC 3339, with a numeric offset.
    pub(super) fn moment(&self, moment: &Moment) -> Result<String, Why> {
        let at = match moment {
            Moment::Of(job) => self.created(job)?,
            Moment::Before(job) => whole(self.created(job)?.saturating_sub(A_MOMENT).map_err(error)?),
            Moment::After(job) => {
                // Rounding down must not lead back to the creation itself.
                whole(self.created(job)?.saturating_add(A_MOMENT * 2).map_err(error)?)
            }
            Moment::Between(earlier, later) => {
                let (earlier, later) = (self.created(earlier)?, self.created(later)?);
                let half = later.duration_since(earlier) / 2;
                let middle = earlier.saturating_add(half).map_err(error)?;
                if whole(middle) > earlier { whole(middle) } else { middle }
            }
        };
        Ok(at.strftime("%Y-%m-%dT%H:%M:%S%.f+00:00").to_string())
    }

    /// When a job of the case was created, as one of its readings says.
    fn created(&self, slot: &str) -> Result<Timestamp, Why> {
        let id = self.slot(slot)?;
        let contract = &self.setup.contract;
        let found = self.exchanges.iter().enumerate().rev().find_map(|(index, exchange)| {
            let of_job = readings(index, exchange, contract).into_iter().find(|reading| {
                !reading.from_list && (reading.id == id || reading.aliases.values().any(|alias| *alias == id))
            });
            of_job?.times.get("created").copied()
        });
        // It need not be shown: where the member is optional, a server may leave it out.
        found
            .ok_or_else(|| Why::NotSeen { sought: format!("the time at which the job `{slot}` was created") })
    }
}

/// The moment without a fraction of a second.
fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

fn error(why: jiff::Error) -> Why {
    Why::NotSent { because: format!("a point in time out of range: {why}") }
}
