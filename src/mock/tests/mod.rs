//! The mock against the contracts that come with the program.

mod faults;
mod graphql;
mod lifecycle;
mod listing;
mod refusals;
mod serving;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::{Value, json};

use super::{Fault, Mock, MockOptions};
use crate::contract::Contract;
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;
use crate::exchange::compose::compose;
use crate::exchange::{Reading, Request, Response, reading, route};
use crate::sign;

/// A contract, built in or made up for tests, loaded once for all tests.
pub(super) fn contract(vendor: &str) -> Arc<Contract> {
    static LOADED: OnceLock<Mutex<BTreeMap<String, Arc<Contract>>>> = OnceLock::new();
    let mut loaded = LOADED.get_or_init(Mutex::default).lock().unwrap();
    let load = || Arc::new(crate::contract::library::for_tests(vendor));
    Arc::clone(loaded.entry(vendor.to_owned()).or_insert_with(load))
}

/// A mock in a test, and a client of it.
pub(super) struct Bench {
    pub(super) contract: Arc<Contract>,
    pub(super) mock: Mock,
}

impl Bench {
    pub(super) fn of(vendor: &str) -> Self {
        Bench::with(contract(vendor), None, 7)
    }

    pub(super) fn with(contract: Arc<Contract>, fault: Option<Arc<dyn Fault>>, seed: u64) -> Self {
        let options = MockOptions { seed, fault, ..MockOptions::held() };
        Bench { mock: Mock::new(Arc::clone(&contract), options), contract }
    }

    /// The name of the first operation of a role.
    pub(super) fn name(&self, role: Role) -> &str {
        self.contract.of_role(role).next().unwrap().0
    }

    /// The view of a plain request for an operation.
    pub(super) fn view(&self, operation: &str, job: Option<&str>) -> Value {
        let facts = &self.contract.facts;
        let operation = &facts.operations[operation];
        let mut view = json!({"path": {}, "query": {}});
        for (name, value) in operation.send.iter().flat_map(|send| send.as_object().unwrap()) {
            view[name] = value.clone();
        }
        for name in facts.parameters.keys().chain(facts.job.parent_names()) {
            if let (Some(at), Some(parameter)) = (operation.parent_place(name), facts.parameters.get(name)) {
                at.put(&mut view, parameter.example.clone());
            }
        }
        if let (Some(at), Some(job)) = (&operation.target, job) {
            at.put(&mut view, job.into());
        }
        view
    }

    pub(super) fn request(&self, operation: &str, view: &Value) -> Request {
        let mut request = compose(&self.contract.facts.operations[operation], view);
        if let Some(scheme) = sign::schemes(&self.contract.facts.auth).first() {
            request.headers.set("host", "localhost");
            let to = sign::Destination { operation, authority: "localhost", prefix: "" };
            scheme.sign(&mut request, to, &scheme.example(), self.mock.clock().now()).unwrap();
        }
        request
    }

    pub(super) fn send(&self, operation: &str, view: &Value) -> Response {
        self.mock.handle(&self.request(operation, view))
    }

    pub(super) fn call(&self, role: Role, job: Option<&str>) -> Response {
        let name = self.name(role);
        self.send(name, &self.view(name, job))
    }

    pub(super) fn arrange(&self, state: &str) -> String {
        self.mock.arrange(state, &BTreeMap::new(), &BTreeMap::new()).unwrap()
    }

    /// The job that a success answer of an operation shows.
    pub(super) fn job(&self, operation: &str, response: &Response) -> Reading {
        let at = self.contract.facts.operations[operation].job.clone().unwrap();
        reading::read(at.first(response.json().unwrap()).unwrap(), &self.contract.facts.job)
    }

    pub(super) fn get(&self, id: &str) -> Reading {
        let response = self.call(Role::Get, Some(id));
        assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
        self.job(self.name(Role::Get), &response)
    }

