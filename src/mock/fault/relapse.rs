//! Jobs that leave their end long after it, when nobody looks any more.

use std::time::Duration;

use super::super::job::JobView;
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;

/// How long an ended job keeps its state: longer than any other case watches it.
const KEPT: Duration = Duration::from_secs(40);

struct Late {
    label: Label,
    from: String,
    to: String,
}

impl Fault for Late {
    fn label(&self) -> &Label {
        &self.label
    }

    fn observe(&self, _: &Contract, job: &mut JobView) {
        if job.state == self.from && job.since_end.is_some_and(|since| since >= KEPT) {
            job.state.clone_from(&self.to);
            job.finished = None;
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let lifecycle = &contract.facts.lifecycle;
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    for from in lifecycle.states.keys().filter(|state| lifecycle.is_terminal(state)) {
        let is_shown = |to: &str| {
            let mut gets = contract.of_role(Role::Get).map(|(_, get)| contract.shape(get));
            gets.any(|shape| shape.can_show(from) && shape.can_show(to))
        };
        let back = lifecycle.states.iter().find(|(to, fact)| {
            fact.phase == Phase::Running && lifecycle.path(from, to).is_none() && is_shown(to)
        });
        if let Some((to, _)) = back {
            let title = format!("a job in {from} is in {to} again {} s after its end", KEPT.as_secs());
            let label = Label::new(format!("relapses-late::{from}"), title, &["lifecycle/terminal-is-final"]);
            found.push(Box::new(Late { label, from: from.clone(), to: to.clone() }));
        }
    }
    found
}
