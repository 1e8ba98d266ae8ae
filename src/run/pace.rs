//! Keeping to the pace that a vendor documents for readings of jobs.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::contract::facts::Polling;
use crate::contract::span::Span;

const MINUTE: Duration = Duration::from_secs(60);

/// How often jobs may be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// The shortest time between two readings of one job.
    pub min_interval: Duration,
    /// The most readings in any minute, of all jobs together.
    pub per_minute: Option<u32>,
}

impl Pace {
    /// The documented pace.
    pub fn of(polling: &Polling) -> Pace {
        let min_interval = polling.min_interval.as_ref().map(|span| span.0).unwrap_or_default();
        Pace { min_interval, per_minute: polling.per_minute.filter(|most| *most > 0) }
    }
}

impl std::fmt::Display for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let apart = (!self.min_interval.is_zero())
            .then(|| format!("those of one job at least {} apart", Span(self.min_interval)));
        let most = self.per_minute.map(|most| format!("at most {most} a minute"));
        f.write_str(&apart.into_iter().chain(most).collect::<Vec<_>>().join(", "))
    }
}

/// The readings of one server so far.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// When each job was read last.
    last: BTreeMap<String, Duration>,
    /// When the readings of the last minute were, the oldest first.
    recent: VecDeque<Duration>,
}

impl Readings {
    /// Takes the next turn to read a job: when it is, not before `now`.
    pub(super) fn turn(&mut self, pace: &Pace, job: &str, now: Duration) -> Duration {
        let mut at = self.last.get(job).map_or(now, |last| now.max(*last + pace.min_interval));
        if let Some(most) = pace.per_minute {
            // A turn that was taken for later counts as well: turns come in order.
            at = self.recent.back().map_or(at, |last| at.max(*last));
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            if let Some(blocking) =
                self.recent.len().checked_sub(most).and_then(|index| self.recent.get(index))
            {
                at = at.max(*blocking + MINUTE);
            }
            self.recent.push_back(at);
            while self.recent.len() > most {
                self.recent.pop_front();
            }
        }
        self.last.insert(job.to_owned(), at);
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn readings_of_one_job_are_apart() {
        let pace = Pace { min_interval: seconds(5), per_minute: None };
        let mut readings = Readings::default();
        assert_eq!(readings.turn(&pace, "a", seconds(1)), seconds(1));
        assert_eq!(readings.turn(&pace, "a", seconds(2)), seconds(6));
        assert_eq!(readings.turn(&pace, "b", seconds(2)), seconds(2));
        assert_eq!(readings.turn(&pace, "a", seconds(60)), seconds(60));
    }

    #[test]
    fn no_minute_holds_more_than_its_share() {
        let pace = Pace { min_interval: Duration::ZERO, per_minute: Some(3) };
        let mut readings = Readings::default();
        let turns: Vec<u64> =
            (0..7).map(|n| readings.turn(&pace, &n.to_string(), seconds(n)).as_secs()).collect();
        assert_eq!(turns, [0, 1, 2, 60, 61, 62, 120]);
    }
}
