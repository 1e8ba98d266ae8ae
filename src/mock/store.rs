//! What the mock remembers: its jobs, and the tokens they were created with.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::job::{Job, Step, later};
use super::parents::Set;
use crate::contract::Contract;
use crate::contract::lifecycle::Lifecycle;
use crate::contract::likeness::{Dice, like};
use crate::contract::pointer::Pointer;

/// Jobs and tokens.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// Every job, by its number.
    pub jobs: Vec<Job>,
    /// The number of each job, by id and by every further id.
    by_id: BTreeMap<String, usize>,
    /// The number of the job that each token created.
    pub tokens: BTreeMap<String, usize>,
    /// The number of the first job that a retry of each job started.
    pub retries: BTreeMap<usize, usize>,
    /// Values of parameters that calls made, each with its parameter.
    pub made: Set,
    /// Values of parameters that calls removed.
    pub removed: Set,
    /// Facts that calls changed, by the parameter and its value.
    pub changed: BTreeMap<(String, String), BTreeMap<String, Value>>,
}

/// What a new job is made from.
#[derive(Debug, Default)]
pub(crate) struct Seedling {
    pub parents: BTreeMap<String, String>,
    pub facets: BTreeMap<String, Vec<String>>,
    pub echoed: BTreeMap<Pointer, Value>,
    pub created_by_request: bool,
}

impl Store {
    /// The number of the job with this id.
    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Forgets the ids of a job, so that nobody finds it any more.
    pub(crate) fn forget(&mut self, number: usize) {
        self.by_id.retain(|_, other| *other != number);
    }

    /// Gives a job the id of the first one of the same parents that has ended. Only a fault does.
    pub(crate) fn take_id(&mut self, number: usize, lifecycle: &Lifecycle) {
        let Some(parents) = self.jobs.get(number).map(|job| job.parents.clone()) else { return };
        let is_over = |job: &Job| lifecycle.is_terminal(job.state()) && job.parents == parents;
        let old = self.jobs.iter().find(|job| is_over(job)).map(|job| (job.id.clone(), job.aliases.clone()));
        if let (Some((id, aliases)), Some(job)) = (old, self.jobs.get_mut(number)) {
            (job.id, job.aliases) = (id.clone(), aliases.clone());
            self.by_id.extend(aliases.into_values().chain([id]).map(|name| (name, number)));
        }
    }

    /// Adds a job without a past, and gives its number.
    pub(crate) fn add(&mut self, contract: &Contract, whole: &Value, seed: u64, seedling: Seedling) -> usize {
        let number = self.jobs.len();
        let mut dice = Dice::new(seed, number as u64 + 1);
        let shape = &contract.facts.job;
        let mut id = like(&shape.ids.sample, &mut dice);
        // A sample with few letters and digits runs out of likenesses: then a number makes the id its own.
        for attempt in 0.. {
            if !self.by_id.contains_key(&id) {
                break;
            }
            id = like(&shape.ids.sample, &mut dice);
            if attempt > 100 {
                id = format!("{}{number}", shape.ids.sample);
            }
        }
        let aliases: BTreeMap<String, String> = shape
            .aliases
            .iter()
            .map(|(name, at)| {
                let sample = at.first(whole).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
                (name.clone(), like(&sample.unwrap_or_else(|| shape.ids.sample.clone()), &mut dice))
            })
            .collect();
        self.by_id.insert(id.clone(), number);
        for alias in aliases.values() {
            self.by_id.entry(alias.clone()).or_insert(number);
        }
        self.jobs.push(Job {
            serial: number as u64,
            id,
            aliases,
            parents: seedling.parents,
            facets: seedling.facets,
            echoed: seedling.echoed,
            past: Vec::new(),
            plan: Vec::new(),
            held: None,
            created_by_request: seedling.created_by_request,
            cancelled: false,
            retried: false,
            cancels: 0,
            last_cancel: None,
            again: 0,
            retries: 0,
            reads: 0,
            ended_reads: 0,
        });
        number
    }
}

impl Job {
    /// Sets the job out on a way that begins now, with so long a stay in each state.
    pub(crate) fn set_out(&mut self, way: &[String], now: Timestamp, stay: Duration) {
        let mut at = now;
        if let Some(first) = way.first() {
            let worked = self.past.last().map(|step| step.worked).unwrap_or_default();
            self.past.push(Step { state: first.clone(), at, worked });
        }
        self.held = None;
        self.plan = way
            .iter()
            .skip(1)
            .map(|state| {
                at = later(at, stay);
                (at, state.clone())
            })
            .collect();
    }
}
