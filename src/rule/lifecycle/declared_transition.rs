//! A job moves along the declared transitions.

use std::collections::BTreeSet;

use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::one_of;

/// `lifecycle/declared-transition`.
pub struct DeclaredTransition;

static META: Meta = Meta {
    id: "lifecycle/declared-transition",
    title: "a job moves along the declared transitions",
    keyword: Keyword::Must,
    checks: "Between two readings of a job in different states there is a way of declared transitions. Polling skips \
             states, so a jump is no violation as long as a way exists. Readings whose order is unknown because their \
             requests overlapped are not compared, and jobs that had ended are left to lifecycle/terminal-is-final.",
    why: "Clients show progress and decide what may be done by the state. A job that goes from running back to waiting \
          makes them start work twice, or offer a cancel that must fail.",
    fix: "Let one place in the server change a job's state, and let it refuse changes that are not declared.",
    seeks: "two readings of a job, one after the other, before it had ended",
};

impl Rule for DeclaredTransition {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let lifecycle = &contract.facts.lifecycle;
        let is_judged = |state: &str| lifecycle.phase(state) != Phase::Unknown;
        let mut judgement = Judgement::default();
        for life in story.lives() {
            let mut seen = BTreeSet::new();
            let stated = |state: Option<&str>| state.is_some_and(is_judged);
            for (earlier, later) in life.steps(|r| stated(r.state.as_deref())) {
                let (Some(from), Some(to)) = (earlier.state.as_deref(), later.state.as_deref()) else {
                    continue;
                };
                if lifecycle.is_terminal(from) {
                    continue;
                }
                judgement.look(later.exchange);
                let is_legal = from == to || lifecycle.path(from, to).is_some();
                if is_legal
                    || seen.contains(&(from, to))
                    || life.acted_between(earlier, later, &[Role::Retry])
                {
                    continue;
                }
                seen.insert((from, to));
                let message =
                    format!("a job went from {from} to {to}, and no declared transitions lead there");
                let reachable = lifecycle.states.keys().filter(|s| lifecycle.path(from, s).is_some());
                let (expected, actual) = (one_of(reachable), format!("{from}, then {to}"));
                let reference = &lifecycle.transitions_ref;
                let finding = Finding::new(later.exchange, reference, message, expected, actual);
                let about = About::State(format!("{from} -> {to}"));
                judgement.find([finding.kind("not-declared").about(about).at(story.state_place(later))]);
            }
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    const ID: &str = "AAAAAAAAAA";

    fn shown(states: &[&str]) -> Script {
        states.iter().fold(Script::of("bedrock"), |script, state| script.get(ID, &json!({"status": state})))
    }

    #[rstest]
    #[case(&["IN_PROGRESS", "STARTING"])]
    #[case(&["STOPPING", "IN_PROGRESS"])]
    #[case(&["STARTING", "STOPPING", "IN_PROGRESS", "STOPPING", "IN_PROGRESS"])]
    fn undeclared_transitions_are_found(#[case] states: &[&str]) {
        let findings = shown(states).findings(&DeclaredTransition);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].pointer.as_deref(), Some("/ingestionJob/status"));
    }

    #[rstest]
    #[case(&["STARTING", "IN_PROGRESS", "COMPLETE"])]
    #[case(&["STARTING", "COMPLETE"])]
    #[case(&["STARTING", "STOPPED"])]
    #[case(&["IN_PROGRESS", "IN_PROGRESS", "FAILED"])]
    fn declared_transitions_and_gaps_between_polls_pass(#[case] states: &[&str]) {
        assert_eq!(shown(states).findings(&DeclaredTransition), vec![]);
    }

    #[test]
    fn readings_that_overlap_are_not_compared() {
        let script = shown(&["IN_PROGRESS", "STARTING"]).overlapping();
        assert!(!script.judge(&DeclaredTransition).is_judged());
    }

    #[test]
    fn an_overlapping_reading_is_compared_with_those_before() {
        let script = shown(&["STOPPING", "STOPPING", "STARTING"]).overlapping();
        assert_eq!(script.findings(&DeclaredTransition)[0].exchange, 2);
    }

    #[rstest]
    #[case(&["COMPLETE", "STARTING"])]
    #[case(&["IN_PROGRESS"])]
    #[case(&["IN_PROGRESS", "WEIRD"])]
    fn nothing_to_compare(#[case] states: &[&str]) {
        assert!(!shown(states).judge(&DeclaredTransition).is_judged());
    }

    #[test]
    fn a_state_of_unknown_meaning_may_come_at_any_time() {
        let state = |s: &str| json!({"status": format!("INDEX_JOB_STATUS_{s}")});
        let script = Script::of("digitalocean").get(ID, &state("IN_PROGRESS")).get(ID, &state("UNKNOWN"));
        assert_eq!(script.get(ID, &state("COMPLETED")).findings(&DeclaredTransition), vec![]);
    }

    #[test]
    fn a_retry_may_lead_back() {
        let script = shown(&["STOPPING", "IN_PROGRESS"]).last(|e| e.asked.role = Some(Role::Retry));
        assert_eq!(script.judge(&DeclaredTransition).verdict(), Some(vec![]));
    }
}
