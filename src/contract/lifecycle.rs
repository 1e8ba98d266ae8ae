//! States, phases and the transitions between them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a state means, in words that are the same for every vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Accepted, not begun.
    Waiting,
    /// At work.
    Running,
    /// Asked to stop, not stopped yet.
    Stopping,
    /// Ended well.
    Succeeded,
    /// Ended with a part of the work done.
    Partial,
    /// Ended badly.
    Failed,
    /// Ended by a cancel.
    Cancelled,
    /// A word whose meaning the documentation does not give.
    Unknown,
}

impl Phase {
    /// Whether a job in this phase has ended.
    pub fn is_terminal(self) -> bool {
        matches!(self, Phase::Succeeded | Phase::Partial | Phase::Failed | Phase::Cancelled)
    }

    /// The word used in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Phase::Waiting => "waiting",
            Phase::Running => "running",
            Phase::Stopping => "stopping",
            Phase::Succeeded => "succeeded",
            Phase::Partial => "partial",
            Phase::Failed => "failed",
            Phase::Cancelled => "cancelled",
            Phase::Unknown => "unknown",
        }
    }
}

/// The declared lifecycle of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// The states a new job may be in when it is first seen.
    pub initial: Vec<String>,
    /// Every state.
    pub states: BTreeMap<String, State>,
    /// Where the list of states is documented.
    pub states_ref: String,
    /// Where the transitions and the initial states are documented.
    pub transitions_ref: String,
    /// Where it is documented which states are final.
    pub terminal_ref: String,
}

/// One state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Its neutral phase.
    pub phase: Phase,
    /// The states a job may go to from here; none for a terminal state.
    #[serde(default)]
    pub next: Vec<String>,
}

impl Lifecycle {
    /// The part of the lifecycle that lies within these states.
    pub fn within(&self, keep: impl Fn(&str) -> bool) -> Lifecycle {
        let mut part = self.clone();
        part.initial.retain(|state| keep(state));
        part.states.retain(|state, _| keep(state));
        part.states.values_mut().for_each(|fact| fact.next.retain(|state| keep(state)));
        part
    }

    /// The phase of a state, `unknown` for words that are not in the contract.
    pub fn phase(&self, state: &str) -> Phase {
        self.states.get(state).map_or(Phase::Unknown, |s| s.phase)
    }

    /// Whether a job in this state has ended.
    pub fn is_terminal(&self, state: &str) -> bool {
        self.phase(state).is_terminal()
    }

    /// The states of one phase, in alphabetical order.
    pub fn of_phase(&self, phase: Phase) -> impl Iterator<Item = &str> {
        self.states.iter().filter(move |(_, s)| s.phase == phase).map(|(name, _)| name.as_str())
    }

    /// The shortest way from one state to another, both ends included. Polling skips states, so a jump is legal
    /// when such a way exists.
    pub fn path(&self, from: &str, to: &str) -> Option<Vec<&str>> {
        let (from, _) = self.states.get_key_value(from)?;
        let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
        let mut seen: BTreeSet<&str> = BTreeSet::from([from.as_str()]);
        let mut queue = VecDeque::from([from.as_str()]);
        while let Some(here) = queue.pop_front() {
            if here == to {
                let mut way = vec![here];
                while let Some(previous) = way.last().and_then(|last| came_from.get(last)) {
                    way.push(previous);
                }
                way.reverse();
                return Some(way);
            }
            for next in self.states.get(here).into_iter().flat_map(|s| &s.next) {
                if seen.insert(next) {
                    came_from.insert(next, here);
                    queue.push_back(next);
                }
            }
        }
        None
    }

    /// The nearest state of a phase that a job can go to from here; of those equally near, the one that is declared
    /// first.
    pub fn nearest(&self, from: &str, phase: Phase) -> Option<&str> {
        let (from, _) = self.states.get_key_value(from)?;
        let mut seen = BTreeSet::from([from.as_str()]);
        let mut queue = VecDeque::from([from.as_str()]);
        while let Some(here) = queue.pop_front() {
            if self.phase(here) == phase {
                return Some(here);
            }
            queue.extend(
                self.states
                    .get(here)
                    .into_iter()
                    .flat_map(|s| &s.next)
                    .map(String::as_str)
                    .filter(|s| seen.insert(*s)),
            );
        }
        None
    }

    /// The shortest way from an initial state to `to`.
    pub fn path_to(&self, to: &str) -> Option<Vec<&str>> {
        self.initial.iter().filter_map(|from| self.path(from, to)).min_by_key(Vec::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn lifecycle() -> Lifecycle {
        let state =
            |phase, next: &[&str]| State { phase, next: next.iter().map(|s| (*s).to_owned()).collect() };
        Lifecycle {
            initial: vec!["NEW".into()],
            states: BTreeMap::from([
                ("NEW".into(), state(Phase::Waiting, &["BUSY", "STOPPING"])),
                ("BUSY".into(), state(Phase::Running, &["DONE", "STOPPING"])),
                ("STOPPING".into(), state(Phase::Stopping, &["STOPPED"])),
                ("DONE".into(), state(Phase::Succeeded, &[])),
                ("STOPPED".into(), state(Phase::Cancelled, &[])),
            ]),
            states_ref: "r".into(),
            transitions_ref: "r".into(),
            terminal_ref: "r".into(),
        }
    }

    #[rstest]
    #[case("NEW", "DONE", Some(vec!["NEW", "BUSY", "DONE"]))]
    #[case("NEW", "NEW", Some(vec!["NEW"]))]
    #[case("NEW", "STOPPED", Some(vec!["NEW", "STOPPING", "STOPPED"]))]
    #[case("DONE", "BUSY", None)]
    #[case("WHAT", "BUSY", None)]
    fn finds_paths(#[case] from: &str, #[case] to: &str, #[case] expected: Option<Vec<&str>>) {
        assert_eq!(lifecycle().path(from, to), expected);
    }
}
