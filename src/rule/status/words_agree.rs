//! The status words of a job agree with its state.

use std::collections::BTreeSet;

use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::one_of;

/// `status/words-agree`.
pub struct WordsAgree;

static META: Meta = Meta {
    id: "status/words-agree",
    title: "status words agree with the state",
    keyword: Keyword::Must,
    checks: "In each job shown, every further status word is one that goes with the job's state. Words and states that \
             are not documented are left to the rules that look for them.",
    why: "One client decides by the state and another by the phase. When the two disagree, one of them reports a \
          running job as done, or waits for a job that has ended.",
    fix: "Derive both words from one inner state, and change them together.",
    seeks: "a state together with a status word that goes with it",
};

impl Rule for WordsAgree {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut judgement, mut seen) = (Judgement::default(), BTreeSet::new());
        let shapes = || std::iter::once(&contract.facts.job).chain(contract.views.values());
        if shapes().flat_map(|shape| shape.words.values()).all(|word| word.agrees.is_empty()) {
            judgement.miss_undocumented("the contract has no status words that go with certain states");
        }
        for reading in story.readings() {
            let Some(state) = reading.state.as_deref() else { continue };
            for (name, at, word) in story.words(reading) {
                let Some(fact) = contract.shape_of(&reading.operation).words.get(name) else { continue };
                let Some(agreeing) = fact.agrees.get(state).filter(|_| fact.values.iter().any(|v| v == word))
                else {
                    continue;
                };
                judgement.look(reading.exchange);
                if !agreeing.iter().any(|a| a == word) && seen.insert((name, state, word)) {
                    let reference = fact.agrees_ref.as_ref().unwrap_or(&fact.reference);
                    let message =
                        format!("the answer to {} shows {name} {word} with state {state}", reading.operation);
                    let finding = Finding::new(reading.exchange, reference, message, one_of(agreeing), word);
                    let about = About::State(format!("{word} with {state}"));
                    judgement.find([finding.kind("disagrees").about(about).at(story.place(reading, &at))]);
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
    use serde_json::json;

    const ID: &str = "123e4567-e89b-12d3-a456-426614174000";

    fn shown(status: &str, phase: &str) -> Script {
        let (status, phase) = (format!("INDEX_JOB_STATUS_{status}"), format!("BATCH_JOB_PHASE_{phase}"));
        Script::of("digitalocean")
            .get(ID, &json!({"status": status, "phase": phase, "data_source_jobs": null}))
    }

    #[rstest]
    #[case("COMPLETED", "RUNNING")]
    #[case("IN_PROGRESS", "SUCCEEDED")]
    #[case("CANCELLED", "FAILED")]
    fn words_that_disagree_are_found(#[case] status: &str, #[case] phase: &str) {
        let findings = shown(status, phase).findings(&WordsAgree);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].actual, format!("BATCH_JOB_PHASE_{phase}"));
    }

    #[rstest]
    #[case("COMPLETED", "SUCCEEDED")]
    #[case("IN_PROGRESS", "RUNNING")]
    #[case("FAILED", "ERROR")]
    #[case("FAILED", "FAILED")]
    #[case("CANCELLED", "CANCELLED")]
    fn words_that_agree_pass(#[case] status: &str, #[case] phase: &str) {
        assert_eq!(shown(status, phase).findings(&WordsAgree), vec![]);
    }

    #[rstest]
    #[case("COMPLETED", "DONE")]
    #[case("DONE", "SUCCEEDED")]
    fn undocumented_words_are_left_alone(#[case] status: &str, #[case] phase: &str) {
        assert!(!shown(status, phase).judge(&WordsAgree).is_judged());
    }
}
