//! The ordered exchanges of one case.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::message::Exchange;
use super::reading::{Reading, readings};
use crate::contract::Contract;

/// The ordered exchanges of one case, in the order their requests were sent.
#[derive(Debug, Default)]
pub struct Transcript {
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
    /// Waits for a job that were given up at the deadline.
    pub given_up: Vec<GivenUp>,
    /// Where jobs come from, by each of their ids, as far as the one who made the transcript knows.
    pub known: BTreeMap<String, Origin>,
    readings: OnceLock<Vec<Reading>>,
}

/// Where a job comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A request of the run started it: it moves by itself.
    Started,
    /// The target file names it, and promises that it stays as it is until it is acted on.
    Fixture,
    /// The arrange hook gave it, and promises the same.
    Hook,
    /// An answer showed it: nobody knows who moves it.
    Met,
    /// An earlier case saw that it had ended, some time ago.
    Ended,
}

impl Origin {
    /// Whether it was there long before: lists know it.
    pub fn is_from_before(self) -> bool {
        matches!(self, Origin::Fixture | Origin::Ended)
    }

    /// Whether the job may move though nobody acts on it.
    pub fn may_move(self) -> bool {
        matches!(self, Origin::Started | Origin::Met | Origin::Ended)
    }
}

/// A wait for a job that was given up.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenUp {
    /// The job.
    pub job: String,
    /// The states waited for.
    pub waited_for: Vec<String>,
    /// How long.
    pub after: Duration,
    /// The last exchange of the wait.
    pub exchange: usize,
}

impl Transcript {
    /// A transcript of these exchanges.
    pub fn new(exchanges: Vec<Exchange>) -> Self {
        Transcript { exchanges, ..Transcript::default() }
    }

    /// Every reading of every job, in order. The contract must be the same at each call.
    pub fn readings(&self, contract: &Contract) -> &[Reading] {
        self.readings.get_or_init(|| {
            self.exchanges.iter().enumerate().flat_map(|(index, e)| readings(index, e, contract)).collect()
        })
    }

    /// The readings of one job that show its state at the time: those of lists are left out, because a list may
    /// lag behind.
    pub fn of_job<'t>(
        &'t self,
        contract: &Contract,
        job: &'t str,
    ) -> impl DoubleEndedIterator<Item = &'t Reading> {
        self.readings(contract).iter().filter(move |r| r.id == job && !r.from_list)
    }

    /// The ids of the jobs that were read other than from lists, in the order they were first seen.
    pub fn jobs(&self, contract: &Contract) -> Vec<&str> {
        let mut seen = Vec::new();
        for reading in self.readings(contract).iter().filter(|r| !r.from_list) {
            if !seen.contains(&reading.id.as_str()) {
                seen.push(reading.id.as_str());
            }
        }
        seen
    }
}
