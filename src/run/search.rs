//! Requests made wrong at random, and the smallest one that is not refused.

use super::drive::Driver;
use super::request::hash;
use crate::case::inputs::search::{Draft, Search, wrongness};
use crate::case::{Call, JobRef};
use crate::contract::error::Condition;
use crate::contract::likeness::mix;
use crate::contract::operation::Role;
use crate::exchange::reading::readings;
use crate::exchange::refusal::is_error_inside;
use crate::exchange::{Exchange, Violation};
use crate::rule::Why;

/// How many drafts are looked at for each request that is sent: most of them are right by chance.
const DRAFTS: usize = 20;
/// The most requests that make one mistake smaller.
const SMALLER: usize = 60;
/// The same for requests that start jobs when they are not refused.
const SMALLER_STARTS: usize = 25;
/// The most steps towards a smaller mistake, sent or not.
const STEPS: usize = 400;

impl Driver<'_> {
    /// Sends requests that are wrong. The first that is not refused is made smaller, and only the smallest is kept.
    pub(super) async fn search(&mut self, call: &Call, tries: usize) -> Result<(), Why> {
        let contract = std::sync::Arc::clone(&self.setup.contract);
        let seed = mix(self.setup.seed ^ hash(&self.case.id));
        let Some(mut search) = Search::new(&contract, &call.operation, seed) else { return Ok(()) };
        let mut sent = 0;
        for _ in 0..tries * DRAFTS {
            if sent == tries {
                break;
            }
            let Some(draft) = search.draw() else { break };
            let Some(bad) = self.wrong(call, &draft).await? else { continue };
            sent += 1;
            let exchange = self.try_call(&bad).await?;
            if self.is_refused(&exchange) {
                self.keep(&bad, exchange).await;
                continue;
            }
            let (bad, exchange) = self.smallest(call, draft, bad, exchange).await?;
            self.keep(&bad, exchange).await;
            break;
        }
        Ok(())
    }

    /// The call that a draft stands for, where it breaks the request's schema as it goes over the wire.
    async fn wrong(&self, call: &Call, draft: &Draft) -> Result<Option<Call>, Why> {
        let mut bad = draft.apply(call);
        let seen = self.as_seen(&bad).await?;
        let condition = call.probe.unwrap_or(Condition::InvalidParameter);
        let is_it = seen.operation.as_ref() == Some(&call.operation);
        let wrong = is_it.then(|| wrongness(&self.setup.contract, &call.operation, condition, &seen.view));
        bad.violation = wrong.flatten().map(|wrong| Violation {
            words: format!("{} (found with --seed {})", wrong.words, self.setup.seed),
            ..wrong
        });
        Ok(bad.violation.is_some().then_some(bad))
    }

    /// Sends a call without keeping it.
    async fn try_call(&mut self, call: &Call) -> Result<Exchange, Why> {
        if self.starts_jobs(call) && self.jobs_left().await == 0 {
            return Err(self.too_many());
        }
        let exchange = self.exchange(call, &[]).await?;
        self.served(call, &[], exchange).await
    }

    pub(super) fn starts_jobs(&self, call: &Call) -> bool {
        let operation = self.setup.contract.facts.operations.get(&call.operation);
        operation.is_some_and(|operation| operation.role.is_start())
    }

    /// Whether the answer is a refusal. No answer at all shows nothing.
    fn is_refused(&self, exchange: &Exchange) -> bool {
        exchange.response().is_none_or(|response| {
            (400..500).contains(&response.status) || is_error_inside(exchange, &self.setup.contract)
        })
    }

    /// Makes a request that was not refused smaller, as long as it still breaks its schema and is still not refused.
    async fn smallest(
        &mut self,
        call: &Call,
        mut draft: Draft,
        bad: Call,
        exchange: Exchange,
    ) -> Result<(Call, Exchange), Why> {
        let mut left = if self.starts_jobs(call) { SMALLER_STARTS } else { SMALLER };
        let mut best = (bad, exchange);
        let mut steps = 0;
        'smaller: while draft.simplify() {
            loop {
                steps += 1;
                let out_of_jobs = self.starts_jobs(call) && self.jobs_left().await <= 1;
                if steps > STEPS || left == 0 || out_of_jobs {
                    break 'smaller;
                }
                // What is right now is no counterexample any more, whatever the server says.
                if let Some(smaller) = self.wrong(call, &draft).await? {
                    if smaller.set == best.0.set && smaller.unset == best.0.unset {
                        break;
                    }
                    left -= 1;
                    self.end_started(&best.1).await?;
                    let exchange = self.try_call(&smaller).await?;
                    if !self.is_refused(&exchange) {
                        best = (smaller, exchange);
                        break;
                    }
                }
                if !draft.complicate() {
                    break 'smaller;
                }
            }
        }
        Ok(best)
    }

    /// Ends the job that an answer started, so that it does not stand in the way of the next start.
    async fn end_started(&mut self, exchange: &Exchange) -> Result<(), Why> {
        let is_start = exchange.asked.role.is_some_and(Role::is_start);
        let contract = std::sync::Arc::clone(&self.setup.contract);
        let started = readings(0, exchange, &contract).into_iter().find(|_| is_start);
        let Some(reading) = started else { return Ok(()) };
        let known = {
            let mut pool = self.pool.lock().await;
            let known = pool.created.contains(&reading.id);
            if !known {
                pool.created.push(reading.id.clone());
            }
            known
        };
        if known {
            return Ok(());
        }
        let is_open = reading
            .state
            .as_ref()
            .is_some_and(|state| contract.is_cancellable(state, &exchange.asked.facets));
        if let Some(cancel) =
            self.operation(&contract, Role::Cancel).filter(|_| is_open && self.setup.allow.cancel)
        {
            let mut call = Call::new(cancel);
            call.job = JobRef::Literal(reading.id.clone());
            self.call(&call).await?;
        }
        self.poll(&reading.id, false, &[]).await.map(drop)
    }
}
