//! Steps from state to state that are not declared, one fault for each.

use super::super::job::JobView;
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;

/// How often an ended job is read before it leaves its state.
const READS: u32 = 2;

/// A new job takes the step.
struct Turn {
    label: Label,
    way: Vec<String>,
}

impl Fault for Turn {
    fn label(&self) -> &Label {
        &self.label
    }

    fn plan(&self, way: &mut Vec<String>) {
        way.clone_from(&self.way);
    }
}

/// An ended job takes the step, and does not come back.
struct Leave {
    label: Label,
    from: String,
    to: String,
    is_end: bool,
}

impl Fault for Leave {
    fn label(&self) -> &Label {
        &self.label
    }

    fn observe(&self, _: &Contract, job: &mut JobView) {
        if job.state == self.from && job.ended_reads >= READS {
            job.state.clone_from(&self.to);
            if !self.is_end {
                job.finished = None;
            }
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let lifecycle = &contract.facts.lifecycle;
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    for from in lifecycle.states.keys() {
        // What no answer has the words for, no client can see.
        let is_shown = |to: &&String| {
            contract.of_role(Role::Get).any(|(_, get)| {
                let shape = contract.shape(get);
                shape.can_show(from) && shape.can_show(to)
            })
        };
        let others = lifecycle.states.keys().filter(|to| lifecycle.path(from, to).is_none());
        for to in others.filter(is_shown) {
            let label = |mechanism: &str, title: String, rules: &[&'static str]| {
                Label::new(format!("{mechanism}::{from}-{to}"), title, rules).on_edge(from, to)
            };
            if lifecycle.is_terminal(from) {
                found.push(Box::new(Leave {
                    label: label(
                        "leaves-end",
                        format!("a job in {from} is in {to} after it was read {READS} times"),
                        &["lifecycle/terminal-is-final", "lifecycle/declared-transition"],
                    ),
                    from: from.clone(),
                    to: to.clone(),
                    is_end: lifecycle.is_terminal(to),
                }));
                continue;
            }
            // Nobody says where a job is whose state has no documented meaning.
            let has_meaning = |state: &str| lifecycle.phase(state) != Phase::Unknown;
            if !has_meaning(from) || !has_meaning(to) {
                continue;
            }
            let Some(way) = lifecycle.path_to(from) else { continue };
            let mut way: Vec<String> = way.into_iter().map(str::to_owned).collect();
            way.push(to.clone());
            // A job that goes on to an end is not taken for one that never ends.
            let ends = lifecycle.states.keys().filter(|state| lifecycle.is_terminal(state));
            let rest = ends.filter_map(|end| lifecycle.path(to, end)).min_by_key(Vec::len);
            way.extend(rest.into_iter().flatten().skip(1).map(str::to_owned));
            found.push(Box::new(Turn {
                label: label(
                    "wrong-turn",
                    format!("a new job goes from {from} to {to}"),
                    &["lifecycle/declared-transition"],
                ),
                way,
            }));
        }
    }
    found
}
