//! A server under test with everything the driver may use.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::pace::{Pace, Readings};
use crate::contract::Contract;
use crate::contract::combination::Facets;
use crate::exchange::curl::{Callers, CurlAuth};
use crate::exchange::{Exchange, Identity, JobIds};
use crate::sign::{Credentials, Scheme};
use crate::target::Target;

/// What may be sent to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allow {
    /// Requests that only read.
    pub read: bool,
    /// Requests that start jobs.
    pub create: bool,
    /// Requests that cancel one job each.
    pub cancel: bool,
    /// Requests that cancel many jobs: those of others, too, if they are in the range.
    pub cancel_many: bool,
    /// Requests that start jobs which destroy data.
    pub destroy: bool,
    /// Requests that make, change or remove something other than jobs.
    pub write: bool,
}

impl Allow {
    /// Everything, for servers of our own.
    pub const ALL: Allow =
        Allow { read: true, create: true, cancel: true, cancel_many: true, destroy: true, write: true };

    /// Whether this is allowed, by its word in a target file.
    pub fn permits(self, word: &str) -> bool {
        match word {
            "read" => self.read,
            "create" => self.create,
            "cancel" => self.cancel,
            "cancel-many" => self.cancel_many,
            "destroy" => self.destroy,
            "write" => self.write,
            _ => false,
        }
    }
}

/// Jobs known to be in a state, and to stay there until acted on.
#[derive(Debug, Clone, PartialEq)]
pub struct Fixture {
    /// The state.
    pub state: String,
    /// Their facets.
    pub facets: Facets,
    /// Whether they belong to the other parent.
    pub foreign: bool,
    /// Their ids.
    pub jobs: Vec<JobIds>,
}

/// How far the driver may go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The most jobs that may be created in a run.
    pub max_jobs: usize,
    /// How long a job may take to get to where it is waited for.
    pub deadline: Duration,
    /// The time between two readings of a job.
    pub poll_interval: Duration,
    /// How long ended jobs are watched after their end.
    pub watch_after_end: Duration,
    /// The documented pace of readings, which every single one keeps; none on servers of our own.
    pub pace: Option<Pace>,
}

/// A server under test with everything the driver may use.
pub struct Setup {
    /// What it is measured against.
    pub contract: Arc<Contract>,
    /// Where requests go.
    pub target: Arc<dyn Target>,
    /// How requests are signed; `None` where the contract asks for nothing.
    pub signer: Option<(Box<dyn Scheme>, Credentials)>,
    /// How requests of others are signed.
    pub identities: BTreeMap<Identity, (Box<dyn Scheme>, Credentials)>,
    /// The values of the contract's parameters.
    pub parameters: BTreeMap<String, Value>,
    /// A second, foreign parent; empty where there is none.
    pub other_parent: BTreeMap<String, Value>,
    /// What may be sent.
    pub allow: Allow,
    /// Jobs known beforehand.
    pub fixtures: Vec<Fixture>,
    /// What is merged into requests that start a job, over `{ query, headers, body }`.
    pub create: Value,
    /// How far to go.
    pub limits: Limits,
    /// The seed of everything generated.
    pub seed: u64,
}

impl Setup {
    /// How `curl` lines write the credentials of its identities.
    pub fn callers(&self) -> Callers {
        let line = |(scheme, credentials): &(Box<dyn Scheme>, Credentials)| scheme.curl(credentials);
        Callers {
            usual: self.signer.as_ref().map_or(CurlAuth::AsSent, line),
            others: self.identities.iter().map(|(who, signer)| (*who, line(signer))).collect(),
        }
    }
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup")
            .field("vendor", &self.contract.facts.id)
            .field("allow", &self.allow)
            .finish_non_exhaustive()
    }
}

/// What the run knows of the jobs of one server: which ones there are, and which are used up.
#[derive(Debug, Default)]
pub struct Pool {
    /// The jobs by id.
    pub jobs: BTreeMap<String, Known>,
    /// The ids of the jobs that this run created, in order.
    pub created: Vec<String>,
    /// How many requests that start a job succeeded without naming it: their jobs count, too.
    pub unnamed: usize,
    /// Values of parameters that this run made and did not remove, each with the parameter's name.
    pub made: Vec<(String, String)>,
    /// When jobs were read.
    pub(super) readings: Readings,
    /// Fixture jobs that a case has changed.
    pub used: BTreeSet<String>,
    /// Fixture jobs that were looked at.
    pub verified: BTreeSet<String>,
    /// What showed that jobs have ended.
    pub ended: Vec<Ended>,
}

/// A job that was seen to end, and that nothing was done to since.
#[derive(Debug, Clone)]
pub struct Ended {
    /// Its id.
    pub id: String,
    /// All ids that the answer showed of it.
    pub names: Vec<String>,
    /// The service that showed it.
    pub service: Option<String>,
    /// Whether it belongs to the other parent.
    pub foreign: bool,
    /// The first reading of its end.
    pub shown: Exchange,
}

impl Pool {
    /// The id under which a job is kept that was seen under this one.
    pub fn key(&self, id: &str) -> String {
        let by_name = || self.jobs.iter().find(|(_, known)| known.names.values().any(|name| name == id));
        match self.jobs.get(id) {
            Some(_) => id.to_owned(),
            None => by_name().map_or_else(|| id.to_owned(), |(key, _)| key.clone()),
        }
    }
}

/// One job of a server, as it was last seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Its last known state.
    pub state: String,
    /// Since when it is seen in that state.
    pub since: std::time::Duration,
    /// What is known of its facets.
    pub facets: Facets,
    /// Its further ids, by name, as far as they are known. The empty name tells which of them the job is kept under,
    /// where that is not its own id.
    pub names: BTreeMap<String, String>,
    /// Whether it belongs to the other parent.
    pub foreign: bool,
    /// Whether a case is changing it, or has.
    pub taken: bool,
}
