//! A last look at the jobs that a run saw end.

use super::drive::Driver;
use super::setup::Ended;
use crate::case::{Arrange, Call, Parents};
use crate::contract::operation::Role;
use crate::exchange::Exchange;
use crate::exchange::reading::readings;
use crate::rule::Why;
use crate::story::said::is_refused;

/// The most jobs that are looked at again where the documentation sets a pace for readings.
const PACED: usize = 20;

impl Driver<'_> {
    /// Reads each job once more that the run has seen end. What showed its end goes before, from the case that saw it.
    /// Where the run has seen none, these jobs are got hold of. The last one that ended is watched as long as is asked for.
    pub(super) async fn look_again(&mut self, jobs: &[Arrange]) -> Result<(), Why> {
        let service = self.service(&self.setup.contract);
        let mut ended = self.ended(service.as_deref()).await;
        if ended.is_empty() {
            self.see_ends(jobs).await?;
            ended = self.ended(service.as_deref()).await;
        } else {
            self.exchanges.extend(ended.iter().map(|ended| ended.shown.clone()));
        }
        let target = &self.setup.target;
        let last = ended.last().map(|ended| ended.shown.received).unwrap_or_default();
        let watched = target.elapsed().saturating_sub(last);
        target.pause(self.setup.limits.watch_after_end.saturating_sub(watched)).await;
        let most = if self.setup.limits.pace.is_some() { PACED } else { usize::MAX };
        for Ended { id, foreign, .. } in ended.iter().take(most) {
            self.read(id, *foreign).await?;
        }
        Ok(())
    }

    async fn see_ends(&mut self, jobs: &[Arrange]) -> Result<(), Why> {
        let mut missing = None;
        for wanted in jobs {
            if let Err(why) = self.arrange(wanted).await {
                missing = Some(why);
                continue;
            }
            let id = self.slot(&wanted.job)?;
            self.read(&id, wanted.foreign).await?;
        }
        match missing {
            Some(why) if self.exchanges.is_empty() => Err(why),
            _ => Ok(()),
        }
    }

    /// The jobs of a service that were seen to end, the one that ended first at the front.
    async fn ended(&self, service: Option<&str>) -> Vec<Ended> {
        let pool = self.pool.lock().await;
        let mut found: Vec<Ended> =
            pool.ended.iter().filter(|ended| ended.service.as_deref() == service).cloned().collect();
        found.sort_by_key(|ended| ended.shown.received);
        found
    }

    /// Keeps what shows that jobs have ended, and forgets it of those that a request may have changed or removed since.
    pub(super) async fn keep_ended(&self, call: &Call, exchange: &Exchange) {
        let contract = &self.setup.contract;
        let asked = &exchange.asked;
        let operation = asked.operation.as_ref().and_then(|name| contract.facts.operations.get(name));
        let Some(operation) = operation else { return };
        let removes = operation.destroys || operation.removes.is_some();
        let mut pool = self.pool.lock().await;
        if Role::ACTS.contains(&operation.role) || removes {
            let is_no = exchange.response().is_some_and(|r| r.status < 500 && is_refused(exchange, contract));
            if is_no {
                return;
            }
            let named = asked.job.as_deref().filter(|_| operation.role != Role::CancelMany && !removes);
            pool.ended.retain(|ended| named.is_some_and(|job| !ended.names.iter().any(|name| name == job)));
            return;
        }
        let meant = exchange.meant();
        if meant.probe.is_some() || meant.violation.is_some() || meant.identity.is_some() {
            return;
        }
        for reading in readings(0, exchange, contract).into_iter().filter(|reading| !reading.from_list) {
            let is_end =
                reading.state.as_ref().is_some_and(|state| contract.facts.lifecycle.is_terminal(state));
            let is_kept = |ended: &Ended| ended.id == reading.id && ended.service == operation.service;
            if is_end && operation.role == Role::Get && !pool.ended.iter().any(is_kept) {
                let names =
                    std::iter::once(reading.id.clone()).chain(reading.aliases.into_values()).collect();
                pool.ended.push(Ended {
                    id: reading.id,
                    names,
                    service: operation.service.clone(),
                    foreign: call.parents == Parents::Foreign,
                    shown: exchange.clone(),
                });
            }
        }
    }
}
