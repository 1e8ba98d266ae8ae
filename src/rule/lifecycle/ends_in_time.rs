//! A job gets where it is going.

use crate::contract::span::Span;
use crate::rule::{About, Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::text::one_of;
use crate::story::{Life, Story};

/// `lifecycle/ends-in-time`.
pub struct EndsInTime;

static META: Meta = Meta {
    id: "lifecycle/ends-in-time",
    title: "a job reaches its end within the deadline",
    keyword: Keyword::Must,
    checks: "No wait for a job had to be given up at the deadline of the target. The deadline is the user's, not the \
             vendor's, so this never weighs more than a warning.",
    why: "A job that never ends keeps its clients polling, holds its place in a quota, and cannot be told from one \
          that is slow.",
    fix: "Look for a worker that died without a word, and end its job as failed. Where jobs just take longer, raise \
          `deadline` under [limits] in the target file.",
    seeks: "a job that was followed to its end, or waited for until the deadline",
};

impl Rule for EndsInTime {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let lifecycle = &contract.facts.lifecycle;
        let state = |life: &Life<'_>| life.readings.iter().rev().find_map(|r| r.state.clone());
        let last_state = |job: &str| story.life(job).and_then(state);
        let is_end = |state: Option<String>| state.is_some_and(|s| lifecycle.is_terminal(&s));
        let ended = story.lives().iter().filter(|life| life.readings.len() > 1 && is_end(state(life)));
        let mut judgement = Judgement::default();
        for life in ended {
            life.readings.last().iter().for_each(|last| judgement.look(last.exchange));
        }
        for wait in story.given_up {
            judgement.look(wait.exchange);
            let state = last_state(&wait.job);
            // A job that ended otherwise than hoped did end: the rules about that wait judge it.
            if !is_end(state.clone()) {
                let goal = if wait.waited_for.is_empty() {
                    "any final state".to_owned()
                } else {
                    one_of(&wait.waited_for)
                };
                let waited = Span(wait.after);
                let state = state.unwrap_or_else(|| "unknown".to_owned());
                let message = format!("a job was still {state} when the wait for it was given up");
                let (due, actual) = (format!("{goal} within {waited}"), format!("{state} after {waited}"));
                let finding = Finding::new(wait.exchange, &lifecycle.transitions_ref, message, due, actual);
                let about = About::State(state);
                judgement.find([finding.kind("given-up").about(about).at_most(Level::Warn)]);
            }
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::operation::Role;
    use crate::rule::script::Script;
    use serde_json::{Value, json};

    const ID: &str = "AAAAAAAAAA";

    fn state(state: &str) -> Value {
        json!({ "status": state })
    }

    #[test]
    fn a_job_that_does_not_end_is_a_warning() {
        let script =
            Script::of("bedrock").get(ID, &state("IN_PROGRESS")).gave_up(ID, &["COMPLETE", "FAILED"]);
        let findings = script.findings(&EndsInTime);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].expected, "one of COMPLETE, FAILED within 10m");
        assert_eq!(findings[0].actual, "IN_PROGRESS after 10m");
        assert!(script.level(&EndsInTime, &findings[0]) <= Level::Warn);
    }

    #[test]
    fn a_job_that_ends_passes() {
        let script = Script::of("bedrock").get(ID, &state("IN_PROGRESS")).get(ID, &state("FAILED"));
        assert_eq!(script.judge(&EndsInTime).verdict(), Some(vec![]));
    }

    #[test]
    fn a_job_that_ends_otherwise_than_hoped_has_ended() {
        let script = Script::of("bedrock").get(ID, &state("COMPLETE")).gave_up(ID, &["STOPPED"]);
        assert_eq!(script.judge(&EndsInTime).verdict(), Some(vec![]));
    }

    #[test]
    fn not_applicable_where_nothing_was_followed() {
        let script = Script::of("bedrock").get(ID, &state("COMPLETE"));
        assert!(!script.judge(&EndsInTime).is_judged());
    }

    #[test]
    fn another_job_s_end_and_what_a_list_shows_are_not_the_end_of_this_one() {
        let other =
            Script::of("bedrock").get(ID, &state("IN_PROGRESS")).get("BBBBBBBBBB", &state("COMPLETE"));
        assert_eq!(other.gave_up(ID, &["COMPLETE"]).findings(&EndsInTime).len(), 1);
        let listed = Script::of("bedrock").get(ID, &state("IN_PROGRESS"));
        let listed = listed.shows(Role::List, ID, &state("COMPLETE")).gave_up(ID, &[]);
        assert_eq!(listed.findings(&EndsInTime)[0].expected, "any final state within 10m");
    }
}
