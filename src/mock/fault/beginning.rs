//! Cancels that come too early for the server, and starts that leave more or less than they say.

use super::super::job::JobView;
use super::{Decision, Fault, Label};
use crate::contract::Contract;
use crate::contract::cancel::{Accepted, Expect};
use crate::contract::error::Condition;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;

enum Wrong {
    /// Accepts the cancel of a job that nobody has read yet, and does nothing.
    LosesEarlyCancel,
    /// Refuses the cancel of a job that nobody has read yet, and moves it to this state all the same.
    RefusesEarlyCancel(String),
    /// Cancels another job, too.
    TakesNeighbour,
    /// Refuses this start once a job was cancelled.
    RefusesAfterCancel(String),
    /// Keeps the job of this start, though it refuses it for what it says.
    LeavesJob(String),
}

struct Beginning {
    label: Label,
    wrong: Wrong,
}

fn is_unread(job: &JobView) -> bool {
    job.reads == 0 && job.until_next.is_some()
}

impl Fault for Beginning {
    fn label(&self) -> &Label {
        &self.label
    }

    fn decide_cancel(&self, job: &JobView, earlier: u32, decision: Decision) -> Decision {
        match (&self.wrong, &decision) {
            (Wrong::LosesEarlyCancel, Decision::Accept { .. }) if is_unread(job) => Decision::Ignore,
            (Wrong::RefusesEarlyCancel(_), Decision::Accept { .. }) if is_unread(job) && earlier == 0 => {
                Decision::Refuse(Condition::NotCancellable)
            }
            _ => decision,
        }
    }

    fn on_refusal(&self, job: &JobView) -> Option<String> {
        match &self.wrong {
            Wrong::RefusesEarlyCancel(to) if is_unread(job) => Some(to.clone()),
            _ => None,
        }
    }

    fn takes_neighbour(&self) -> bool {
        matches!(self.wrong, Wrong::TakesNeighbour)
    }

    fn refuses_start(&self, operation: &str, after_cancel: bool) -> Option<Condition> {
        match &self.wrong {
            Wrong::RefusesAfterCancel(own) if after_cancel && own == operation => Some(Condition::Conflict),
            _ => None,
        }
    }

    fn leaves_job(&self, operation: &str) -> bool {
        matches!(&self.wrong, Wrong::LeavesJob(own) if own == operation)
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let lifecycle = &contract.facts.lifecycle;
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut add = |id: String, title: String, rules: &[&'static str], wrong: Wrong| {
        found.push(Box::new(Beginning { label: Label::new(id, title, rules), wrong }) as Box<dyn Fault>);
    };
    let starts =
        || contract.of_role(Role::Create).filter(|(_, start)| start.target.is_none() && !start.destroys);
    let first = lifecycle.initial.first().map(String::as_str).unwrap_or_default();
    let accepted: Vec<&Accepted> = contract
        .facts
        .cancel
        .iter()
        .filter(|row| row.state.is_empty() || row.state.iter().any(|state| state == first))
        .filter_map(|row| if let Expect::Accepted(accepted) = &row.expect { Some(accepted) } else { None })
        .collect();
    if !accepted.is_empty() && starts().next().is_some() {
        add(
            "early-cancel-lost".into(),
            "the cancel of a job that was just started is accepted, and lost".into(),
            &["cancel/holds-at-once"],
            Wrong::LosesEarlyCancel,
        );
        let ends = accepted.iter().flat_map(|accepted| &accepted.settles_in);
        if let Some(stopped) = ends.into_iter().find(|state| lifecycle.phase(state) == Phase::Cancelled) {
            add(
                "early-cancel-refused-yet-cancelled".into(),
                format!(
                    "the cancel of a job that was just started is refused, and the job goes to {stopped}"
                ),
                &["cancel/one-story"],
                Wrong::RefusesEarlyCancel(stopped.clone()),
            );
            let has_two = starts().any(|(name, _)| contract.error_row(Condition::Conflict, name).is_none());
            if has_two {
                add(
                    "cancel-takes-neighbour".into(),
                    "the cancel of one job cancels another, too".into(),
                    &["lifecycle/no-cancel-unasked"],
                    Wrong::TakesNeighbour,
                );
            }
        }
    }
    let mut services = std::collections::BTreeSet::new();
    for (name, start) in starts() {
        let is_first = services.insert(start.service.as_deref());
        if is_first
            && !accepted.is_empty()
            && contract.of_role(Role::Cancel).any(|(_, c)| c.service == start.service)
        {
            add(
                format!("no-start-after-cancel::{name}"),
                format!("once a job was cancelled, {name} is refused"),
                &["errors/valid-request-served"],
                Wrong::RefusesAfterCancel(name.to_owned()),
            );
        }
        let has_list =
            contract.of_role(Role::List).any(|(_, l)| l.service == start.service && l.jobs.is_some());
        let is_checked = contract.error_row(Condition::MissingParameter, name).is_some();
        // What a GraphQL engine refuses is never carried out.
        if is_first && has_list && is_checked && start.graphql.is_none() {
            add(
                format!("refused-start-leaves-job::{name}"),
                format!("{name} is refused for what it lacks, and leaves a job"),
                &["errors/refused-start-leaves-nothing"],
                Wrong::LeavesJob(name.to_owned()),
            );
        }
    }
    found
}
