//! A truth table of cancels that is not the documented one.

use super::super::job::JobView;
use super::{Decision, Fault, Label};
use crate::contract::Contract;
use crate::contract::cancel::{Accepted, Expect};
use crate::contract::combination::{Facets, agrees, label, representatives};
use crate::contract::error::Condition;

enum Wrong {
    /// Accepts in this state, with these facets, what must be refused.
    Accepts(String, Facets, Decision),
    /// Refuses in this state, with these facets, what must be accepted.
    Refuses(String, Facets),
    /// Refuses in the first state, and moves the job to the second all the same.
    RefusesAndMoves(String, String),
    /// Accepts, and does nothing.
    Ignores,
    /// Accepts, and the job is gone.
    Vanishes,
    /// Accepts, and settles in this state.
    SettlesIn(String),
    /// Accepts, and a job that stood still ends in this state as if it had been done first.
    Races(String),
    /// Refuses once, and accepts when asked again.
    Yields(Decision),
}

struct Cancel {
    label: Label,
    wrong: Wrong,
}

impl Fault for Cancel {
    fn label(&self) -> &Label {
        &self.label
    }

    fn decide_cancel(&self, job: &JobView, earlier: u32, decision: Decision) -> Decision {
        match (&self.wrong, decision) {
            (Wrong::Accepts(state, facets, accepted), Decision::Refuse(_))
                if job.state == *state && agrees(facets, &job.facets) =>
            {
                accepted.clone()
            }
            (Wrong::Refuses(state, facets), Decision::Accept { .. })
                if job.state == *state && agrees(facets, &job.facets) =>
            {
                Decision::Refuse(Condition::NotCancellable)
            }
            (Wrong::Vanishes, Decision::Accept { .. }) => Decision::Vanish,
            (Wrong::Ignores, Decision::Accept { .. }) => Decision::Ignore,
            (Wrong::SettlesIn(state), Decision::Accept { leads_to, settles_in }) => {
                // A cancel that takes hold at once settles at once, too.
                let is_at_once = settles_in.as_ref() == Some(&leads_to);
                let leads_to = if is_at_once { state.clone() } else { leads_to };
                Decision::Accept { leads_to, settles_in: Some(state.clone()) }
            }
            (Wrong::Races(state), Decision::Accept { leads_to, settles_in }) if job.until_next.is_none() => {
                let is_at_once = settles_in.as_ref() == Some(&leads_to);
                let leads_to = if is_at_once { state.clone() } else { leads_to };
                Decision::Accept { leads_to, settles_in: Some(state.clone()) }
            }
            (Wrong::Yields(accepted), Decision::Refuse(_)) if earlier > 0 => accepted.clone(),
            (_, decision) => decision,
        }
    }

