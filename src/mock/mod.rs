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
pub mod decoy;
pub mod fault;
mod graphql;
mod job;
mod line;
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

pub use answer::{Answer, AnswerContext, Body, Spoken};
use blueprint::{Blueprint, blueprints};
pub use clock::Clock;
pub use decoy::Decoy;
pub use fault::Fault;
pub use job::JobView;
use parents::Parents;
use refuse::Words;
use store::Store;

use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::{Operation, Role};
use crate::exchange::{Asked, Identity, Request, Response, route};
use crate::sign::{self, Credentials, Scheme};

/// What a mock is made with, beside the contract.
pub struct MockOptions {
    /// Ids and tokens follow from it: the same seed and the same requests give the same bytes.
    pub seed: u64,
    /// The defect it has, if any.
    pub fault: Option<Arc<dyn Fault>>,
    /// What is odd about it, though legal, if anything.
    pub decoy: Option<Arc<dyn Decoy>>,
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
            decoy: None,
            clock: Arc::new(Clock::held()),
            base_url: "http://localhost".into(),
        }
    }
}

/// The reference server of one contract.
pub struct Mock {
    contract: Arc<Contract>,
    seed: u64,
    fault: Arc<dyn Fault>,
    decoy: Arc<dyn Decoy>,
    clock: Arc<Clock>,
    base_url: String,
    blueprints: Arc<BTreeMap<String, Blueprint>>,
    parents: Parents,
    /// Each scheme with those it knows: the usual identity, and the others.
    schemes: Vec<(Box<dyn Scheme>, Vec<Credentials>)>,
    requests: AtomicU64,
    store: Mutex<Store>,
}

/// What all mocks of one contract have in common, made once.
#[derive(Clone)]
pub struct Mould {
    contract: Arc<Contract>,
    blueprints: Arc<BTreeMap<String, Blueprint>>,
}

impl Mould {
    /// What the mocks of this contract have in common.
    pub fn of(contract: Arc<Contract>) -> Self {
        Mould { blueprints: Arc::new(blueprints(&contract)), contract }
    }

    /// The contract.
    pub fn contract(&self) -> &Arc<Contract> {
        &self.contract
    }
}

impl std::fmt::Debug for Mould {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Mould").field(&self.contract.facts.id).finish()
    }
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
    /// Who sent it, where that is not the usual identity.
    identity: Option<Identity>,
}

/// A success.
struct Reply {
    answer: Answer,
    job: Option<JobView>,
}

impl Mock {
    /// A mock of this contract.
    pub fn new(contract: Arc<Contract>, options: MockOptions) -> Self {
        Mock::cast(&Mould::of(contract), options)
    }

    /// A mock from what all mocks of its contract have in common.
    pub fn cast(mould: &Mould, options: MockOptions) -> Self {
        let contract = Arc::clone(&mould.contract);
        let schemes = sign::schemes(&contract.facts.auth)
            .into_iter()
            .map(|scheme| {
                let others = Identity::ALL.into_iter().map(|who| sign::example_of(scheme.as_ref(), who));
                let known = std::iter::once(scheme.example()).chain(others).collect();
                (scheme, known)
            })
            .collect();
        Mock {
            seed: options.seed,
            fault: options.fault.unwrap_or_else(|| Arc::new(fault::Sound::default())),
            decoy: options.decoy.unwrap_or_else(|| Arc::new(decoy::Usual::default())),
            clock: options.clock,
            base_url: options.base_url,
            blueprints: Arc::clone(&mould.blueprints),
            parents: Parents::of(&contract),
            schemes,
            requests: AtomicU64::new(0),
            store: Mutex::new(Store::default()),
            contract,
        }
    }

    /// Answers one request, as in a process where no connection can be closed.
    pub fn handle(&self, request: &Request) -> Response {
        match self.reply_to(request) {
            Spoken::Answer(response) | Spoken::HangUp(response) => response,
        }
    }

