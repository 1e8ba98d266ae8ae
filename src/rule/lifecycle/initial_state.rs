//! A new job begins at the beginning.

use std::collections::BTreeSet;

use crate::contract::operation::Role;
use crate::exchange::{Asked, Reading};
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::one_of;

/// `lifecycle/initial-state`.
pub struct InitialState;

static META: Meta = Meta {
    id: "lifecycle/initial-state",
    title: "a new job is in an initial state",
    keyword: Keyword::Must,
    checks: "The answer to a create call shows the job in one of the states that are declared for new jobs. An answer \
             to a repeated client token shows an older job and is left alone.",
    why: "Clients take the first state they see for the beginning: a new job that is born running can be cancelled \
          before the client knows about it, and one that is born finished is never polled.",
    fix: "Answer a create call with the job as it was stored, before any worker takes it up.",
    seeks: "",
};

impl Rule for InitialState {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let lifecycle = &contract.facts.lifecycle;
        let (mut looked_at, mut seen, mut findings) = (0, BTreeSet::new(), Vec::new());
        let first = first_starts(story);
        let new = |r: &&Reading| r.role == Role::Create && !r.from_list && first.contains(&r.exchange);
        for reading in story.readings().iter().filter(new) {
            let Some(state) = reading.state.as_deref().filter(|s| lifecycle.states.contains_key(*s)) else {
                continue;
            };
            looked_at += 1;
            if !lifecycle.initial.iter().any(|s| s == state) && seen.insert((&reading.operation, state)) {
                let message = format!("{} answers with a new job in state {state}", reading.operation);
                let expected = one_of(&lifecycle.initial);
                let finding =
                    Finding::new(reading.exchange, &lifecycle.transitions_ref, message, expected, state);
                findings.push(finding.at(story.state_place(reading)));
            }
        }
        Judgement::of(looked_at, findings, "no answer to a create call showed the state of a new job")
    }
}

/// The create calls that carry a client token for the first time, or none: others are answered with an older job.
fn first_starts(story: &Story<'_>) -> BTreeSet<usize> {
    let mut tokens = BTreeSet::new();
    let starts = story.exchanges.iter().enumerate().filter(|(_, e)| e.asked.role == Some(Role::Create));
    let mut is_first = |asked: &Asked| asked.client_token.clone().is_none_or(|token| tokens.insert(token));
    starts.filter(|(_, exchange)| is_first(&exchange.asked)).map(|(index, _)| index).collect()
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

    #[rstest]
    #[case("COMPLETE")]
    #[case("STOPPING")]
    fn jobs_born_later_in_life_are_found(#[case] born: &str) {
        let findings = Script::of("bedrock").create(ID, &state(born)).findings(&InitialState);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].actual, born);
    }

    #[test]
    fn initial_states_pass() {
        let script = Script::of("bedrock").create(ID, &state("STARTING")).get(ID, &state("COMPLETE"));
        assert_eq!(script.judge(&InitialState).verdict(), Some(vec![]));
    }

    #[test]
    fn a_repeated_token_shows_an_older_job() {
        let token = |script: Script| script.last(|e| e.asked.client_token = Some("t".repeat(36)));
        let script = token(Script::of("bedrock").create(ID, &state("STARTING")));
        let script = token(script.create(ID, &state("COMPLETE")));
        assert_eq!(script.judge(&InitialState).verdict(), Some(vec![]));
    }

    #[test]
    fn a_fresh_token_shows_a_new_job() {
        let token = |script: Script, t: &str| script.last(|e| e.asked.client_token = Some(t.to_owned()));
        let script = token(Script::of("bedrock").create(ID, &state("STARTING")), "a");
        let script = token(script.create("BBBBBBBBBB", &state("COMPLETE")), "b");
        assert_eq!(script.findings(&InitialState).len(), 1);
    }

    #[test]
    fn undocumented_words_are_left_to_their_rules() {
        let script = Script::of("bedrock").create(ID, &state("NEW"));
        assert!(!script.judge(&InitialState).is_judged());
    }
}
