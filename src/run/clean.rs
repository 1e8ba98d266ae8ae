//! Cleaning up what a run created.

use std::sync::atomic::AtomicUsize;

use serde_json::Value;
use tokio::sync::Mutex;

use super::drive::drive;
use super::setup::{Pool, Setup};
use crate::case::{Call, Case, JobRef, Step};
use crate::contract::Contract;
use crate::contract::combination::Facets;
use crate::contract::operation::{Operation, Role};

/// Cancels the jobs that this run created and that have not ended, and removes what else it made. Gives a line for
/// each thing that may be left.
pub(super) async fn clean(setup: &Setup, pool: &Mutex<Pool>, requests: &AtomicUsize) -> Vec<String> {
    let mut warnings = jobs(setup, pool, requests).await;
    warnings.extend(made(setup, pool, requests).await);
    warnings
}

/// Removes what cases made and did not get to remove.
async fn made(setup: &Setup, pool: &Mutex<Pool>, requests: &AtomicUsize) -> Vec<String> {
    // Not inside the loop's head: there the lock would be held for all of it.
    let made = pool.lock().await.made.clone();
    for (parameter, value) in made {
        let removes = |o: &Operation| o.removes.as_ref() == Some(&parameter);
        let remover = setup.contract.facts.operations.iter().find(|(_, o)| removes(o));
        let place = remover.and_then(|(_, operation)| operation.parent_place(&parameter));
        if let Some(((remover, _), place)) = remover.zip(place).filter(|_| setup.allow.write) {
            let mut call = Call::new(remover);
            call.set.push((place, Value::from(value)));
            drive(setup, pool, requests, &case(setup, vec![Step::Call(call)])).await;
        }
    }
    let left = pool.lock().await.made.clone();
    left.iter().map(|(parameter, value)| format!("{parameter} {value}, made by this run, was left")).collect()
}

fn case(setup: &Setup, steps: Vec<Step>) -> Case {
    Case {
        id: format!("{}::clean-up", setup.contract.facts.id),
        title: "puts an end to what the run created".into(),
        operation: String::new(),
        row: None,
        rules: Vec::new(),
        steps,
        silent: None,
    }
}

async fn jobs(setup: &Setup, pool: &Mutex<Pool>, requests: &AtomicUsize) -> Vec<String> {
    let lifecycle = &setup.contract.facts.lifecycle;
    let left: Vec<String> = {
        let pool = pool.lock().await;
        let open = |id: &&String| pool.jobs.get(*id).is_none_or(|known| !lifecycle.is_terminal(&known.state));
        pool.created.iter().filter(open).cloned().collect()
    };
    if left.is_empty() {
        return Vec::new();
    }
    let (reader, cancel) =
        (setup.contract.of_role(Role::Get).next(), setup.contract.of_role(Role::Cancel).next());
    let mut warnings = Vec::new();
    for id in left {
        let call = |operation: &str| {
            let mut call = Call::new(operation);
            call.job = JobRef::Literal(id.clone());
            Step::Call(call)
        };
        // Read first: a job that has ended by itself needs no cancel, and must not get one.
        let steps = reader.iter().map(|(reader, _)| call(reader)).collect();
        let mut case = case(setup, steps);
        drive(setup, pool, requests, &case).await;
        let state = |pool: &Pool| {
            let known = pool.jobs.get(&id);
            known.map(|known| (known.state.clone(), known.facets.clone())).unwrap_or_default()
        };
        let (now, facets) = state(&*pool.lock().await);
        if lifecycle.is_terminal(&now) {
            continue;
        }
        match cancel.filter(|_| setup.allow.cancel && may_be_cancelled(&setup.contract, &now, &facets)) {
            Some((cancel, _)) => {
                case.steps = vec![call(cancel)];
                let (transcript, _) = drive(setup, pool, requests, &case).await;
                if !transcript.exchanges.iter().any(|e| e.success().is_some()) {
                    warnings
                        .push(format!("job {id}, created by this run, was {now} and could not be cancelled"));
                }
            }
            None if lifecycle.phase(&now) == crate::contract::lifecycle::Phase::Stopping => {}
            None if setup.allow.cancel => warnings
                .push(format!("job {id}, created by this run, was left {now}: it cannot be cancelled")),
            None => warnings
                .push(format!("job {id}, created by this run, was left {now}: cancelling is not allowed")),
        }
    }
    warnings
}

/// Whether a cancel of the job may be accepted, as far as its facets are known.
fn may_be_cancelled(contract: &Contract, state: &str, known: &Facets) -> bool {
    contract.cancellable(state).iter().any(|facets| {
        known.iter().all(|(name, values)| facets.get(name).is_none_or(|others| others == values))
    }) || contract.is_cancellable(state, known)
}
