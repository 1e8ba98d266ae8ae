//! Cleaning up what a run created.

use std::sync::atomic::AtomicUsize;

use tokio::sync::Mutex;

use super::drive::drive;
use super::setup::{Pool, Setup};
use crate::case::{Call, Case, JobRef, Step};
use crate::contract::Contract;
use crate::contract::combination::Facets;
use crate::contract::operation::Role;

/// Cancels the jobs that this run created and that have not ended. Gives a line for each that may still be running.
pub(super) async fn clean(setup: &Setup, pool: &Mutex<Pool>, requests: &AtomicUsize) -> Vec<String> {
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
        let mut case = Case {
            id: format!("{}::clean-up", setup.contract.facts.id),
            title: "cancels what the run created".into(),
            rules: Vec::new(),
            steps,
            silent: None,
        };
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
