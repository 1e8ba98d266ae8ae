//! The suite against itself: every seeded fault must be seen by a rule that had to see it, and no decoy may raise an
//! alarm.

pub mod accepted;
pub mod model;
mod sentence;
mod tally;
pub mod terminal;
#[cfg(test)]
mod tests;
mod trial;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{mpsc::UnboundedSender, watch};
use tokio::task::JoinSet;

use crate::contract::Contract;
use crate::mock::Mould;
use crate::mock::decoy::decoys;
use crate::mock::fault::faults;
use crate::run::plan::{Choice, Decision, plan};
use crate::run::setup::Allow;
use accepted::Accepted;
use model::Proof;
use tally::tally;
use trial::{Ground, Outcome, Trial};

/// How to prove.
pub struct Options {
    /// The seed of everything generated.
    pub seed: u64,
    /// Whether the mocks are asked over loopback HTTP. What shows over the network only always is.
    pub over_http: bool,
    /// How many mocks are tried at the same time.
    pub jobs: usize,
    /// Whether decoys are tried, too. They take much longer than faults: each meets every case.
    pub decoys: bool,
    /// Survivors that are accepted.
    pub accepted: Vec<Accepted>,
    /// Where events go.
    pub events: Option<UnboundedSender<Event>>,
    /// Turns to a reason when the run must end early.
    pub stop: watch::Receiver<Option<String>>,
}

/// What happens while a proof goes on.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// So many faults and decoys are to be tried.
    Planned(usize),
    /// One was tried: the vendor, its id, and whether all went as it should.
    Tried(String, String, bool),
}

/// Tries every fault and every decoy of these contracts.
pub async fn prove(contracts: &[Arc<Contract>], options: Options) -> Proof {
    let mut trials = Vec::new();
    for contract in contracts {
        let ground = Arc::new(ground(contract, &options));
        let mut add = |trial| trials.push((Arc::clone(&ground), trial));
        add(Trial::Usual);
        faults(contract).into_iter().for_each(|fault| add(Trial::Fault(Arc::from(fault))));
        let sentences = contract.facts.sentences.iter().filter(|sentence| !sentence.faults.is_empty());
        sentences.for_each(|sentence| add(Trial::Sentence(sentence.clone())));
        let odd = if options.decoys { decoys(contract) } else { Vec::new() };
        odd.into_iter().for_each(|decoy| add(Trial::Decoy(Arc::from(decoy))));
    }
    let emit = |event| {
        if let Some(events) = &options.events {
            // Nobody listening is no reason to stop.
            let _ = events.send(event);
        }
    };
    emit(Event::Planned(trials.len()));
    // Those that take long come first, so that no worker is left alone with one at the end.
    trials.sort_by_key(|(_, trial)| trial.is_short());
    let trials = Arc::new(trials);
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..options.jobs.max(1) {
        let (trials, next) = (Arc::clone(&trials), Arc::clone(&next));
        let (events, stop) = (options.events.clone(), options.stop.clone());
        // Each worker keeps to a thread of its own: trials give way at every request, and on the runtime's threads they
        // would gather on one of them while others are idle.
        let runtime = tokio::runtime::Handle::current();
        let work = async move {
            let mut done = Vec::new();
            while let Some((ground, trial)) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
                if stop.borrow().is_some() {
                    break;
                }
                let Some(outcome) = trial.run(ground, &stop).await else { break };
                if let Some(events) = &events {
                    let vendor = ground.contract().facts.id.clone();
                    let _ = events.send(Event::Tried(vendor, trial.id().to_owned(), outcome.is_right()));
                }
                done.push((Arc::clone(ground), outcome));
            }
            done
        };
        workers.spawn_blocking(move || runtime.block_on(work));
    }
    let mut outcomes: Vec<(Arc<Ground>, Outcome)> = Vec::new();
    while let Some(done) = workers.join_next().await {
        outcomes.extend(done.unwrap_or_default());
    }
    tally(contracts, outcomes, &options)
}

/// What all trials of one contract stand on.
fn ground(contract: &Arc<Contract>, options: &Options) -> Ground {
    let rules = crate::rule::registry::rules();
    let planned = plan(contract, Allow::ALL, &Choice::default(), &rules);
    let driven = planned.into_iter().filter(|(_, decision)| *decision == Decision::Drive);
    Ground {
        mould: Mould::of(Arc::clone(contract)),
        cases: driven.map(|(case, _)| case).collect(),
        rules,
        seed: options.seed,
        over_http: options.over_http,
    }
}
