//! New jobs that take a way through their states which is not declared.

use super::super::job::usual_way;
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;

struct Course {
    label: Label,
    way: Vec<String>,
}

impl Fault for Course {
    fn label(&self) -> &Label {
        &self.label
    }

    fn plan(&self, way: &mut Vec<String>) {
        way.clone_from(&self.way);
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let lifecycle = &contract.facts.lifecycle;
    let usual = usual_way(lifecycle);
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut add = |id: &str, title: String, rule: &'static str, way: Vec<String>| {
        found.push(Box::new(Course { label: Label::new(id, title, &[rule]), way }) as Box<dyn Fault>);
    };

    if let [first, second, ..] = usual.as_slice()
        && !lifecycle.is_terminal(second)
        && lifecycle.path(second, first).is_none()
    {
        let mut way = vec![first.clone(), second.clone()];
        way.extend(usual.iter().cloned());
        let title = format!("a new job goes from {second} back to {first}");
        add("illegal-transition", title, "lifecycle/declared-transition", way);
    }

    let is_seen = contract.of_role(Role::Create).any(|(_, operation)| contract.shows_state(operation));
    let begins = [Phase::Stopping, Phase::Running, Phase::Cancelled, Phase::Failed, Phase::Succeeded];
    // Where the answer to a start shows no state, a job may have moved on before it is read: what nobody asked for is
    // wrong all the same.
    let is_telling = |phase: &Phase| is_seen || matches!(phase, Phase::Stopping | Phase::Cancelled);
    let wrong = begins.into_iter().filter(is_telling).find_map(|phase| {
        lifecycle.of_phase(phase).find(|state| !lifecycle.initial.iter().any(|initial| initial == state))
    });
    if let Some(wrong) = wrong {
        let mut way = vec![wrong.to_owned()];
        if let Some(end) = usual.last().filter(|_| !lifecycle.is_terminal(wrong)) {
            way.push(end.clone());
        }
        add("wrong-initial-state", format!("a new job is in {wrong}"), "lifecycle/initial-state", way);
    }

    // A job that nobody cancels goes the way of one that was cancelled.
    let working = lifecycle.of_phase(Phase::Running).find(|state| usual.iter().any(|way| way == state));
    let working = working.or(usual.first().map(String::as_str)).filter(|state| !lifecycle.is_terminal(state));
    let stopped = working.and_then(|state| lifecycle.nearest(state, Phase::Cancelled));
    if let (Some(from), Some(to)) = (working, stopped) {
        let before = usual.iter().take_while(|state| *state != from).cloned();
        let after = lifecycle.path(from, to).into_iter().flatten().map(str::to_owned);
        let title = format!("a new job goes to {to} by itself");
        add("cancelled-by-nobody", title, "lifecycle/no-cancel-unasked", before.chain(after).collect());
    }

    // Where the answer to a start shows the state, it is wrong there already.
    if let (Some(end), Some(first)) = (usual.last().filter(|_| !is_seen), usual.first())
        && lifecycle.is_terminal(end)
        && end != first
    {
        let way = std::iter::once(end).chain(&usual).cloned().collect();
        add(
            "born-ended",
            format!("a new job is in {end}, and goes on to {first}"),
            "lifecycle/initial-state",
            way,
        );
    }

    let endless: Vec<String> = usual.iter().filter(|state| !lifecycle.is_terminal(state)).cloned().collect();
    if let Some(last) = endless.last() {
        add("never-ends", format!("a new job stays in {last}"), "lifecycle/ends-in-time", endless.clone());
    }
    found
}
