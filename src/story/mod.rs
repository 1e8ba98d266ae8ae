//! The story that a transcript tells: everything a rule may ask of it, worked out once, in time that grows with the
//! number of exchanges.
//!
//! | what | where |
//! |---|---|
//! | answers to calls that the contract knows | `answer` |
//! | what an answer says: yes, no, which error | `said` |
//! | the lives of jobs: readings, requests that may have changed them | `life`, `acts` |
//! | attempts to cancel or to retry one job | `attempt` |
//! | what may follow an accepted cancel | `follow` |
//! | cancels of many jobs | `many` |
//! | walks through the pages of lists | `walk` |
//! | requests to GraphQL services | `talk` |
//! | jobs that are named under other parents, or by somebody else | `foreign` |
//! | one job's story in a line, for findings | `tale` |
//! | values as findings show them, and where they stand | `text`, `place` |

pub(crate) mod acts;
pub(crate) mod answer;
pub(crate) mod attempt;
pub(crate) mod follow;
pub(crate) mod foreign;
pub(crate) mod life;
pub(crate) mod many;
mod place;
pub(crate) mod said;
pub(crate) mod tale;
pub(crate) mod talk;
pub(crate) mod text;
pub(crate) mod walk;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::time::Duration;

pub(crate) use answer::Answer;
pub(crate) use attempt::Attempt;
pub(crate) use life::{Life, is_named};

use crate::contract::Contract;
use crate::contract::cancel::Table;
use crate::exchange::transcript::GivenUp;
use crate::exchange::{Exchange, Reading, Transcript};

/// What one transcript tells, measured against one contract.
pub struct Story<'t> {
    pub(crate) contract: &'t Contract,
    pub(crate) exchanges: &'t [Exchange],
    pub(crate) given_up: &'t [GivenUp],
    readings: &'t [Reading],
    /// Where in `readings` those of each exchange begin; one more at the end.
    starts: Vec<usize>,
    answers: Vec<Answer<'t>>,
    lives: Vec<Life<'t>>,
    /// The lives that go by an id, their own or a further one.
    by_name: HashMap<&'t str, Vec<usize>>,
    /// Where in `readings` a job is read that goes by an id, in lists too.
    places: OnceCell<HashMap<&'t str, Vec<usize>>>,
    cancels: OnceCell<Vec<Attempt<'t>>>,
    retries: OnceCell<Vec<Attempt<'t>>>,
    many: OnceCell<Vec<many::Many<'t>>>,
    walks: OnceCell<Vec<walk::Walk<'t>>>,
    talks: OnceCell<Vec<talk::Talk<'t>>>,
}

impl std::fmt::Debug for Story<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Story")
            .field("exchanges", &self.exchanges.len())
            .field("lives", &self.lives.len())
            .finish_non_exhaustive()
    }
}

