//! Reading jobs: once, and until they are where they are waited for.

use serde_json::Value;

use super::drive::Driver;
use crate::case::{Call, JobRef, Parents};
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;
use crate::exchange::Reading;
use crate::exchange::reading::readings;
use crate::exchange::transcript::GivenUp;
use crate::rule::Why;

impl Driver<'_> {
    /// Waits until a job may be read, where the vendor documents a pace.
    pub(super) async fn keep_pace(&self, job: &str) {
        let Some(pace) = &self.setup.limits.pace else { return };
        let now = self.setup.target.elapsed();
        let turn = self.pool.lock().await.readings.turn(pace, job, now);
        let wait = turn.saturating_sub(now);
        if !wait.is_zero() {
            self.setup.target.pause(wait).await;
        }
    }

    /// Reads a job once; gives its state, where the answer shows it.
    pub(super) async fn read(&mut self, id: &str, foreign: bool) -> Result<Option<String>, Why> {
        let contract = &self.setup.contract;
        let Some(reader) = self.operation(contract, Role::Get) else {
            return Err(Why::NoWay { what: "the contract has no operation that reads one job".into() });
        };
        let mut call = Call::new(reader);
        call.job = JobRef::Literal(id.to_owned());
        if foreign {
            call.parents = Parents::Foreign;
        }
        let index = self.call(&call).await?;
        let exchange = &self.exchanges[index];
        if let Err(error) = &exchange.outcome {
            return Err(Why::Lost { operation: reader.to_owned(), error: error.to_string() });
        }
        let asked = exchange.asked.job.as_deref();
        let is_it = |r: &Reading| r.id == id || Some(r.id.as_str()) == asked;
        let shown = readings(index, exchange, contract).into_iter().find(is_it);
        Ok(shown.and_then(|reading| reading.state))
    }

    /// Sends a request until its answer shows a value; one that is not served, or shows nothing there, is not repeated.
    pub(super) async fn wait_for(&mut self, call: &Call, at: &Pointer, equals: &Value) -> Result<(), Why> {
        let started = self.setup.target.elapsed();
        loop {
            let index = self.call(call).await?;
            let response = self.exchanges[index].response().filter(|response| response.is_success());
            let shown = response.and_then(|response| at.first(response.json().ok()?));
            let waited = self.setup.target.elapsed().saturating_sub(started);
            if shown.is_none_or(|shown| shown == equals) || waited >= self.setup.limits.deadline {
                return Ok(());
            }
            self.setup.target.pause(self.setup.limits.poll_interval).await;
        }
    }

    /// Reads a job until it is in one of the states (any final one when none are named), or past them for good. Gives
    /// the last state. What is not reached within the deadline is kept as given up.
    pub(super) async fn poll(
        &mut self,
        id: &str,
        foreign: bool,
        until: &[String],
    ) -> Result<Option<String>, Why> {
        let lifecycle = &self.setup.contract.facts.lifecycle;
        let started = self.setup.target.elapsed();
        let mut last = None;
        let mut silent = 0;
        loop {
            let state = self.read(id, foreign).await?;
            match &state {
                Some(state) if until.contains(state) || lifecycle.is_terminal(state) => {
                    return Ok(Some(state.clone()));
                }
                Some(_) => silent = 0,
                // An answer without a state may be a hiccup; a server that never shows one is not waited for.
                None if silent >= 2 => return Ok(last),
                None => silent += 1,
            }
            last = state.or(last);
            let waited = self.setup.target.elapsed().saturating_sub(started);
            if waited >= self.setup.limits.deadline {
                let waited_for =
                    if until.is_empty() { vec!["a final state".to_owned()] } else { until.to_vec() };
                let exchange = self.exchanges.len().saturating_sub(1);
                self.given_up.push(GivenUp { job: id.to_owned(), waited_for, after: waited, exchange });
                return Ok(last);
            }
            self.setup.target.pause(self.setup.limits.poll_interval).await;
        }
    }
}
