//! The reference server: stateful, made from a contract, without I/O of its own.
//!
//! A request goes through routing, authentication, validation and the look-up of what it names, then to the role of
//! its operation. Bodies are the documented samples overlaid with the jobs' facts. Nothing here judges: the mock
//! shares no code with the rules.

mod act;
pub mod answer;
mod arrange;
mod blueprint;
mod check;
pub mod clock;
pub mod fault;
mod graphql;
mod job;
mod parents;
mod refuse;
mod render;
pub mod serve;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

pub use answer::{Answer, AnswerContext, Body};
use blueprint::{Blueprint, blueprints};
pub use clock::Clock;
pub use fault::Fault;
pub use job::JobView;
use parents::Parents;
use store::Store;

use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Operation;
use crate::exchange::{Asked, Request, Response, route};
use crate::sign::{self, Credentials, Scheme};

/// What a mock is made with, beside the contract.
pub struct MockOptions {
    /// Ids and tokens follow from it: the same seed and the same requests give the same bytes.
    pub seed: u64,
    /// The defect it has, if any.
    pub fault: Option<Box<dyn Fault>>,
    /// The clock that moves its jobs.
    pub clock: Arc<Clock>,
    /// The address that links begin with, without a slash at the end.
    pub base_url: String,
}

impl MockOptions {
    /// A mock without defects whose clock stands still until it is moved.
    pub fn held() -> Self {
        MockOptions {
            seed: 0,
            fault: None,
            clock: Arc::new(Clock::held()),
            base_url: "http://localhost".into(),
        }
    }
}

/// The reference server of one contract.
pub struct Mock {
    contract: Arc<Contract>,
    seed: u64,
    fault: Box<dyn Fault>,
    clock: Arc<Clock>,
    base_url: String,
    blueprints: BTreeMap<String, Blueprint>,
    parents: Parents,
    schemes: Vec<(Box<dyn Scheme>, Credentials)>,
    requests: AtomicU64,
    store: Mutex<Store>,
}

/// One routed request.
struct Call<'m> {
    name: &'m str,
    operation: &'m Operation,
    blueprint: &'m Blueprint,
    asked: Asked,
    request: &'m Request,
    /// The parents the request names.
    named: BTreeMap<String, String>,
    /// Those, and the others that go with them.
    parents: BTreeMap<String, String>,
    now: Timestamp,
}

/// A success.
struct Reply {
    answer: Answer,
    job: Option<JobView>,
}

impl Mock {
    /// A mock of this contract.
    pub fn new(contract: Arc<Contract>, options: MockOptions) -> Self {
        let schemes = sign::schemes(&contract.facts.auth)
            .into_iter()
            .map(|scheme| {
                let known = scheme.example();
                (scheme, known)
            })
            .collect();
        Mock {
            seed: options.seed,
            fault: options.fault.unwrap_or_else(|| Box::new(fault::Sound::default())),
            clock: options.clock,
            base_url: options.base_url,
            blueprints: blueprints(&contract),
            parents: Parents::of(&contract),
            schemes,
            requests: AtomicU64::new(0),
            store: Mutex::new(Store::default()),
            contract,
        }
    }

    /// Answers one request.
    pub fn handle(&self, request: &Request) -> Response {
        let serial = self.requests.fetch_add(1, Ordering::Relaxed);
        if let Some(service) = crate::exchange::graphql::service(&self.contract, request) {
            return self.graphql(service, request, serial).write();
        }
        let asked = route::asked(&self.contract, request);
        let known = asked.operation.as_ref().and_then(|name| {
            let (name, operation) = self.contract.facts.operations.get_key_value(name)?;
            Some((name, operation, self.blueprints.get(name)?))
        });
        let Some((name, operation, blueprint)) = known else { return self.not_routed(request).write() };
        let mut call = Call {
            name,
            operation,
            blueprint,
            asked,
            request,
            named: BTreeMap::new(),
            parents: BTreeMap::new(),
            now: self.now(),
        };
        let outcome = self.authenticate(request, name, operation).and_then(|()| self.carry_out(&mut call));
        let (mut answer, condition, job) = match outcome {
            Ok(reply) => (reply.answer, None, reply.job),
            Err(condition) => {
                let id = call.asked.job.as_deref();
                let answer = refuse::refuse(&self.contract, name, operation, condition, id);
                (answer, Some(condition), None)
            }
        };
        refuse::dress(&self.contract, self.contract.error_body(name), &mut answer, self.seed, serial);
        let context =
            AnswerContext { contract: &self.contract, name, operation, condition, job: job.as_ref() };
        self.fault.answer(&context, &mut answer);
        answer.write()
    }

    /// Does what a request of known origin asks for.
    fn carry_out(&self, call: &mut Call<'_>) -> Result<Reply, Condition> {
        self.validate(call)?;
        self.find_parents(call)?;
        self.act(call)
    }

    /// The contract it was made from.
    pub fn contract(&self) -> &Arc<Contract> {
        &self.contract
    }

    /// Its clock.
    pub fn clock(&self) -> &Arc<Clock> {
        &self.clock
    }

    /// Forgets every job.
    pub fn reset(&self) {
        *self.store() = Store::default();
    }

    /// Moves its clock forward, and says what it shows then.
    pub fn advance(&self, by: Duration) -> Timestamp {
        self.clock.advance(by);
        self.now()
    }

    fn now(&self) -> Timestamp {
        Timestamp::try_from(self.clock.now()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        // A thread that panicked while it held the store left it as it was: each change is one step.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn whole_job(&self) -> &serde_json::Value {
        blueprint::richest(&self.blueprints)
    }
}
