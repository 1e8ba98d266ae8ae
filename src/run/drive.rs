//! Drives the steps of one case and leaves its transcript.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Mutex;

use super::setup::{Pool, Setup};
use crate::case::{Call, Case, Slot, Step};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;
use crate::exchange::transcript::GivenUp;
use crate::exchange::{Exchange, Origin, Transcript};
use crate::rule::{Seen, Why};
use crate::story::acts::REFUSALS;
use crate::story::said::{is_beside_the_point, is_refused, said};

/// How often a request is sent again that was throttled, or that met a gateway in trouble.
const THROTTLED: usize = 3;

/// One case under way.
pub(super) struct Driver<'s> {
    pub(super) setup: &'s Setup,
    pub(super) pool: &'s Mutex<Pool>,
    pub(super) requests: &'s AtomicUsize,
    pub(super) case: &'s Case,
    pub(super) slots: BTreeMap<Slot, String>,
    pub(super) foreign: BTreeMap<Slot, bool>,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) given_up: Vec<GivenUp>,
    /// Where jobs come from, by each of their ids.
    pub(super) known: BTreeMap<String, Origin>,
    /// Values of parameters that calls of this case made.
    pub(super) made: BTreeMap<Slot, String>,
    pub(super) walks: usize,
    groups: usize,
}

/// Drives one case. The transcript holds whatever was exchanged, also when the case could not be finished.
pub(super) async fn drive(
    setup: &Setup,
    pool: &Mutex<Pool>,
    requests: &AtomicUsize,
    case: &Case,
) -> (Transcript, Option<Why>) {
    let mut driver = Driver {
        setup,
        pool,
        requests,
        case,
        slots: BTreeMap::new(),
        foreign: BTreeMap::new(),
        exchanges: Vec::new(),
        given_up: Vec::new(),
        known: BTreeMap::new(),
        made: BTreeMap::new(),
        walks: 0,
        groups: 0,
    };
    let mut stop = lacking(setup, case);
    for step in case.steps.iter().take_while(|_| stop.is_none()) {
        if let Err(why) = driver.step(step).await {
            stop = Some(why);
            break;
        }
    }
    driver.release().await;
    let mut transcript = Transcript::new(driver.exchanges);
    transcript.given_up = driver.given_up;
    transcript.known = driver.known;
    (transcript, stop)
}

/// What the target file lacks for a case to come to its end: no job need be brought into its state for one that cannot.
fn lacking(setup: &Setup, case: &Case) -> Option<Why> {
    case.steps.iter().find_map(|step| {
        let Step::Call(call) = step else { return None };
        let who = call.identity.filter(|who| !setup.identities.contains_key(who));
        who.map(|who| Why::NotGiven { what: format!("add [identities.{}] to the target file", who.word()) })
    })
}

