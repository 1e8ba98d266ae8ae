//! Cases: what is driven, as data.

pub mod around;
pub mod base;
pub mod cancel;
pub mod cancel_many;
pub mod credentials;
pub mod errors;
pub mod graphql;
pub mod idempotency;
pub mod identities;
pub mod inputs;
pub mod isolation;
pub mod lifecycle;
pub mod listing;
pub mod not_offered;
pub mod pace;
pub mod parts;
pub mod races;
pub mod reads;
pub mod retry;
pub mod surfaces;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::contract::Contract;
use crate::contract::around::Guess;
use crate::contract::combination::Facets;
use crate::contract::error::Condition;
use crate::contract::operation::{Operation, Role};
use crate::contract::pointer::Pointer;
use crate::exchange::Identity;

/// Every case of a contract, in the order of their ids.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let families = [
        lifecycle::cases,
        cancel::cases,
        cancel_many::cases,
        retry::cases,
        surfaces::cases,
        races::cases,
        errors::cases,
        credentials::cases,
        inputs::cases,
        listing::cases,
        idempotency::cases,
        isolation::cases,
        identities::cases,
        reads::cases,
        graphql::cases,
        around::cases,
        parts::cases,
        pace::cases,
        not_offered::cases,
    ];
    let mut cases: Vec<Case> = families.iter().flat_map(|family| family(contract)).collect();
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    cases
}

/// A named sequence of steps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// `<vendor>::<operation>::<what>[::<variant>]`.
    pub id: String,
    /// What it shows, in one line.
    pub title: String,
    /// The rules it was made for: each gets a verdict, even if only a skip. Other rules get one where they find
    /// something to judge.
    pub rules: Vec<&'static str>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Why the contract gives nothing to drive, where that is so: the case is then a skip.
    pub silent: Option<String>,
}

impl Case {
    /// A case of one operation. `what` is the part of the id after the operation.
    fn new(contract: &Contract, operation: &str, what: &str, title: String, rules: &[&'static str]) -> Case {
        let id = format!("{}::{operation}::{what}", contract.facts.id);
        Case { id, title, rules: rules.to_vec(), steps: Vec::new(), silent: None }
    }

    /// The same case with one more step.
    fn then(mut self, step: Step) -> Case {
        self.steps.push(step);
        self
    }

    /// What the case does to the server: the roles of the calls it makes and the jobs it asks for.
    pub fn needs(&self, contract: &Contract) -> Needs {
        let mut needs = Needs::default();
        let operation = |call: &Call| contract.facts.operations.get(&call.operation);
        let mut call = |call: &Call| match operation(call).map(|o| o.role) {
            _ if operation(call).is_some_and(|o| o.writes) => needs.writes += 1,
            Some(Role::Create | Role::Retry) => {
                needs.creates += 1;
                needs.destroys += usize::from(operation(call).is_some_and(|o| o.destroys));
            }
            Some(Role::Cancel | Role::CancelMany) => needs.cancels += 1,
            _ => needs.reads += 1,
        };
        for step in &self.steps {
            match step {
                Step::Call(one) | Step::Pages { call: one, .. } => call(one),
                Step::Together(calls) => calls.iter().for_each(&mut call),
                Step::Search { call: one, tries } => (0..*tries).for_each(|_| call(one)),
                Step::Race(race) => {
                    call(&race.create);
                    for _ in 0..race.times {
                        call(&race.create);
                        call(&race.cancel);
                    }
                }
                Step::Guess { .. }
                | Step::Arrange(_)
                | Step::Poll { .. }
                | Step::Watch { .. }
                | Step::Parts { .. } => {}
            }
        }
        for step in &self.steps {
            match step {
                Step::Arrange(_) => needs.jobs += 1,
                Step::Poll { .. } => needs.reads += 1,
                Step::Watch { times, .. } => needs.reads += times,
                Step::Race(race) => needs.reads += 1 + 2 * race.times,
                // Two pages at least, and one that holds all.
                Step::Parts { .. } => needs.reads += 3,
                Step::Guess { role: Role::Create | Role::Retry, .. } => needs.creates += 1,
                Step::Guess { .. } => needs.cancels += 1,
                _ => {}
            }
        }
        needs
    }
}

/// What a case does to a server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Needs {
    /// Requests that only read, polling counted once.
    pub reads: usize,
    /// Requests that start a job.
    pub creates: usize,
    /// Those of them whose jobs destroy data.
    pub destroys: usize,
    /// Requests that cancel jobs.
    pub cancels: usize,
    /// Requests that make, change or remove something other than jobs.
    pub writes: usize,
    /// Jobs that must be there first.
    pub jobs: usize,
}

