//! Status words are spelt as documented.

use std::collections::BTreeSet;

use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::respelt;

/// `status/letter-case`.
pub struct LetterCase;

static META: Meta = Meta {
    id: "status/letter-case",
    title: "status words are spelt exactly as documented",
    keyword: Keyword::Must,
    checks: "A state or another status word that equals a documented one but for letter case, hyphens, underscores or \
             spaces is reported here, and only here.",
    why: "Clients compare words exactly: to them `Complete` is not `COMPLETE`, and a job that is done is polled for \
          ever. People do not see the difference when they read a log.",
    fix: "Send the word exactly as documented. Look for a serializer that renames the members of an enum.",
    seeks: "a job's state, or another status word",
};

impl Rule for LetterCase {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let facts = &contract.facts;
        let (mut judgement, mut seen) = (Judgement::default(), BTreeSet::new());
        for reading in story.readings() {
            let finding = |at: &str, word: &str, documented: &str, reference: &str| {
                let message = format!("the answer to {} spells {documented} as {word:?}", reading.operation);
                let finding = Finding::new(reading.exchange, reference, message, documented, word);
                let about = About::State(documented.to_owned());
                finding.kind("other-spelling").about(about).at(story.place(reading, at))
            };
            if let Some(state) = &reading.state {
                judgement.look(reading.exchange);
                let documented = respelt(state, facts.lifecycle.states.keys().map(String::as_str));
                if let Some(documented) = documented.filter(|_| seen.insert(("", state.as_str()))) {
                    let at = contract.shape_of(&reading.operation).state.as_str();
                    judgement.find([finding(at, state, documented, &facts.lifecycle.states_ref)]);
                }
            }
            for (name, at, word) in story.words(reading) {
                let Some(fact) = contract.shape_of(&reading.operation).words.get(name) else { continue };
                judgement.look(reading.exchange);
                let documented = respelt(word, fact.values.iter().map(String::as_str));
                if let Some(documented) = documented.filter(|_| seen.insert((name, word))) {
                    judgement.find([finding(&at, word, documented, &fact.reference)]);
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

    #[rstest]
    #[case("bedrock", json!({"status": "Complete"}), "COMPLETE")]
    #[case("bedrock", json!({"status": "in-progress"}), "IN_PROGRESS")]
    #[case("bedrock", json!({"status": "InProgress"}), "IN_PROGRESS")]
    #[case("digitalocean", json!({"phase": "batch_job_phase_running"}), "BATCH_JOB_PHASE_RUNNING")]
    fn other_spellings_are_found(#[case] vendor: &str, #[case] patch: Value, #[case] documented: &str) {
        let findings = Script::of(vendor).get(ID, &patch).get(ID, &patch).findings(&LetterCase);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].expected, documented);
    }

    #[rstest]
    #[case("COMPLETE")]
    #[case("DONE")]
    fn documented_and_foreign_words_pass(#[case] state: &str) {
        let script = Script::of("bedrock").get(ID, &json!({"status": state}));
        assert_eq!(script.judge(&LetterCase).verdict(), Some(vec![]));
    }

    #[test]
    fn a_word_beside_the_state_is_looked_at_by_itself() {
        let job = json!({"status": null, "phase": "BATCH_JOB_PHASE_RUNNING"});
        assert_eq!(Script::of("digitalocean").get(ID, &job).judge(&LetterCase).verdict(), Some(vec![]));
    }
}