impl<'t> Story<'t> {
    /// The story of a transcript.
    pub fn of(contract: &'t Contract, transcript: &'t Transcript) -> Story<'t> {
        let exchanges = transcript.exchanges.as_slice();
        let readings = transcript.readings(contract);
        let mut starts = vec![readings.len(); exchanges.len() + 1];
        for (index, reading) in readings.iter().enumerate().rev() {
            starts[reading.exchange] = index;
        }
        for index in (0..exchanges.len()).rev() {
            starts[index] = starts[index].min(starts[index + 1]);
        }
        let (lives, by_name) = life::lives(contract, transcript, readings);
        Story {
            contract,
            exchanges,
            given_up: &transcript.given_up,
            readings,
            starts,
            answers: answer::answers(exchanges, contract),
            lives,
            by_name,
            places: OnceCell::new(),
            cancels: OnceCell::new(),
            retries: OnceCell::new(),
            many: OnceCell::new(),
            walks: OnceCell::new(),
            talks: OnceCell::new(),
        }
    }

    /// The responses to calls that the contract knows, in order.
    pub(crate) fn answers(&self) -> &[Answer<'t>] {
        &self.answers
    }

    /// The response of this exchange, where it is to a call that the contract knows.
    pub(crate) fn answer(&self, exchange: usize) -> Option<&Answer<'t>> {
        let found = self.answers.binary_search_by_key(&exchange, |answer| answer.index).ok()?;
        self.answers.get(found)
    }

    /// Every reading of every job, those of lists too, in order.
    pub(crate) fn readings(&self) -> &'t [Reading] {
        self.readings
    }

    /// The readings of one exchange.
    pub(crate) fn readings_at(&self, exchange: usize) -> &'t [Reading] {
        match (self.starts.get(exchange), self.starts.get(exchange + 1)) {
            (Some(&start), Some(&end)) => self.readings.get(start..end).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The reading of one job, not of a list, in one exchange.
    pub(crate) fn reading_at(&self, exchange: usize) -> Option<&'t Reading> {
        self.readings_at(exchange).iter().find(|reading| !reading.from_list)
    }

    /// The lives of the jobs that were read other than from lists, in the order they were first seen.
    pub(crate) fn lives(&self) -> &[Life<'t>] {
        &self.lives
    }

    /// For each job that was read again after it had ended, how long after: from the first reading of its end to the
    /// last one of it.
    pub fn spans_after_end(&self) -> Vec<Duration> {
        let span = |life: &Life<'t>| {
            let (_, last) = *life.after_end().last()?;
            let (first, _) = *life.after_end().first()?;
            Some(last.when.saturating_sub(first.when))
        };
        self.lives.iter().filter_map(span).collect()
    }

    /// The life whose readings go by this id.
    pub(crate) fn life(&self, id: &str) -> Option<&Life<'t>> {
        self.lives_named(id).find(|life| life.id == id)
    }

    /// The lives that go by this id, their own or a further one, in the order they were first seen.
    pub(crate) fn lives_named(&self, id: &str) -> impl Iterator<Item = &Life<'t>> {
        self.by_name.get(id).into_iter().flatten().filter_map(|index| self.lives.get(*index))
    }

    /// The readings of the job of this id that show its state at the time, not those of lists.
    pub(crate) fn of_job(&self, id: &str) -> impl DoubleEndedIterator<Item = &'t Reading> {
        self.life(id).map(|life| life.readings.as_slice()).unwrap_or_default().iter().copied()
    }

    /// The readings, not of lists, of every job that goes by this id, in order.
    pub(crate) fn named(&self, id: &str) -> Vec<&'t Reading> {
        in_order(self.lives_named(id))
    }

    /// The readings, not of lists, of the job of a reading, by whichever of its ids it was read, in order.
    pub(crate) fn kin(&self, reading: &Reading) -> Vec<&'t Reading> {
        let names = std::iter::once(&reading.id).chain(reading.aliases.values());
        in_order(names.flat_map(|name| self.lives_named(name)))
    }

    /// Whether a job of this id was read, in a list or not, in an exchange before this one.
    pub(crate) fn is_seen_before(&self, exchange: usize, id: &str) -> bool {
        let first = self.by_name_anywhere(id).first().and_then(|place| self.readings.get(*place));
        first.is_some_and(|reading| reading.exchange < exchange)
    }

    /// Where in the readings a job stands that goes by this id, in lists too, in order.
    fn by_name_anywhere(&self, id: &str) -> &[usize] {
        let places = self.places.get_or_init(|| {
            let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
            for (place, reading) in self.readings.iter().enumerate() {
                for name in std::iter::once(&reading.id).chain(reading.aliases.values()) {
                    let places = found.entry(name).or_default();
                    if places.last() != Some(&place) {
                        places.push(place);
                    }
                }
            }
            found
        });
        places.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The attempts to cancel or to retry one job, in order.
    pub(crate) fn attempts(&self, table: Table) -> &[Attempt<'t>] {
        let made = match table {
            Table::Cancel => &self.cancels,
            Table::Retry => &self.retries,
        };
        made.get_or_init(|| attempt::attempts(self, table))
    }

    /// The attempt that an exchange is.
    pub(crate) fn attempt_at(&self, table: Table, exchange: usize) -> Option<&Attempt<'t>> {
        let attempts = self.attempts(table);
        let found = attempts.binary_search_by_key(&exchange, |attempt| attempt.answer.index).ok()?;
        attempts.get(found)
    }

    /// The cancels of many jobs, in order.
    pub(crate) fn many(&self) -> &[many::Many<'t>] {
        self.many.get_or_init(|| many::cancels(self))
    }

    /// The walks through the pages of lists, in order.
    pub(crate) fn walks(&self) -> &[walk::Walk<'t>] {
        self.walks.get_or_init(|| walk::walks(self))
    }

    /// The answered requests to GraphQL services, in order.
    pub(crate) fn talks(&self) -> &[talk::Talk<'t>] {
        self.talks.get_or_init(|| talk::talks(self))
    }

    /// Whether one exchange was over before another began. The order of exchanges that overlap is unknown.
    pub(crate) fn precedes(&self, earlier: usize, later: usize) -> bool {
        life::precedes(self.exchanges, earlier, later)
    }
}

/// The readings of several lives, each once, in order.
fn in_order<'s, 't: 's>(lives: impl Iterator<Item = &'s Life<'t>>) -> Vec<&'t Reading> {
    let mut own: Vec<&Life<'t>> = Vec::new();
    lives.for_each(|life| {
        if own.iter().all(|other| other.id != life.id) {
            own.push(life);
        }
    });
    let mut found: Vec<&Reading> = own.into_iter().flat_map(|life| life.readings.iter().copied()).collect();
    found.sort_by_key(|reading| reading.exchange);
    found
}
