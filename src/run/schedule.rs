//! Drives the planned cases of one server: all at once on servers of our own, one after the other elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Mutex, mpsc::UnboundedSender, watch};
use tokio::task::JoinSet;

use super::clean::clean;
use super::drive::drive;
use super::pace::Pace;
use super::plan::{Choice, Decision, plan};
use super::setup::{Allow, Pool, Setup};
use crate::case::Case;
use crate::contract::Contract;
use crate::exchange::Transcript;
use crate::exchange::curl::Callers;
use crate::judge::cause::{Cause, Judged};
use crate::judge::{Outcome, RuleVerdict, judge, not_driven};
use crate::rule::Why;
use crate::rule::{Level, Rule};

/// After this many cases in a row to which nothing was answered at all, the server is given up.
const SILENT_CASES: usize = 3;

/// A server, or a supply of servers.
#[async_trait]
pub trait Server: Send + Sync {
    /// The contract it is measured against.
    fn contract(&self) -> Arc<Contract>;

    /// What may be sent to it.
    fn allow(&self) -> Allow;

    /// The documented pace that readings of jobs keep to; none on servers of our own.
    fn pace(&self) -> Option<Pace> {
        None
    }

    /// The server for a case: one of its own, or the one that all share.
    ///
    /// # Errors
    /// Says why there is none.
    async fn setup(&self, case: &Case) -> Result<Arc<Setup>, String>;

    /// Whether all cases share one server.
    fn is_shared(&self) -> bool;
}

/// What happens while a run goes on.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// So many cases of a vendor are to be driven.
    Planned(String, usize),
    /// A case begins.
    Started(String),
    /// A case has ended, with its gravest finding.
    Finished(String, Option<Level>),
}

/// How to run.
#[derive(Clone)]
pub struct Options {
    /// What was chosen.
    pub choice: Choice,
    /// The rules.
    pub rules: Vec<&'static dyn Rule>,
    /// How many cases are driven at the same time on servers of our own.
    pub jobs: usize,
    /// Where events go.
    pub events: Option<UnboundedSender<Event>>,
    /// Turns to a reason when the run must end early.
    pub stop: watch::Receiver<Option<String>>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("choice", &self.choice)
            .field("jobs", &self.jobs)
            .finish_non_exhaustive()
    }
}

/// How far a case came.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// It was driven to its end, or until it stopped for this reason.
    Driven(Option<Why>),
    /// It was not driven, for this reason.
    NotDriven(Why),
    /// It was left out by choice.
    LeftOut,
}

/// One case with what became of it.
#[derive(Debug)]
pub struct Driven {
    /// The case.
    pub case: Case,
    /// What was exchanged; empty where it was not driven.
    pub transcript: Transcript,
    /// The verdicts.
    pub verdicts: Vec<RuleVerdict>,
    /// How far it came.
    pub fate: Fate,
    /// How the lines that repeat its requests write credentials.
    pub callers: Callers,
    /// How long it took by the clock of its server.
    pub length: Duration,
}