    /// Answers one request, or would rather close the connection.
    pub fn reply_to(&self, request: &Request) -> Spoken {
        let serial = self.requests.fetch_add(1, Ordering::Relaxed);
        if let Some(answer) = self.decoy.interrupts(&self.contract, request, serial) {
            return Spoken::Answer(answer.write());
        }
        if self.fault.crashes(&self.contract, request) {
            return Spoken::Answer(Answer::json(500, serde_json::json!({})).write());
        }
        if let Some(service) = crate::exchange::graphql::service(&self.contract, request) {
            let (answer, hangs_up) = self.graphql(service, request, serial);
            return Spoken::of(self.decoy.write(request, answer), hangs_up);
        }
        let asked = route::asked(&self.contract, request);
        let known = asked.operation.as_ref().and_then(|name| {
            let (name, operation) = self.contract.facts.operations.get_key_value(name)?;
            Some((name, operation, self.blueprints.get(name)?))
        });
        let Some((name, operation, blueprint)) = known else {
            // Only a fault answers what no operation is for.
            let answers = self.fault.skips(fault::Check::Route, "");
            let answer =
                if answers { Answer::json(200, serde_json::json!({})) } else { self.not_routed(request) };
            return Spoken::Answer(answer.write());
        };
        let mut call = Call {
            name,
            operation,
            blueprint,
            asked,
            request,
            named: BTreeMap::new(),
            parents: BTreeMap::new(),
            now: self.now(),
            identity: None,
        };
        let outcome = self
            .let_in(name, serial)
            .and_then(|()| self.authenticate(request, name, operation))
            .and_then(|identity| {
                call.identity = identity;
                self.carry_out(&mut call)
            });
        let (mut answer, condition, job) = match outcome {
            Ok(reply) => (reply.answer, None, reply.job),
            Err(condition) => {
                let id = call.asked.job.as_deref();
                let words = self.words(name, operation, condition, id);
                let answer = refuse::refuse(&self.contract, name, operation, &words);
                (answer, Some(condition), None)
            }
        };
        refuse::dress(&self.contract, self.contract.error_body(name), &mut answer, self.seed, serial);
        let context =
            AnswerContext { contract: &self.contract, name, operation, condition, job: job.as_ref() };
        self.decoy.answer(&context, &mut answer);
        self.fault.answer(&context, &mut answer);
        Spoken::of(self.decoy.write(request, answer), self.fault.hangs_up(&context))
    }

    /// What is said to an operation under a condition, by the answer of its row that is chosen.
    fn words(&self, name: &str, operation: &Operation, condition: Condition, id: Option<&str>) -> Words {
        let row = self.contract.error_row(condition, name);
        let right = row.and_then(|row| row.any_of.get(self.decoy.refusal(row)).or(row.any_of.first()));
        refuse::words(&self.contract, name, operation, (condition, right), id)
    }

    /// Does what a request of known origin asks for.
    fn carry_out(&self, call: &mut Call<'_>) -> Result<Reply, Condition> {
        self.authorize(call)?;
        if let Some(condition) = self.fault.refuses_request(call.name, call.request) {
            return Err(condition);
        }
        self.overlook(call);
        if let Err(condition) = self.validate(call) {
            self.start_all_the_same(call);
            return Err(condition);
        }
        self.find_parents(call)?;
        self.act(call)
    }

    /// Starts the job of a request that is refused. Only a fault does.
    fn start_all_the_same(&self, call: &mut Call<'_>) {
        let is_start = call.operation.role == Role::Create;
        if is_start && self.fault.leaves_job(call.name) && self.find_parents(call).is_ok() {
            self.begin(call, &mut self.store());
        }
    }

    /// The contract it was made from.
    pub fn contract(&self) -> &Arc<Contract> {
        &self.contract
    }

    /// How its answers go over the network.
    pub fn transfer(&self) -> decoy::Transfer {
        self.decoy.transfer()
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
