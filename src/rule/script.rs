//! Hand-written transcripts for the tests of rules.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Finding, Judgement, Level, Rule};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::compose::compose;
use crate::exchange::headers::Headers;
use crate::exchange::route::asked;
use crate::exchange::transcript::GivenUp;
use crate::exchange::{Exchange, Meant, Origin, Response, Transcript};
use crate::story::Story;

/// A contract, built in or made up for tests, loaded once for all tests.
pub(crate) fn contract(vendor: &str) -> Arc<Contract> {
    static LOADED: OnceLock<Mutex<BTreeMap<String, Arc<Contract>>>> = OnceLock::new();
    let mut loaded =
        LOADED.get_or_init(Mutex::default).lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let load = || Arc::new(crate::contract::library::for_tests(vendor));
    Arc::clone(loaded.entry(vendor.to_owned()).or_insert_with(load))
}

/// A transcript in the making. Each exchange starts one second after the last one ended, and takes 10 ms.
pub(crate) struct Script {
    pub(crate) contract: Arc<Contract>,
    exchanges: Vec<Exchange>,
    given_up: Vec<GivenUp>,
    known: BTreeMap<String, Origin>,
    clock: Duration,
}

impl Script {
    pub(crate) fn of(vendor: &str) -> Self {
        Script {
            contract: contract(vendor),
            exchanges: Vec::new(),
            given_up: Vec::new(),
            known: BTreeMap::new(),
            clock: Duration::ZERO,
        }
    }

    /// One of a vendor whose contract is a little different.
    pub(crate) fn changed(vendor: &str, change: impl FnOnce(&mut Contract)) -> Self {
        let mut contract = crate::contract::library::for_tests(vendor);
        change(&mut contract);
        Script { contract: Arc::new(contract), ..Script::of(vendor) }
    }

    /// One exchange: the request is composed from its view (`{path, query, headers, body}`).
    pub(crate) fn call(mut self, operation: &str, view: Value, status: u16, body: &Value) -> Self {
        let fact = &self.contract.facts.operations[operation];
        let request = compose(fact, &view);
        let mut headers = Headers::default();
        headers.push("content-type", "application/json");
        let response = Response::new(status, headers, body.to_string().into_bytes());
        self.clock += Duration::from_secs(1);
        let sent = self.clock;
        self.clock += Duration::from_millis(10);
        let asked = asked(&self.contract, &request);
        self.exchanges.push(Exchange {
            asked,
            meant: Some(Meant::default()),
            request,
            outcome: Ok(response),
            sent,
            received: self.clock,
        });
        self
    }

    /// The job object: the documented sample with `patch` merged in and the id and parents set.
    pub(crate) fn job(&self, id: &str, patch: &Value) -> Value {
        let (_, get) = self.contract.of_role(Role::Get).next().unwrap();
        let schema = get.response_schema(200).unwrap();
        let mut job = get.job.as_ref().unwrap().first(self.contract.sample(schema).unwrap()).unwrap().clone();
        let shape = &self.contract.facts.job;
        shape.id.put(&mut job, json!(id));
        for (name, pointer) in &shape.parents {
            pointer.put(&mut job, self.contract.facts.parameters[name].example.clone());
        }
        if let (Value::Object(job), Value::Object(patch)) = (&mut job, patch) {
            for (key, value) in patch {
                if value.is_null() {
                    job.remove(key);
                } else {
                    job.insert(key.clone(), value.clone());
                }
            }
        }
        job
    }

    /// The view of a request of this role for a job under the contract's example parents.
    pub(crate) fn view(&self, operation: &str, job: Option<&str>) -> Value {
        let fact = &self.contract.facts.operations[operation];
        let mut view = json!({ "path": {}, "query": {}, "headers": {} });
        for name in self.contract.facts.job.parent_names() {
            if let Some(place) = fact.parent_place(name) {
                place.put(&mut view, self.contract.facts.parameters[name].example.clone());
            }
        }
        if let (Some(place), Some(job)) = (&fact.target, job) {
            place.put(&mut view, json!(job));
        }
        view
    }

    fn of_role(&self, role: Role) -> String {
        self.contract.of_role(role).next().map(|(id, _)| id.to_owned()).unwrap()
    }