impl Driven {
    /// A case that was not driven.
    pub fn not(case: Case, fate: Fate, rules: &[&'static dyn Rule]) -> Driven {
        let verdicts = match &fate {
            Fate::NotDriven(why) => not_driven(&case, why, rules),
            Fate::LeftOut => not_driven(&case, &Why::LeftOut, rules),
            Fate::Driven(_) => Vec::new(),
        };
        let transcript = Transcript::default();
        Driven { case, transcript, verdicts, fate, callers: Callers::default(), length: Duration::ZERO }
    }
}

/// Everything that came of one server.
#[derive(Debug)]
pub struct Ran {
    /// The cases, in the order of their ids.
    pub cases: Vec<Driven>,
    /// How many requests were sent.
    pub requests: usize,
    /// How long it took by the clock of the servers: the longest case where each has its own.
    pub took: Duration,
    /// Jobs that may still be running.
    pub warnings: Vec<String>,
    /// What stands behind many findings at once.
    pub causes: Vec<Cause>,
}

/// Runs the cases of one server.
pub async fn run(server: Arc<dyn Server>, options: &Options) -> Ran {
    let contract = server.contract();
    let planned = plan(&contract, server.allow(), &options.choice, &options.rules);
    let number = planned.iter().filter(|(_, decision)| *decision == Decision::Drive).count();
    emit(options, Event::Planned(contract.facts.id.clone(), number));
    let shared = server.is_shared();
    let session = Arc::new(Session::new(server));
    let limit = if shared { 1 } else { options.jobs.max(1) };
    let mut ran = Vec::new();
    let mut under_way: JoinSet<Driven> = JoinSet::new();
    let mut silent = 0;
    let mut given_up: Option<String> = None;
    for (case, decision) in planned {
        match decision {
            Decision::LeftOut => ran.push(Driven::not(case, Fate::LeftOut, &options.rules)),
            Decision::Skip(why) => ran.push(Driven::not(case, Fate::NotDriven(why), &options.rules)),
            Decision::Drive => {
                while under_way.len() >= limit {
                    collect(under_way.join_next().await, &mut ran, &mut silent, &mut given_up);
                }
                let ended = options.stop.borrow().clone().or_else(|| given_up.clone());
                if let Some(why) = ended {
                    let why = Why::Ended { because: why };
                    ran.push(Driven::not(case, Fate::NotDriven(why), &options.rules));
                    continue;
                }
                let (session, options) = (Arc::clone(&session), options.clone());
                under_way.spawn(async move { session.one(case, &options).await });
            }
        }
    }
    while let Some(result) = under_way.join_next().await {
        collect(Some(result), &mut ran, &mut silent, &mut given_up);
    }
    ran.sort_by(|a, b| a.case.id.cmp(&b.case.id));
    let took = ran.iter().map(|driven| driven.length).max().unwrap_or_default();
    let warnings = session.clean().await;
    let causes = settle(&contract, &mut ran);
    Ran { causes, cases: ran, requests: session.requests.load(Ordering::Relaxed), took, warnings }
}

/// Finds what stands behind many findings of these cases, and takes those out of their verdicts.
pub fn settle(contract: &Contract, cases: &mut [Driven]) -> Vec<Cause> {
    let mut judged: Vec<Judged<'_>> = cases
        .iter_mut()
        .map(|Driven { case, transcript, verdicts, .. }| Judged { case, transcript, verdicts })
        .collect();
    crate::judge::cause::settle(contract, &mut judged)
}

fn emit(options: &Options, event: Event) {
    if let Some(events) = &options.events {
        // Nobody listening is no reason to stop.
        let _ = events.send(event);
    }
}

/// Takes in a case that has ended, and notices a server that answers nothing.
fn collect(
    result: Option<Result<Driven, tokio::task::JoinError>>,
    ran: &mut Vec<Driven>,
    silent: &mut usize,
    given_up: &mut Option<String>,
) {
    let Some(Ok(driven)) = result else { return };
    let exchanges = &driven.transcript.exchanges;
    let first_error = exchanges.iter().find_map(|e| e.outcome.as_ref().err());
    match first_error {
        Some(error) if exchanges.iter().all(|e| e.outcome.is_err()) => {
            *silent += 1;
            if *silent >= SILENT_CASES && given_up.is_none() {
                *given_up = Some(format!(
                    "the server was given up after {SILENT_CASES} cases without an answer: {error}"
                ));
            }
        }
        _ if exchanges.is_empty() => {}
        _ => *silent = 0,
    }
    ran.push(driven);
}

/// The jobs and requests of one run against one server.
pub struct Session {
    server: Arc<dyn Server>,
    pool: Mutex<Pool>,
    requests: AtomicUsize,
    shared: Mutex<Option<Arc<Setup>>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("requests", &self.requests).finish_non_exhaustive()
    }
}

impl Session {
    /// A run that begins.
    pub fn new(server: Arc<dyn Server>) -> Session {
        Session { server, pool: Mutex::default(), requests: AtomicUsize::new(0), shared: Mutex::new(None) }
    }

    /// How many requests were sent so far.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Drives and judges one case.
    pub async fn one(&self, case: Case, options: &Options) -> Driven {
        emit(options, Event::Started(case.id.clone()));
        let setup = match self.server.setup(&case).await {
            Ok(setup) => setup,
            Err(why) => {
                emit(options, Event::Finished(case.id.clone(), None));
                let why = Why::Ended { because: why };
                return Driven::not(case, Fate::NotDriven(why), &options.rules);
            }
        };
        let own = Mutex::new(Pool::default());
        let pool = if self.server.is_shared() {
            *self.shared.lock().await = Some(Arc::clone(&setup));
            &self.pool
        } else {
            &own
        };
        let mut stop = options.stop.clone();
        let ended = async {
            let ended = stop.wait_for(Option::is_some).await.ok().map(|why| why.clone().unwrap_or_default());
            match ended {
                Some(why) => why,
                // Nobody can end the run any more: it goes on to its own end.
                None => std::future::pending().await,
            }
        };
        let (transcript, stop) = tokio::select! {
            driven = drive(&setup, pool, &self.requests, &case) => driven,
            why = ended => (Transcript::default(), Some(Why::Ended { because: why })),
        };
        let verdicts = judge(&case, &transcript, stop.as_ref(), &setup.contract, &options.rules);
        let found = |v: &RuleVerdict| if let Outcome::Found(level) = v.outcome { Some(level) } else { None };
        emit(options, Event::Finished(case.id.clone(), verdicts.iter().filter_map(found).max()));
        let (callers, length) = (setup.callers(), setup.target.elapsed());
        Driven { case, transcript, verdicts, fate: Fate::Driven(stop), callers, length }
    }

    /// Cancels what the run created on a shared server and has not ended. Gives a line for each job that may still be
    /// running.
    pub async fn clean(&self) -> Vec<String> {
        let shared = self.shared.lock().await.clone();
        match shared {
            Some(setup) => clean(&setup, &self.pool, &self.requests).await,
            None => Vec::new(),
        }
    }
}
