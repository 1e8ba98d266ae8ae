//! Cancelling jobs about when they end by themselves.

use std::time::Duration;

use super::drive::Driver;
use super::request::hash;
use crate::case::Race;
use crate::contract::cancel::Expect;
use crate::contract::likeness::Dice;
use crate::exchange::reading::readings;
use crate::rule::Why;

/// How near to the end the nearest cancels come, on a server whose jobs always take the same time.
const NEAR: Duration = Duration::from_millis(1);

/// How often a job is read some more after its end: a change that comes late is seen then.
const AFTER: usize = 2;

/// Between which times after its start a job stopped being one that can be cancelled.
#[derive(Clone, Copy)]
struct Window {
    /// It still was one.
    open: Duration,
    /// It no longer was.
    closed: Duration,
}

impl Driver<'_> {
    /// Starts a job to see how long it can be cancelled; then starts others, and cancels each about then.
    pub(super) async fn race(&mut self, race: &Race) -> Result<(), Why> {
        // Other cases need jobs, too: a race takes no more than half of what is left.
        let times = race.times.min((self.jobs_left().await / 2).saturating_sub(1));
        if times == 0 {
            return Err(self.too_many());
        }
        let Some(measured) = self.measure(race).await? else { return Ok(()) };
        let mut window = measured;
        let mut dice = Dice::new(self.setup.seed, hash(&self.case.id));
        for round in 0..times {
            // Every other cancel goes right to the edge that was measured; between them, the place where the answer
            // turns is closed in on, with some jitter.
            let at = match round {
                0 => measured.closed,
                2 => measured.closed.saturating_sub(NEAR),
                4 => measured.closed + NEAR,
                _ => {
                    let width = window.closed.saturating_sub(window.open);
                    window.open + width.mul_f64(0.25 + 0.5 * share(&mut dice))
                }
            };
            let (id, accepted, sent) = self.cancel_at(race, at).await?;
            if accepted {
                window.open = window.open.max(sent).min(window.closed);
            } else {
                window.closed = window.closed.min(sent).max(window.open);
            }
            self.poll(&id, false, &[]).await?;
            for _ in 0..AFTER {
                self.setup.target.pause(self.setup.limits.poll_interval).await;
                self.read(&id, false).await?;
            }
            self.give_back(&id).await;
        }
        Ok(())
    }

    /// Lets other cases have a job that has ended.
    async fn give_back(&self, id: &str) {
        let mut pool = self.pool.lock().await;
        let key = pool.key(id);
        if let Some(known) = pool.jobs.get_mut(&key) {
            known.taken = false;
        }
    }

    /// Lets one job run to its end; `None` where it does not get there.
    async fn measure(&mut self, race: &Race) -> Result<Option<Window>, Why> {
        let (id, began) = self.start(race).await?;
        let first = self.exchanges.len();
        let closed: Vec<String> = {
            let states = self.setup.contract.facts.lifecycle.states.keys();
            states.filter(|state| !race.open.contains(state)).cloned().collect()
        };
        let state = self.poll(&id, false, &closed).await?;
        if state.is_none_or(|state| !closed.contains(&state)) {
            return Ok(None);
        }
        let reads = first..self.exchanges.len();
        let Some(end) = reads.clone().find(|read| !self.is_open(race, *read)).or(reads.last()) else {
            return Ok(None);
        };
        let before = (end > first).then(|| &self.exchanges[end - 1]);
        let open = before.map_or(Duration::ZERO, |read| read.sent.saturating_sub(began));
        let window = Window { open, closed: self.exchanges[end].received.saturating_sub(began) };
        self.poll(&id, false, &[]).await?;
        self.give_back(&id).await;
        Ok(Some(window))
    }

    /// Whether the job can still be cancelled, as far as a reading tells: by its state, and by its facets where they are
    /// known, which may change first.
    fn is_open(&self, race: &Race, index: usize) -> bool {
        let exchange = &self.exchanges[index];
        let contract = &self.setup.contract;
        readings(index, exchange, contract).iter().all(|reading| {
            let Some(state) = &reading.state else { return true };
            let mut facets = exchange.asked.facets.clone();
            facets.extend(reading.facets.clone());
            let row = contract.cancel_row(state, &facets);
            let is_refused = row.is_some_and(|row| matches!(row.expect, Expect::Refused(_)));
            race.open.contains(state) && (facets.is_empty() || !is_refused)
        })
    }

    /// Starts a job; gives its id, and when the answer came.
    async fn start(&mut self, race: &Race) -> Result<(String, Duration), Why> {
        let index = self.call(&race.create).await?;
        let id = self.slot(race.create.creates.as_deref().unwrap_or_default())?;
        Ok((id, self.exchanges[index].received))
    }

    /// Starts a job and cancels it after this time; gives its id, whether the cancel was answered with success, and
    /// when it was sent, from the start of the job.
    async fn cancel_at(&mut self, race: &Race, at: Duration) -> Result<(String, bool, Duration), Why> {
        if let Some(slot) = &race.create.creates {
            self.slots.remove(slot);
        }
        let (id, began) = self.start(race).await?;
        let passed = self.setup.target.elapsed().saturating_sub(began);
        self.setup.target.pause(at.saturating_sub(passed)).await;
        let index = self.call(&race.cancel).await?;
        let cancel = &self.exchanges[index];
        let (accepted, sent) = (cancel.success().is_some(), cancel.sent.saturating_sub(began));
        Ok((id, accepted, sent))
    }
}

/// A number from 0 to 1.
fn share(dice: &mut Dice) -> f64 {
    f64::from(u16::try_from(dice.roll() % 1_000).unwrap_or(0)) / 1_000.0
}