impl Driver<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), Why> {
        match step {
            Step::Arrange(arrange) => self.arrange(arrange).await,
            Step::Call(call) => self.call(call).await.map(drop),
            Step::Insist { call, tries } => {
                for again in 0..*tries {
                    if again > 0 {
                        self.setup.target.pause(self.setup.limits.poll_interval).await;
                    }
                    let index = self.call(call).await?;
                    if !is_refused(&self.exchanges[index], &self.setup.contract) {
                        break;
                    }
                }
                Ok(())
            }
            Step::Together(calls) => self.together(calls).await,
            Step::Poll { job, until } => {
                let id = self.slot(job)?;
                let foreign = self.foreign.get(job).copied().unwrap_or(false);
                self.poll(&id, foreign, until).await.map(drop)
            }
            Step::Watch { job, times } => {
                let id = self.slot(job)?;
                let foreign = self.foreign.get(job).copied().unwrap_or(false);
                for _ in 0..*times {
                    self.setup.target.pause(self.setup.limits.poll_interval).await;
                    self.read(&id, foreign).await?;
                }
                Ok(())
            }
            Step::Pause { seconds } => {
                self.setup.target.pause(Duration::from_secs(*seconds)).await;
                Ok(())
            }
            Step::LookAgain { jobs } => self.look_again(jobs).await,
            Step::Settle => {
                for (slot, id) in self.slots.clone() {
                    let foreign = self.foreign.get(&slot).copied().unwrap_or(false);
                    self.poll(&id, foreign, &[]).await?;
                }
                Ok(())
            }
            Step::Await { call, at, equals } => self.wait_for(call, at, equals).await,
            Step::Race(race) => self.race(race).await,
            Step::Search { call, tries } => self.search(call, *tries).await,
            Step::Pages { call, size } => self.pages(call, *size).await,
            Step::Rest { must_be } => {
                self.rest(*must_be).await;
                Ok(())
            }
            Step::Crowd { states, more_than, list } => self.crowd(states, *more_than, list).await,
            Step::Parts { call } => self.parts(call).await,
            Step::Guess { role, guess, job } => self.guess(*role, guess, job).await,
        }
    }

    pub(super) fn slot(&self, slot: &str) -> Result<String, Why> {
        let missing = || self.came_otherwise(&format!("a job to go on with (`{slot}`)"));
        self.slots.get(slot).cloned().ok_or_else(missing)
    }

    /// Why a case cannot go on: what came last is not what it needs.
    pub(super) fn came_otherwise(&self, sought: &str) -> Why {
        match self.exchanges.last() {
            Some(last) => self.came_instead(last, sought),
            None => Why::NotSent { because: format!("{sought} is not there") },
        }
    }

    /// Why a case cannot go on: what came in this exchange is not what it needs.
    pub(super) fn came_instead(&self, exchange: &Exchange, sought: &str) -> Why {
        let operation = exchange.asked.operation.clone().unwrap_or_else(|| "a request".to_owned());
        match &exchange.outcome {
            // Without an answer there is more to say than that it showed no job.
            Err(error) => Why::Lost { operation, error: error.to_string() },
            Ok(response) => {
                let contract = &self.setup.contract;
                let code = is_refused(exchange, contract).then(|| said(exchange, contract).code).flatten();
                let seen = vec![Seen { operation, status: response.status, code }];
                Why::AnsweredOtherwise { sought: sought.to_owned(), seen }
            }
        }
    }

    /// The service that the case is about, where the vendor has several.
    pub(super) fn service(&self, contract: &Contract) -> Option<String> {
        let about = contract.facts.operations.get(&self.case.operation);
        about.and_then(|operation| operation.service.clone())
    }

    /// The operation of a role on the surface that the case is about: jobs look the same there.
    pub(super) fn operation<'c>(&self, contract: &'c Contract, role: Role) -> Option<&'c str> {
        let service = self.service(contract);
        let service = service.as_ref();
        let mut found = contract.of_role(role).peekable();
        let first = found.peek().map(|(name, _)| *name);
        found.find(|(_, o)| service.is_none_or(|s| o.service.as_ref() == Some(s))).map(|(n, _)| n).or(first)
    }

    /// Sends one call and keeps its exchange; gives the exchange's index.
    pub(super) async fn call(&mut self, call: &Call) -> Result<usize, Why> {
        self.call_with(call, &[]).await
    }

    pub(super) async fn call_with(&mut self, call: &Call, more: &[(Pointer, Value)]) -> Result<usize, Why> {
        if self.starts_jobs(call) && self.jobs_left().await == 0 {
            return Err(self.too_many());
        }
        let exchange = self.exchange(call, more).await?;
        let exchange = self.served(call, more, exchange).await?;
        let index = self.exchanges.len();
        self.keep(call, exchange).await;
        Ok(index)
    }

    /// The exchange in which a call is served: this one, or the last of those in which it is sent again. Those before
    /// are kept.
    pub(super) async fn served(
        &mut self,
        call: &Call,
        more: &[(Pointer, Value)],
        mut exchange: Exchange,
    ) -> Result<Exchange, Why> {
        // Such a request was not acted on, so it is no second one when it comes again.
        for _ in 0..THROTTLED {
            let Some(wait) = self.throttled(&exchange) else { break };
            let meant = exchange.meant.clone();
            self.keep(call, exchange).await;
            self.setup.target.pause(wait).await;
            exchange = self.exchange(call, more).await?;
            exchange.meant = meant;
        }
        Ok(exchange)
    }

    /// How long a request has to wait that was throttled, or that met a gateway in trouble; none where the answer is what
    /// the case is about.
    fn throttled(&self, exchange: &Exchange) -> Option<Duration> {
        let response = exchange.response().filter(|r| matches!(r.status, 429 | 502..=504))?;
        // Some vendors refuse with this status what the state of a job rules out.
        let acts = exchange.asked.role.is_some_and(|role| Role::ACTS.contains(&role));
        let is_refusal = acts && !is_beside_the_point(exchange, &self.setup.contract, &REFUSALS);
        if exchange.meant().probe == Some(Condition::Throttled) || is_refusal {
            return None;
        }
        let limits = &self.setup.limits;
        let asked = response.headers.get("retry-after").and_then(|text| text.trim().parse().ok());
        Some(asked.map_or(limits.poll_interval, Duration::from_secs).min(limits.deadline))
    }

    /// How many more jobs the run may create.
    pub(super) async fn jobs_left(&self) -> usize {
        let pool = self.pool.lock().await;
        self.setup.limits.max_jobs.saturating_sub(pool.created.len() + pool.unnamed)
    }

    /// Why no more jobs are created.
    pub(super) fn too_many(&self) -> Why {
        Why::Spent { limit: "max_jobs".to_owned(), most: self.setup.limits.max_jobs }
    }

    /// Sends calls at the same time.
    async fn together(&mut self, calls: &[Call]) -> Result<(), Why> {
        let starts = calls.iter().filter(|call| self.starts_jobs(call)).count();
        if starts > self.jobs_left().await {
            return Err(self.too_many());
        }
        self.groups += 1;
        let group = self.groups;
        let sends: Vec<_> = calls.iter().map(|call| self.exchange(call, &[])).collect();
        let mut done = Vec::new();
        for result in join_all(sends).await {
            done.push(result?);
        }
        for (call, mut exchange) in calls.iter().zip(done) {
            exchange.meant_mut().together = Some(group);
            let exchange = self.served(call, &[], exchange).await?;
            self.keep(call, exchange).await;
        }
        Ok(())
    }

    /// Gives back the jobs of the case that it did not change.
    async fn release(&mut self) {
        let consumed: Vec<&str> = self
            .case
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Arrange(a) if a.consumes => Some(a.job.as_str()),
                _ => None,
            })
            .collect();
        let mut pool = self.pool.lock().await;
        for (slot, id) in &self.slots {
            if !consumed.contains(&slot.as_str())
                && let Some(known) = pool.jobs.get_mut(id)
            {
                known.taken = false;
            }
        }
    }
}

/// Waits for all futures, driving them at the same time.
async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut results: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut pending = false;
        for (future, result) in futures.iter_mut().zip(&mut results) {
            if result.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *result = Some(value),
                    std::task::Poll::Pending => pending = true,
                }
            }
        }
        if pending { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    results.into_iter().flatten().collect()
}
