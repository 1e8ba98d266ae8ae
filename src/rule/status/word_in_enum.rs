//! The status words beside a job's state are documented ones.

use std::collections::BTreeSet;

use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::{one_of, respelt};

/// `status/word-in-enum`.
pub struct WordInEnum;

static META: Meta = Meta {
    id: "status/word-in-enum",
    title: "status words beside the state are documented ones",
    keyword: Keyword::Must,
    checks: "Each further status word of a job (its phase, the status of its documents, tasks or data sources) is one \
             of the documented values. A word that differs only in spelling is left to status/letter-case.",
    why: "Clients often decide by these words rather than by the state: a phase they do not know keeps them waiting \
          for a job that has long ended.",
    fix: "Map the server's inner values to the documented words before they leave the server.",
    seeks: "a status word beside a job's state",
};

impl Rule for WordInEnum {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut judgement, mut seen) = (Judgement::default(), BTreeSet::new());
        let shapes = || std::iter::once(&contract.facts.job).chain(contract.views.values());
        if shapes().all(|shape| shape.words.is_empty()) {
            judgement.miss_undocumented("the contract documents no status words beside the state");
        }
        for reading in story.readings() {
            for (name, at, word) in story.words(reading) {
                let Some(fact) = contract.shape_of(&reading.operation).words.get(name) else { continue };
                judgement.look(reading.exchange);
                let documented = fact.values.iter().map(String::as_str);
                let is_known =
                    documented.clone().any(|d| d == word) || respelt(word, documented.clone()).is_some();
                if !is_known && seen.insert((name, word)) {
                    let operation = &reading.operation;
                    let message = format!("the answer to {operation} shows the undocumented {name} {word:?}");
                    let finding =
                        Finding::new(reading.exchange, &fact.reference, message, one_of(documented), word);
                    let about = About::State(word.to_owned());
                    judgement
                        .find([finding.kind("not-documented").about(about).at(story.place(reading, &at))]);
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

    #[test]
    fn another_phase_is_found() {
        let patch = json!({"phase": "BATCH_JOB_PHASE_COMPLETED"});
        let findings = Script::of("digitalocean").get(ID, &patch).get(ID, &patch).findings(&WordInEnum);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].pointer.as_deref(), Some("/job/phase"));
    }

    #[test]
    fn another_status_of_a_data_source_is_found_once() {
        let source = json!({"data_source_uuid": ID, "status": "DATA_SOURCE_STATUS_COMPLETED"});
        let script = Script::of("digitalocean").get(ID, &json!({"data_source_jobs": [source, source]}));
        let findings = script.findings(&WordInEnum);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].pointer.as_deref(), Some("/job/data_source_jobs/*/status"));
    }

    /// A list that a model closes is broken by another word; one that is deduced is not.
    #[rstest]
    #[case(crate::contract::reference::Basis::Modelled, crate::rule::Level::Fail)]
    #[case(crate::contract::reference::Basis::Inferred, crate::rule::Level::Warn)]
    fn another_word_is_as_grave_as_its_list_is_sure(
        #[case] basis: crate::contract::reference::Basis,
        #[case] level: crate::rule::Level,
    ) {
        let change = |contract: &mut crate::contract::Contract| {
            let list = &contract.facts.job.words["phase"].reference;
            contract.facts.references.get_mut(list).unwrap().basis = basis;
        };
        let script = Script::changed("digitalocean", change).get(ID, &json!({"phase": "BATCH_JOB_PHASE_X"}));
        let findings = script.findings(&WordInEnum);
        assert_eq!(script.level(&WordInEnum, &findings[0]), level);
    }

    #[rstest]
    #[case("BATCH_JOB_PHASE_RUNNING")]
    #[case("batch_job_phase_running")]
    fn documented_words_pass_and_other_spellings_are_left_alone(#[case] phase: &str) {
        let script = Script::of("digitalocean").get(ID, &json!({"phase": phase}));
        assert_eq!(script.judge(&WordInEnum).verdict(), Some(vec![]));
    }

    #[test]
    fn not_applicable_without_further_words() {
        let script = Script::of("bedrock").get("AAAAAAAAAA", &json!({}));
        assert!(!script.judge(&WordInEnum).is_judged());
    }
}
