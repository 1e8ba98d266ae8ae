//! Drives the planned cases of one server: all at once on servers of our own, one after the other elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Mutex, mpsc::UnboundedSender, watch};
use tokio::task::JoinSet;

use super::clean::clean;
use super::drive::{Stop, drive};
use super::judge::{Outcome, RuleVerdict, judge, not_driven};
use super::plan::{Choice, Decision, plan};
use super::setup::{Allow, Pool, Setup};
use crate::case::Case;
use crate::contract::Contract;
use crate::exchange::Transcript;
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

/// One case with what became of it.
#[derive(Debug)]
pub struct Driven {
    /// The case.
    pub case: Case,
    /// What was exchanged; empty where it was not driven.
    pub transcript: Transcript,
    /// The verdicts.
    pub verdicts: Vec<RuleVerdict>,
    /// The server it was driven against, for the evidence.
    pub setup: Option<Arc<Setup>>,
    /// Whether it was left out by choice.
    pub left_out: bool,
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
}

/// Runs the cases of one server.
pub async fn run(server: Arc<dyn Server>, options: &Options) -> Ran {
    let contract = server.contract();
    let planned = plan(&contract, server.allow(), &options.choice, &options.rules);
    let number = planned.iter().filter(|(_, decision)| *decision == Decision::Drive).count();
    emit(options, Event::Planned(contract.facts.id.clone(), number));
    let requests = Arc::new(AtomicUsize::new(0));
    let shared = server.is_shared();
    let pool = Arc::new(Mutex::new(Pool::default()));
    let limit = if shared { 1 } else { options.jobs.max(1) };
    let mut ran = Vec::new();
    let mut under_way: JoinSet<(Driven, Duration)> = JoinSet::new();
    let mut took = Duration::ZERO;
    let mut silent = 0;
    let mut given_up: Option<String> = None;
    let mut last_setup = None;
    for (case, decision) in planned {
        match decision {
            Decision::LeftOut => ran.push(undriven(case, Vec::new(), true)),
            Decision::Skip(why) => {
                let verdicts = not_driven(&case, &Outcome::Skipped(why), &options.rules);
                ran.push(undriven(case, verdicts, false));
            }
            Decision::Drive => {
                while under_way.len() >= limit {
                    collect(under_way.join_next().await, &mut ran, &mut took, &mut silent, &mut given_up);
                }
                let ended = options.stop.borrow().clone().or_else(|| given_up.clone());
                if let Some(why) = ended {
                    let verdicts = not_driven(&case, &Outcome::Unjudged(why), &options.rules);
                    ran.push(undriven(case, verdicts, false));
                    continue;
                }
                let (server, options) = (Arc::clone(&server), options.clone());
                let (pool, requests) = (Arc::clone(&pool), Arc::clone(&requests));
                under_way.spawn(async move { one(&*server, shared, &pool, &requests, case, &options).await });
            }
        }
    }
    while let Some(result) = under_way.join_next().await {
        collect(Some(result), &mut ran, &mut took, &mut silent, &mut given_up);
    }
    ran.sort_by(|a, b| a.case.id.cmp(&b.case.id));
    if shared {
        last_setup = ran.iter().find_map(|driven| driven.setup.clone());
    }
    let warnings = match last_setup {
        Some(setup) => clean(&setup, &pool, &requests).await,
        None => Vec::new(),
    };
    Ran { cases: ran, requests: requests.load(Ordering::Relaxed), took, warnings }
}

fn undriven(case: Case, verdicts: Vec<RuleVerdict>, left_out: bool) -> Driven {
    Driven { case, transcript: Transcript::default(), verdicts, setup: None, left_out }
}

fn emit(options: &Options, event: Event) {
    if let Some(events) = &options.events {
        // Nobody listening is no reason to stop.
        let _ = events.send(event);
    }
}

/// Takes in a case that has ended, and notices a server that answers nothing.
fn collect(
    result: Option<Result<(Driven, Duration), tokio::task::JoinError>>,
    ran: &mut Vec<Driven>,
    took: &mut Duration,
    silent: &mut usize,
    given_up: &mut Option<String>,
) {
    let Some(Ok((driven, length))) = result else { return };
    *took = (*took).max(length);
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

/// Drives and judges one case.
async fn one(
    server: &dyn Server,
    shared: bool,
    pool: &Mutex<Pool>,
    requests: &AtomicUsize,
    case: Case,
    options: &Options,
) -> (Driven, Duration) {
    emit(options, Event::Started(case.id.clone()));
    let setup = match server.setup(&case).await {
        Ok(setup) => setup,
        Err(why) => {
            let verdicts = not_driven(&case, &Outcome::Unjudged(why), &options.rules);
            emit(options, Event::Finished(case.id.clone(), None));
            return (undriven(case, verdicts, false), Duration::ZERO);
        }
    };
    let own = Mutex::new(Pool::default());
    let pool = if shared { pool } else { &own };
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
        driven = drive(&setup, pool, requests, &case) => driven,
        why = ended => (Transcript::default(), Some(Stop::Error(why))),
    };
    let verdicts = judge(&case, &transcript, stop.as_ref(), &setup.contract, &options.rules);
    let worst = verdicts
        .iter()
        .filter_map(|v| if let Outcome::Found(level) = v.outcome { Some(level) } else { None })
        .max();
    emit(options, Event::Finished(case.id.clone(), worst));
    let length = setup.target.elapsed();
    (Driven { case, transcript, verdicts, setup: Some(setup), left_out: false }, length)
}
