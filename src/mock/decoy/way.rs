//! New jobs that take another declared way through their states.

use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::lifecycle::{Lifecycle, Phase};

use super::super::job::usual_way;

struct Way {
    label: Label,
    way: Vec<String>,
}

impl Decoy for Way {
    fn label(&self) -> &Label {
        &self.label
    }

    fn plan(&self, way: &mut Vec<String>) {
        way.clone_from(&self.way);
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let lifecycle = &contract.facts.lifecycle;
    let usual = usual_way(lifecycle);
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    if let [first, .., last] = usual.as_slice()
        && usual.len() > 2
    {
        let label = Label::new(
            "skips-states",
            format!("a new job is next seen in {last}"),
            "polling sees a job now and then, and a way through the states between is declared",
        );
        found.push(Box::new(Way { label, way: vec![first.clone(), last.clone()] }));
    }
    for (from, state) in &lifecycle.states {
        for to in &state.next {
            // Nothing but a cancel leads to these; see `cancel`.
            let by_cancel =
                |state: &str| matches!(lifecycle.phase(state), Phase::Stopping | Phase::Cancelled);
            if by_cancel(from) || by_cancel(to) {
                continue;
            }
            let Some(way) = through(lifecycle, from, to) else { continue };
            if way == usual {
                continue;
            }
            let mut label = Label::new(
                format!("goes-along::{from}-{to}"),
                format!("a new job goes from {from} to {to}"),
                "the transition is declared",
            );
            label.edge = Some((from.clone(), to.clone()));
            found.push(Box::new(Way { label, way }));
        }
    }
    for initial in &lifecycle.initial {
        if usual.first() == Some(initial) {
            continue;
        }
        let Some(way) = usual.last().and_then(|last| lifecycle.path(initial, last)) else { continue };
        let label = Label::new(
            format!("starts-in::{initial}"),
            format!("a new job is in {initial} from the start"),
            "the state is a declared initial state",
        );
        found.push(Box::new(Way { label, way: owned(&way) }));
    }
    found
}

/// The shortest way of a new job to its end that goes along a transition.
fn through(lifecycle: &Lifecycle, from: &str, to: &str) -> Option<Vec<String>> {
    let mut way = owned(&lifecycle.path_to(from)?);
    let ends = lifecycle.states.keys().filter(|state| lifecycle.is_terminal(state));
    let is_cancelled =
        |way: &Vec<&str>| way.last().is_some_and(|end| lifecycle.phase(end) == Phase::Cancelled);
    let ways = ends.filter_map(|end| lifecycle.path(to, end));
    let rest = ways.min_by_key(|way| (is_cancelled(way), way.len()))?;
    way.extend(owned(&rest));
    Some(way)
}

fn owned(way: &[&str]) -> Vec<String> {
    way.iter().map(|state| (*state).to_owned()).collect()
}