/// A name for a job within a case.
pub type Slot = String;

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Gets hold of a job.
    Arrange(Arrange),
    /// Sends one request.
    Call(Call),
    /// Sends requests at the same time.
    Together(Vec<Call>),
    /// Reads a job until it is in one of the states, or in any terminal state when none are named.
    Poll {
        /// The job.
        job: Slot,
        /// The states waited for.
        until: Vec<String>,
    },
    /// Reads a job some more times, a polling interval apart.
    Watch {
        /// The job.
        job: Slot,
        /// How often.
        times: usize,
    },
    /// Starts jobs, and cancels each about when it ends by itself.
    Race(Box<Race>),
    /// Makes requests wrong at random, by the run's seed. The first that is not refused is made as small as it can be
    /// and still breaks its schema.
    Search {
        /// The request that is made wrong, and the condition that it then is in.
        call: Call,
        /// How many are sent, without those that make a mistake smaller.
        tries: usize,
    },
    /// Walks through the pages of a list inside a job, after one page that should hold them all.
    Parts {
        /// The call that reads the job.
        call: Call,
    },
    /// Tries something that the API does not offer.
    Guess {
        /// The role of the operation there is none of.
        role: Role,
        /// The request.
        guess: Guess,
        /// The job it names.
        job: Slot,
    },
    /// Walks through all pages of a list.
    Pages {
        /// The list operation, with what else the request carries.
        call: Call,
        /// The page size asked for; none leaves it out.
        size: Option<u64>,
    },
}

/// Jobs that are cancelled about when they end by themselves: a first one shows how long that takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Race {
    /// How a job is started.
    pub create: Call,
    /// How it is cancelled; its job is filled in.
    pub cancel: Call,
    /// The states in which it can be cancelled.
    pub open: Vec<String>,
    /// How many jobs are cancelled. A server on which fewer jobs may be created gets fewer.
    pub times: usize,
}

/// Which job is wanted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arrange {
    /// What the case calls it.
    pub job: Slot,
    /// The states it may be in; none means a job just created.
    pub states: Vec<String>,
    /// Its facets.
    pub facets: Facets,
    /// Whether it belongs to the target's other parent.
    pub foreign: bool,
    /// Whether the case changes the job, so that no other case may share it.
    pub consumes: bool,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// The operation.
    pub operation: String,
    /// The job it names.
    pub job: JobRef,
    /// Whose parents it names.
    pub parents: Parents,
    /// Members put into the request, over `{ path, query, headers, body }`.
    pub set: Vec<(Pointer, Value)>,
    /// Points in time put into the request, as in RFC 3339.
    pub times: Vec<(Pointer, Moment)>,
    /// Members taken out of the request, after `set`.
    pub unset: Vec<Pointer>,
    /// Who sends it, where that is not the usual identity.
    pub identity: Option<Identity>,
    /// What is wrong with its credentials, if anything.
    pub credentials: Option<Condition>,
    /// What of the request its signature was made for another of, if anything.
    pub signed_for_another: Option<Part>,
    /// The condition it is made to bring about.
    pub probe: Option<Condition>,
    /// In words, what is wrong with it.
    pub violation: Option<String>,
    /// For a list: the filter by name and the state it asks for.
    pub filter: Option<(String, Option<String>)>,
    /// What the case calls the job that the answer creates.
    pub creates: Option<Slot>,
    /// What the case calls the value of a parameter that the answer makes.
    pub makes: Option<Slot>,
    /// A parameter whose value was made by an earlier call, with what the case calls that.
    pub uses: Option<(String, Slot)>,
}

