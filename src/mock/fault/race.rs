//! Cancels that meet something else: the job's own end, or another cancel.

use std::time::Duration;

use super::super::job::JobView;
use super::{Decision, Fault, Label};
use crate::contract::Contract;
use crate::contract::cancel::{Accepted, Expect};
use crate::contract::error::{Condition, ErrorRow};
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;

/// How long before a change of its own a job is hit by the faults of its last moment.
const LAST_MOMENT: Duration = Duration::from_millis(20);

enum Wrong {
    /// Refuses in the last moment, and moves the job to this state all the same.
    RefusesAndMoves(String),
    /// Accepts in the last moment, goes to the first state, and from there to the second.
    TwoEnds(String, String),
    /// Accepts in the last moment, and does nothing.
    Lost,
    /// Takes what another cancel did back when it comes right after: the job goes on in the first state, to the second.
    LostUpdate(String, String),
    /// Takes back what an earlier cancel did, whenever it comes.
    Toggles(String, String),
    /// Denies that a job which was cancelled exists.
    Forgets,
}

struct Race {
    label: Label,
    wrong: Wrong,
}

impl Fault for Race {
    fn label(&self) -> &Label {
        &self.label
    }

    fn decide_cancel(&self, job: &JobView, _: u32, decision: Decision) -> Decision {
        let back =
            |to: &str, then: &str| Decision::Accept { leads_to: to.into(), settles_in: Some(then.into()) };
        match (&self.wrong, &decision) {
            (Wrong::RefusesAndMoves(_), Decision::Accept { .. }) if is_last_moment(job) => {
                Decision::Refuse(Condition::NotCancellable)
            }
            (Wrong::TwoEnds(to, then), Decision::Accept { .. }) if is_last_moment(job) => back(to, then),
            (Wrong::Lost, Decision::Accept { .. }) if is_last_moment(job) => Decision::Ignore,
            (Wrong::LostUpdate(to, then), _)
                if job.cancelled && job.since_cancel.is_some_and(|passed| passed.is_zero()) =>
            {
                back(to, then)
            }
            (Wrong::Toggles(to, then), _) if job.cancelled => back(to, then),
            (Wrong::Forgets, _) if job.cancelled => Decision::Refuse(Condition::UnknownJob),
            _ => decision,
        }
    }

    fn on_refusal(&self, job: &JobView) -> Option<String> {
        match &self.wrong {
            Wrong::RefusesAndMoves(to) if is_last_moment(job) => Some(to.clone()),
            _ => None,
        }
    }
}

fn is_last_moment(job: &JobView) -> bool {
    job.until_next.is_some_and(|left| left <= LAST_MOMENT)
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let lifecycle = &contract.facts.lifecycle;
    let accepted: Vec<&Accepted> = contract
        .facts
        .cancel
        .iter()
        .filter_map(|row| if let Expect::Accepted(accepted) = &row.expect { Some(accepted) } else { None })
        .collect();
    let stopped = accepted
        .iter()
        .find_map(|a| a.settles_in.iter().find(|state| lifecycle.phase(state) == Phase::Cancelled));
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut add = |id: &str, title: String, caught_by: &[&'static str], wrong: Wrong| {
        found.push(Box::new(Race { label: Label::new(id, title, caught_by), wrong }) as Box<dyn Fault>);
    };
    let done = lifecycle.of_phase(Phase::Succeeded).next();
    // Only jobs that are started by a request end by themselves, and so can be met at their end.
    let is_started = contract.of_role(Role::Create).next().is_some();
    if let (Some(stopped), true) = (stopped, is_started) {
        add(
            "race-refused-yet-cancelled",
            format!("a cancel in the last moment of a job is refused, and the job goes to {stopped}"),
            &["cancel/one-story"],
            Wrong::RefusesAndMoves(stopped.clone()),
        );
        if let Some(done) = done {
            add(
                "race-two-ends",
                format!("a job that is cancelled in its last moment ends as {stopped}, and then as {done}"),
                &["cancel/one-story", "lifecycle/terminal-is-final"],
                Wrong::TwoEnds(stopped.clone(), done.to_owned()),
            );
        }
    }
    let is_right =
        |state: &str| accepted.iter().any(|a| a.settles_in.iter().chain(&a.or_races_to).any(|s| s == state));
    let idempotent = contract.facts.cancel.iter().any(|row| row.unchanged_ref.is_some());
    if let Some(done) =
        done.filter(|done| is_started && !accepted.is_empty() && !is_right(done) && !idempotent)
    {
        add(
            "race-lost",
            format!("a cancel in the last moment of a job is accepted, and the job ends as {done}"),
            &["cancel/takes-effect", "cancel/one-story"],
            Wrong::Lost,
        );
    }
    let follows =
        |state: &str| is_right(state) || accepted.iter().any(|a| a.leads_to.iter().any(|s| s == state));
    let running = lifecycle.of_phase(Phase::Running).find(|state| !follows(state));
    if let (Some(running), Some(done), false) = (running, done, accepted.is_empty()) {
        // Where nothing is said of the way to the end, a job may run on after a cancel, and be done before it takes
        // hold: nobody can tell one that was put back.
        if accepted.iter().all(|a| !a.leads_to.is_empty()) {
            add(
                "concurrent-cancel-lost",
                format!("of two cancels at once the second puts the job back to {running}"),
                &["cancel/concurrent-agree"],
                Wrong::LostUpdate(running.to_owned(), done.to_owned()),
            );
        }
        add(
            "second-cancel-undoes",
            format!("a cancel of a job that was cancelled puts it back to {running}"),
            &["cancel/repeat-harmless", "cancel/refused-when-finished"],
            Wrong::Toggles(running.to_owned(), done.to_owned()),
        );
    }
    let refusals: Vec<&ErrorRow> = contract
        .facts
        .errors
        .iter()
        .filter(|row| matches!(row.when, Condition::NotCancellable | Condition::Conflict))
        .collect();
    let unknown = contract.facts.errors.iter().find(|row| row.when == Condition::UnknownJob);
    let status = unknown.and_then(|row| row.any_of.first()?.status).filter(|status| *status != 409);
    let may_say_so = refusals
        .iter()
        .flat_map(|row| &row.any_of)
        .any(|answer| answer.any_client_error || answer.status.is_none() || answer.status == status);
    if !accepted.is_empty() && !refusals.is_empty() && status.is_some() && !may_say_so {
        add(
            "second-cancel-unknown",
            "a job that was cancelled is unknown to a second cancel".to_owned(),
            &["cancel/repeat-harmless", "cancel/refusal-error"],
            Wrong::Forgets,
        );
    }
    found
}