    /// A successful answer of the first operation of this role, showing the job.
    pub(crate) fn shows(self, role: Role, id: &str, patch: &Value) -> Self {
        let operation = self.of_role(role);
        let fact = self.contract.facts.operations[&operation].clone();
        let status = fact.success_statuses().next().unwrap();
        let mut body = json!({});
        let job = self.job(id, patch);
        if let Some(jobs) = &fact.jobs {
            jobs.put(&mut body, json!([job]));
        } else {
            fact.job.as_ref().unwrap().put(&mut body, job);
        }
        let named = fact.target.is_some().then_some(id);
        let view = self.view(&operation, named);
        self.call(&operation, view, status, &body)
    }

    /// A get that shows the job with these members.
    pub(crate) fn get(self, id: &str, patch: &Value) -> Self {
        self.shows(Role::Get, id, patch)
    }

    /// A create whose answer shows the job with these members.
    pub(crate) fn create(self, id: &str, patch: &Value) -> Self {
        self.shows(Role::Create, id, patch)
    }

    /// A cancel that is accepted, and whose answer shows the job with these members.
    pub(crate) fn cancel(self, id: &str, patch: &Value) -> Self {
        self.shows(Role::Cancel, id, patch)
    }

    /// A cancel that is refused.
    pub(crate) fn cancel_refused(self, id: &str, status: u16, body: &Value) -> Self {
        let operation = self.of_role(Role::Cancel);
        let view = self.view(&operation, Some(id));
        self.call(&operation, view, status, body)
    }

    /// Changes the last exchange.
    pub(crate) fn last(mut self, change: impl FnOnce(&mut Exchange)) -> Self {
        change(self.exchanges.last_mut().unwrap());
        self
    }

    /// So much time passes that lists know what was seen.
    pub(crate) fn later(mut self) -> Self {
        self.clock += super::LAG;
        self
    }

    /// The last exchange was made to bring about this condition.
    pub(crate) fn probe(self, condition: Condition) -> Self {
        self.last(|e| e.meant_mut().probe = Some(condition))
    }

    /// The last response has this header.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        self.last(|e| e.outcome.as_mut().unwrap().headers.set(name, value))
    }

    /// The last response has this raw body.
    pub(crate) fn raw(self, body: &[u8]) -> Self {
        self.last(|e| {
            let old = e.outcome.as_ref().unwrap();
            e.outcome = Ok(Response::new(old.status, old.headers.clone(), body.to_vec()));
        })
    }

    /// The last two exchanges were under way at the same time.
    pub(crate) fn overlapping(mut self) -> Self {
        let n = self.exchanges.len();
        self.exchanges[n - 1].sent = self.exchanges[n - 2].sent;
        self
    }

    /// The driver gave up waiting for this job.
    pub(crate) fn gave_up(mut self, job: &str, waited_for: &[&str]) -> Self {
        self.given_up.push(GivenUp {
            job: job.to_owned(),
            waited_for: waited_for.iter().map(|s| (*s).to_owned()).collect(),
            after: Duration::from_secs(600),
            exchange: self.exchanges.len() - 1,
        });
        self
    }

    /// The driver knows where this job comes from.
    pub(crate) fn known(mut self, id: &str, origin: Origin) -> Self {
        self.known.insert(id.to_owned(), origin);
        self
    }

    /// The transcript as it stands.
    pub(crate) fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(self.exchanges.clone());
        transcript.given_up.clone_from(&self.given_up);
        transcript.known.clone_from(&self.known);
        transcript
    }

    /// What a rule makes of it.
    pub(crate) fn judge(&self, rule: &dyn Rule) -> Judgement {
        rule.judge(&Story::of(&self.contract, &self.transcript()))
    }

    /// How grave a finding of a rule is.
    pub(crate) fn level(&self, rule: &dyn Rule, finding: &Finding) -> Level {
        let transcript = self.transcript();
        crate::judge::level::level(rule.meta(), finding, &Story::of(&self.contract, &transcript))
    }

    /// The findings of a rule that could judge.
    pub(crate) fn findings(&self, rule: &dyn Rule) -> Vec<Finding> {
        match self.judge(rule).verdict() {
            Some(findings) => findings,
            None => panic!("nothing was judged"),
        }
    }
}

impl Judgement {
    /// The findings, where anything was looked at; each has a kind.
    pub(crate) fn verdict(&self) -> Option<Vec<Finding>> {
        assert!(self.found.iter().all(|finding| !finding.kind.is_empty()), "{:?}", self.found);
        (self.is_judged() || !self.found.is_empty()).then(|| self.found.clone())
    }
}