impl Call {
    /// A plain call of an operation.
    pub fn new(operation: &str) -> Self {
        Call {
            operation: operation.to_owned(),
            job: JobRef::None,
            parents: Parents::Own,
            set: Vec::new(),
            times: Vec::new(),
            unset: Vec::new(),
            identity: None,
            credentials: None,
            signed_for_another: None,
            probe: None,
            violation: None,
            filter: None,
            creates: None,
            makes: None,
            uses: None,
        }
    }

    /// The same call, naming this job.
    pub fn job(mut self, slot: &str) -> Self {
        self.job = JobRef::Slot(slot.to_owned());
        self
    }
}

/// A point in time that a case knows only once its jobs are there.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// When the job was created.
    Of(Slot),
    /// A moment before.
    Before(Slot),
    /// A moment after.
    After(Slot),
    /// Half way from one job's creation to another's.
    Between(Slot, Slot),
}

/// A part of a request that its signature is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The path.
    Path,
    /// The query.
    Query,
    /// The body.
    Body,
}

/// The job a call names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobRef {
    /// None.
    None,
    /// A job of the case.
    Slot(Slot),
    /// A well-formed id that no job has.
    Unknown,
    /// An id as written here.
    Literal(String),
}

/// Whose parents a call names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parents {
    /// The target's own.
    Own,
    /// The target's other, foreign parents.
    Foreign,
    /// Well-formed ones that do not exist.
    Unknown,
}

/// The operation that reads one job of the service of `operation`.
fn reader<'c>(contract: &'c Contract, operation: &Operation) -> Option<&'c str> {
    contract.of_role(Role::Get).find(|(_, get)| get.service == operation.service).map(|(id, _)| id)
}

/// The operation that starts a job in the service of `operation`.
fn creator<'c>(contract: &'c Contract, operation: &Operation) -> Option<&'c str> {
    contract.of_role(Role::Create).find(|(_, create)| create.service == operation.service).map(|(id, _)| id)
}

/// A step that reads a job.
fn read(reader: &str, job: &str) -> Step {
    Step::Call(Call::new(reader).job(job))
}

/// A step that gets hold of a job in one of these states, to be changed by the case.
fn take(job: &str, states: &[&str]) -> Step {
    Step::Arrange(Arrange {
        job: job.to_owned(),
        states: states.iter().map(|s| (*s).to_owned()).collect(),
        facets: BTreeMap::new(),
        foreign: false,
        consumes: true,
    })
}

/// A step that gets hold of a job in this state with these facets, to be changed by the case.
fn take_with(job: &str, state: &str, facets: &Facets) -> Step {
    match take(job, &[state]) {
        Step::Arrange(arrange) => Step::Arrange(Arrange { facets: facets.clone(), ..arrange }),
        other => other,
    }
}

/// A step that gets hold of a job that can be cancelled, to be changed by the case.
fn take_cancellable(contract: &Contract, job: &str) -> Step {
    let lifecycle = &contract.facts.lifecycle;
    let all = lifecycle.states.keys().map(String::as_str);
    let stoppable: Vec<(&str, Facets)> =
        all.filter_map(|state| Some((state, contract.cancellable(state).into_iter().next()?))).collect();
    let facets = stoppable.first().map(|(_, facets)| facets.clone()).unwrap_or_default();
    let alike = stoppable.into_iter().filter(|(_, other)| *other == facets);
    let mut states: Vec<&str> = alike.map(|(state, _)| state).collect();
    // What is under way longest is the easiest to catch.
    states.sort_by_key(|state| lifecycle.phase(state) != crate::contract::lifecycle::Phase::Running);
    match take(job, &states) {
        Step::Arrange(arrange) => Step::Arrange(Arrange { facets, ..arrange }),
        other => other,
    }
}

/// A step that gets hold of a finished job, which other cases may share.
fn finished(contract: &Contract, job: &str) -> Step {
    let lifecycle = &contract.facts.lifecycle;
    let mut states: Vec<(crate::contract::lifecycle::Phase, String)> = lifecycle
        .states
        .iter()
        .filter(|(_, state)| state.phase.is_terminal())
        .map(|(name, state)| (state.phase, name.clone()))
        .collect();
    states.sort();
    Step::Arrange(Arrange {
        job: job.to_owned(),
        states: states.into_iter().map(|(_, name)| name).collect(),
        facets: BTreeMap::new(),
        foreign: false,
        consumes: false,
    })
}
