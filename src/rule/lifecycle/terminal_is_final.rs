//! A job that has ended stays as it ended.

use std::collections::BTreeSet;

use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;

/// `lifecycle/terminal-is-final`.
pub struct TerminalIsFinal;

static META: Meta = Meta {
    id: "lifecycle/terminal-is-final",
    title: "a job that has ended keeps its final state",
    keyword: Keyword::Must,
    checks: "Once a reading shows a final state, every later reading of the job shows the same one. What changes after \
             a request to cancel or to retry the job is left to the rules of those groups.",
    why: "Clients stop polling at the first final state and act on it. When the state changes afterwards, nobody looks \
          any more: results are used that were taken back, or a failure is never noticed.",
    fix: "Let nothing change a job after its end: no late worker, no retry under the same id, no stale replica.",
    seeks: "a reading of a job after it had ended",
};

impl Rule for TerminalIsFinal {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let lifecycle = &contract.facts.lifecycle;
        let mut judgement = Judgement::default();
        for life in story.lives() {
            let mut seen = BTreeSet::new();
            for (first, later) in life.after_end() {
                let (Some(end), Some(now)) = (first.state.as_deref(), later.state.as_deref()) else {
                    continue;
                };
                if !lifecycle.states.contains_key(now) {
                    continue;
                }
                judgement.look(later.exchange);
                if end != now && seen.insert((end, now)) {
                    let message = format!("a job that had ended as {end} was {now} later");
                    let actual = format!("{end}, then {now}");
                    let finding = Finding::new(later.exchange, &lifecycle.terminal_ref, message, end, actual);
                    let about = About::State(format!("{end} -> {now}"));
                    judgement.find([finding.kind("left-its-end").about(about).at(story.state_place(later))]);
                }
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
    use serde_json::{Value, json};

    const ID: &str = "AAAAAAAAAA";

    fn state(state: &str) -> Value {
        json!({ "status": state })
    }

    fn shown(states: &[&str]) -> Script {
        states.iter().fold(Script::of("bedrock"), |script, s| script.get(ID, &state(s)))
    }

    #[rstest]
    #[case(&["COMPLETE", "IN_PROGRESS"])]
    #[case(&["COMPLETE", "COMPLETE", "FAILED", "FAILED"])]
    #[case(&["IN_PROGRESS", "STOPPED", "STOPPING"])]
    fn relapses_are_found_once(#[case] states: &[&str]) {
        let findings = shown(states).findings(&TerminalIsFinal);
        assert_eq!(findings.len(), 1, "{findings:?}");
    }

    #[test]
    fn final_states_that_stay_pass() {
        assert_eq!(
            shown(&["IN_PROGRESS", "COMPLETE", "COMPLETE"]).judge(&TerminalIsFinal).verdict(),
            Some(vec![])
        );
    }

    #[test]
    fn readings_that_overlap_are_not_compared() {
        let script = shown(&["COMPLETE", "IN_PROGRESS"]).overlapping();
        assert!(!script.judge(&TerminalIsFinal).is_judged());
    }

    #[test]
    fn what_a_cancel_changes_is_left_to_its_rules() {
        let script = shown(&["COMPLETE"]).cancel(ID, &state("STOPPED")).get(ID, &state("STOPPED"));
        assert!(!script.judge(&TerminalIsFinal).is_judged());
        let refused = shown(&["COMPLETE"]).cancel_refused(ID, 409, &json!({})).get(ID, &state("STOPPED"));
        assert!(!refused.judge(&TerminalIsFinal).is_judged());
    }

    #[test]
    fn a_lie_in_the_answer_to_a_cancel_is_left_to_its_rules() {
        let script = shown(&["COMPLETE"]).cancel(ID, &state("STOPPED"));
        let script = script.get(ID, &state("COMPLETE")).get(ID, &state("COMPLETE"));
        assert_eq!(script.judge(&TerminalIsFinal).verdict(), Some(vec![]));
    }

    #[test]
    fn a_relapse_long_after_a_cancel_is_found() {
        let script = shown(&["COMPLETE"]).cancel_refused(ID, 409, &json!({}));
        let script = script.get(ID, &state("COMPLETE")).get(ID, &state("IN_PROGRESS"));
        assert_eq!(script.findings(&TerminalIsFinal)[0].exchange, 3);
    }

    #[test]
    fn a_relapse_after_the_answer_of_a_cancel_is_found() {
        let script = shown(&["IN_PROGRESS"]).cancel(ID, &state("STOPPED")).get(ID, &state("IN_PROGRESS"));
        assert_eq!(script.findings(&TerminalIsFinal)[0].exchange, 2);
    }

    #[test]
    fn a_cancel_of_another_job_does_not_matter() {
        let script =
            shown(&["COMPLETE"]).cancel("BBBBBBBBBB", &state("STOPPING")).get(ID, &state("STARTING"));
        assert_eq!(script.findings(&TerminalIsFinal).len(), 1);
    }

    #[test]
    fn undocumented_words_are_left_to_their_rules() {
        let script = shown(&["COMPLETE", "complete"]);
        assert!(!script.judge(&TerminalIsFinal).is_judged());
    }
}