    fn on_refusal(&self, job: &JobView) -> Option<String> {
        match &self.wrong {
            Wrong::RefusesAndMoves(from, to) if job.state == *from => Some(to.clone()),
            _ => None,
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let lifecycle = &contract.facts.lifecycle;
    let accepted: Vec<&Accepted> = contract
        .facts
        .cancel
        .iter()
        .filter_map(|row| match &row.expect {
            Expect::Accepted(accepted) => Some(accepted),
            _ => None,
        })
        .collect();
    let Some(usual) = accepted.first() else { return Vec::new() };
    let Some(leads_to) = usual.leads_to.first().or(usual.settles_in.first()) else { return Vec::new() };
    let accept =
        Decision::Accept { leads_to: leads_to.clone(), settles_in: usual.settles_in.first().cloned() };
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut add = |id: String, title: String, caught_by: &[&'static str], wrong: Wrong| {
        found.push(Box::new(Cancel { label: Label::new(id, title, caught_by), wrong }) as Box<dyn Fault>);
    };

    // One combination of facets for each row and state: the table treats the others alike.
    let (mut refusing, mut accepting) = (Vec::new(), Vec::new());
    for state in lifecycle.states.keys() {
        for facets in representatives(&contract.facts, &contract.facts.cancel, state) {
            match contract.cancel_row(state, &facets).map(|row| &row.expect) {
                Some(Expect::Refused(_)) => refusing.push((state, facets)),
                Some(Expect::Accepted(_)) => accepting.push((state, facets)),
                Some(Expect::Undocumented(_)) | None => {}
            }
        }
    }
    let named = |state: &str, facets: &Facets| match label(&contract.facts, facets) {
        kind if kind.is_empty() => (state.to_owned(), format!("a job in {state}")),
        kind => (format!("{state}::{kind}"), format!("a job in {state} ({kind})")),
    };
    for (state, facets) in &refusing {
        let (variant, whom) = named(state, facets);
        // A success that leaves the job as it is may be tolerated, so it is no fault.
        if *state != leads_to {
            add(
                format!("accepts-cancel::{variant}"),
                format!("{whom} can be cancelled, and goes to {leads_to}"),
                &[
                    "cancel/refused-when-finished",
                    "cancel/refused-for-kind",
                    "cancel/refusal-error",
                    "lifecycle/terminal-is-final",
                ],
                Wrong::Accepts((*state).clone(), facets.clone(), accept.clone()),
            );
        }
        let other = usual.settles_in.iter().chain(lifecycle.states.keys()).find(|other| {
            other != state && lifecycle.is_terminal(other) && lifecycle.path(state, other).is_none()
        });
        if let Some(other) = other {
            add(
                format!("refusal-changes-state::{variant}"),
                format!("the refused cancel of {whom} moves it to {other}"),
                &["cancel/refusal-changes-nothing", "lifecycle/terminal-is-final"],
                Wrong::RefusesAndMoves((*state).clone(), other.clone()),
            );
        }
    }
    for (state, facets) in &accepting {
        let (variant, whom) = named(state, facets);
        add(
            format!("refuses-cancel::{variant}"),
            format!("{whom} cannot be cancelled"),
            &["cancel/accepted-when-allowed"],
            Wrong::Refuses((*state).clone(), facets.clone()),
        );
    }
    if !accepted.iter().any(|accepted| accepted.or_gone) {
        add(
            "cancelled-job-gone".into(),
            "a cancel succeeds, and the job is gone".into(),
            &["cancel/takes-effect"],
            Wrong::Vanishes,
        );
    }
    add(
        "cancel-ignored".into(),
        "a cancel succeeds and does nothing".into(),
        &["cancel/takes-effect"],
        Wrong::Ignores,
    );
    let right = |state: &String| {
        accepted.iter().any(|a| a.settles_in.contains(state) || a.or_races_to.contains(state))
    };
    // Where every end may follow a cancel, a state that is no end at all is wrong.
    let wrong_end =
        lifecycle.states.keys().find(|state| lifecycle.is_terminal(state) && !right(state)).or_else(|| {
            lifecycle
                .states
                .keys()
                .find(|state| lifecycle.phase(state) == crate::contract::lifecycle::Phase::Running)
        });
    if let Some(state) = wrong_end {
        add(
            "cancel-settles-wrong".into(),
            format!("a cancelled job settles in {state}"),
            &["cancel/takes-effect", "lifecycle/declared-transition", "lifecycle/ends-in-time"],
            Wrong::SettlesIn(state.clone()),
        );
    }
    let settles = |state: &String| accepted.iter().any(|a| a.settles_in.contains(state));
    let raced = accepted.iter().flat_map(|a| &a.or_races_to).find(|state| !settles(state));
    if let Some(state) = raced {
        add(
            "cancel-loses-to-nothing".into(),
            format!("a cancelled job ends in {state}, though no work was under way that could end"),
            &["cancel/takes-effect"],
            Wrong::Races(state.clone()),
        );
    }
    if refusing.iter().any(|(state, _)| *state != leads_to) {
        add(
            "second-cancel-accepted".into(),
            "a cancel that was refused is accepted when it is sent again".into(),
            &["cancel/repeat-consistent"],
            Wrong::Yields(accept),
        );
    }
    found
}
