//! A job's state is one of the documented states.

use std::collections::BTreeSet;

use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::{one_of, respelt};

/// `status/state-in-enum`.
pub struct StateInEnum;

static META: Meta = Meta {
    id: "status/state-in-enum",
    title: "a job's state is a documented one",
    keyword: Keyword::Must,
    checks: "Each state that an answer shows, in lists too, is one of the documented words. A word that differs from a \
             documented one only in spelling is left to status/letter-case.",
    why: "Clients loop until they see a state they know. A word they do not know keeps them polling for ever, or makes \
          a typed client fail.",
    fix: "Map the server's inner states to the documented words before they leave the server.",
    seeks: "a job's state",
};

impl Rule for StateInEnum {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let lifecycle = &contract.facts.lifecycle;
        let documented = || lifecycle.states.keys().map(String::as_str);
        let (mut judgement, mut seen) = (Judgement::default(), BTreeSet::new());
        for reading in story.readings() {
            let Some(state) = reading.state.as_deref() else { continue };
            judgement.look(reading.exchange);
            let is_known = lifecycle.states.contains_key(state) || respelt(state, documented()).is_some();
            if !is_known && seen.insert(state) {
                let message =
                    format!("the answer to {} shows the undocumented state {state:?}", reading.operation);
                let (reference, due) = (&lifecycle.states_ref, one_of(documented()));
                let finding = Finding::new(reading.exchange, reference, message, due, state);
                let about = About::State(state.to_owned());
                judgement.find([finding.kind("not-documented").about(about).at(story.state_place(reading))]);
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
    use rstest::rstest;
    use serde_json::{Value, json};

    const ID: &str = "AAAAAAAAAA";

    #[rstest]
    #[case(Role::Get, "/ingestionJob/status")]
    #[case(Role::Cancel, "/ingestionJob/status")]
    #[case(Role::List, "/ingestionJobSummaries/*/status")]
    fn another_word_is_found(#[case] role: Role, #[case] at: &str) {
        let findings =
            Script::of("bedrock").shows(role, ID, &json!({"status": "DONE"})).findings(&StateInEnum);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].actual, "DONE");
        assert_eq!(findings[0].pointer.as_deref(), Some(at));
    }

    #[rstest]
    #[case(json!("STARTING"))]
    #[case(json!("STOPPED"))]
    #[case(json!("stopped"))]
    fn documented_words_pass_and_other_spellings_are_left_alone(#[case] state: Value) {
        let script = Script::of("bedrock").get(ID, &json!({"status": state}));
        assert_eq!(script.judge(&StateInEnum).verdict(), Some(vec![]));
    }

    #[test]
    fn a_missing_state_is_left_to_the_schema() {
        let script = Script::of("bedrock").get(ID, &json!({"status": null}));
        assert!(!script.judge(&StateInEnum).is_judged());
    }
}
