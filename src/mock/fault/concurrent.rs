//! Cancels of one job at the same moment that get in each other's way.

use super::super::job::JobView;
use super::{Decision, Fault, Label};
use crate::contract::Contract;
use crate::contract::cancel::Expect;
use crate::contract::error::Condition;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;

enum Wrong {
    /// The second writes back what it read before the first: the job works on.
    Loses(String),
    /// The second is answered as if there were no such job.
    Denies,
}

struct Concurrent {
    label: Label,
    wrong: Wrong,
}

impl Fault for Concurrent {
    fn label(&self) -> &Label {
        &self.label
    }

    fn decide_cancel(&self, job: &JobView, earlier: u32, decision: Decision) -> Decision {
        if earlier == 0 || !job.cancelled || !job.idle.is_zero() {
            return decision;
        }
        match &self.wrong {
            Wrong::Loses(state) => Decision::Accept { leads_to: state.clone(), settles_in: None },
            Wrong::Denies => Decision::Refuse(Condition::UnknownJob),
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let facts = &contract.facts;
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut add = |id: &str, title: String, caught_by: &[&'static str], wrong: Wrong| {
        found.push(Box::new(Concurrent { label: Label::new(id, title, caught_by), wrong }) as Box<dyn Fault>);
    };
    let accepted = |state: &str| {
        facts.cancel.iter().find_map(|row| match &row.expect {
            Expect::Accepted(accepted) if row.state.is_empty() || row.state.iter().any(|s| s == state) => {
                Some(accepted)
            }
            _ => None,
        })
    };
    // Where the state after a cancel is a state before it, nothing is lost.
    let lost = facts.lifecycle.of_phase(Phase::Running).find(|running| {
        accepted(running).is_some_and(|accepted| {
            let leads_to = accepted.leads_to.first().or(accepted.settles_in.first());
            leads_to.is_some_and(|to| to != running && facts.lifecycle.path(to, running).is_none())
        })
    });
    if let Some(state) = lost {
        add(
            "lost-update",
            format!("the second of two cancels at the same moment puts the job back into {state}"),
            &["cancel/takes-effect", "cancel/concurrent-agree", "lifecycle/terminal-is-final"],
            Wrong::Loses(state.to_owned()),
        );
    }
    // Where any client error may answer a late cancel, this one may.
    let is_open = |operation: &str| {
        [Condition::NotCancellable, Condition::Conflict].into_iter().any(|condition| {
            let row = contract.error_row(condition, operation);
            row.is_some_and(|row| row.any_of.iter().any(|answer| answer.any_client_error))
        })
    };
    let is_due = |operation: &str| {
        contract.error_row(Condition::NotCancellable, operation).is_some()
            && contract.error_row(Condition::UnknownJob, operation).is_some()
    };
    if contract.of_role(Role::Cancel).any(|(name, _)| is_due(name) && !is_open(name)) {
        add(
            "concurrent-cancel-denied",
            "the second of two cancels at the same moment is told that there is no such job".into(),
            &["cancel/concurrent-agree"],
            Wrong::Denies,
        );
    }
    found
}