    /// Starts a job, once those started before have ended: a vendor may allow only one at a time.
    pub(super) fn create(&self) -> Reading {
        self.advance(60.0);
        self.job(self.name(Role::Create), &self.call(Role::Create, None))
    }

    /// Moves the clock; two of these seconds are as long as a job stays in one state.
    pub(super) fn advance(&self, seconds: f64) {
        self.mock.advance(crate::mock::job::STAY.mul_f64(seconds / 2.0));
    }

    /// The ids a list operation gives for a request, with the body.
    pub(super) fn list(&self, operation: &str, view: &Value) -> (Vec<String>, Value) {
        let response = self.send(operation, view);
        assert!(response.is_success(), "{}", String::from_utf8_lossy(&response.body));
        self.valid(operation, &response);
        let body = response.json().unwrap().clone();
        let at = self.contract.facts.operations[operation].jobs.clone().unwrap().join("/*");
        let ids =
            at.select(&body).into_iter().map(|(_, job)| reading::read(job, &self.contract.facts.job).id);
        (ids.collect(), body)
    }

    /// Asserts that a body keeps to the schema of its status.
    pub(super) fn valid(&self, operation: &str, response: &Response) {
        let fact = &self.contract.facts.operations[operation];
        let schema = fact.response_schema(response.status).unwrap_or_else(|| {
            panic!("{operation} does not document {}", response.status);
        });
        if schema.is_empty() {
            assert!(response.body.is_empty());
            return;
        }
        let found = self.contract.shapes.mismatches(schema, response.json().unwrap());
        assert!(found.is_empty(), "{operation}: {found:#?}");
        let extra = self.contract.shapes.undocumented(schema, response.json().unwrap());
        assert!(extra.is_empty(), "{operation}: {extra:?}");
    }

    /// Asserts that a job keeps to the contract's facts across fields.
    pub(super) fn consistent(&self, job: &Reading) {
        use crate::contract::invariant::Requirement;
        let ended = self.contract.facts.lifecycle.is_terminal(job.state.as_deref().unwrap());
        let format = self.contract.facts.job.timestamps.format;
        let is_meant =
            |i: &&crate::contract::invariant::Invariant| i.when.as_ref().is_none_or(|w| w.holds(&job.job));
        for invariant in self.contract.facts.invariants.iter().filter(is_meant) {
            let both = |left: &Pointer, right: &Pointer| {
                Some((left.first(&job.job)?.clone(), right.first(&job.job)?.clone()))
            };
            let holds = match &invariant.require {
                Requirement::Time(c) => both(&c.0, &c.2)
                    .is_none_or(|(l, r)| c.1.holds(&reading::time(&l, format), &reading::time(&r, format))),
                Requirement::Number(c) => both(&c.0, &c.2)
                    .is_none_or(|(l, r)| c.1.holds(&reading::number(&l), &reading::number(&r))),
                Requirement::Count(c) => both(&c.0, &c.2).is_none_or(|(l, r)| {
                    c.1.holds(&Some(l.as_array().unwrap().len() as i128), &reading::number(&r))
                }),
                Requirement::Sum(sum) => {
                    let number = |at: &Pointer| at.first(&job.job).and_then(reading::number);
                    let parts: i128 = sum.0.iter().filter_map(number).sum();
                    number(&sum.2).is_none_or(|whole| sum.1.holds(&parts, &whole))
                }
                Requirement::Each(fact) => fact.items.select(&job.job).iter().all(|(_, item)| {
                    !fact.when.holds(item)
                        || fact.at.text(item).is_none_or(|word| fact.one_of.iter().any(|w| w == word))
                }),
                Requirement::OnlyWhenEnded(at) => ended || at.first(&job.job).is_none(),
                Requirement::WhenEnded(at) => !ended || at.first(&job.job).is_some(),
            };
            assert!(holds, "{} does not hold for {:#}", invariant.name, job.job);
        }
    }
}

pub(super) fn routed(bench: &Bench, request: &Request) -> Option<String> {
    route::asked(&bench.contract, request).operation
}
