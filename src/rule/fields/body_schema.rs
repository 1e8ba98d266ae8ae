//! A body keeps to the schema for its status.

use std::collections::{BTreeMap, BTreeSet};

use crate::contract::shapes::Mismatch;
use crate::exchange::Reading;
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::{collapse, show};

/// `fields/body-schema`.
pub struct BodySchema;

static META: Meta = Meta {
    id: "fields/body-schema",
    title: "a body keeps to its schema",
    keyword: Keyword::Must,
    checks: "Each JSON body is validated against the schema documented for its operation and status. Every place that \
             departs from it is reported once, however many items or polls show it; status words outside their enum \
             are left to the rules of the group status.",
    why: "Typed clients fail on a missing member or a member of another type, or fill in a default without a word: \
          an absent timestamp becomes 1970, an absent id an empty string.",
    fix: "Send the member as documented: present where it is required, of the documented type, within its limits.",
    seeks: "a JSON body for which a schema is documented",
};

impl Rule for BodySchema {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        let mut seen: BTreeMap<(&str, String, String), usize> = BTreeMap::new();
        let mut alike: BTreeMap<usize, usize> = BTreeMap::new();
        for answer in story.answers().iter() {
            let Some((schema, body)) = answer.body() else { continue };
            judgement.look(answer.index);
            let mismatches = contract.shapes.mismatches(schema, body);
            if mismatches.is_empty() {
                continue;
            }
            let elsewhere = reported_elsewhere(story, answer.index);
            for mismatch in telling(&mismatches) {
                let is_choice = matches!(mismatch.keyword.as_str(), "enum" | "const" | "anyOf" | "oneOf");
                if is_choice && elsewhere.contains(&mismatch.at) {
                    continue;
                }
                let at = collapse(body, &mismatch.at);
                let next = judgement.found.len();
                let first = *seen.entry((answer.name, at.clone(), mismatch.message.clone())).or_insert(next);
                if first < next {
                    let is_same_answer =
                        judgement.found.get(first).is_some_and(|f| f.exchange == answer.index);
                    *alike.entry(first).or_default() += usize::from(is_same_answer);
                    continue;
                }
                let place = if at.is_empty() { "the body".to_owned() } else { at.clone() };
                let reference = mismatch.reference.as_deref().unwrap_or(answer.reference(contract));
                let message = format!("in the answer to {}, {place}: {}", answer.name, mismatch.message);
                let actual = show(body.pointer(&mismatch.at));
                let finding =
                    Finding::new(answer.index, reference, message, mismatch.expected.clone(), actual);
                let about = About::Member(mismatch.constraint.clone());
                judgement.find([finding.kind("breaks-schema").about(about).at(at)]);
            }
        }
        for (first, more) in alike.into_iter().filter(|(_, more)| *more > 0) {
            if let Some(finding) = judgement.found.get_mut(first) {
                finding.actual.push_str(&format!(" (and {more} more places like it)"));
            }
        }
        judgement
    }
}

/// The mismatches that say something of their own: a value of the wrong type meets no other keyword either.
fn telling(mismatches: &[Mismatch]) -> impl Iterator<Item = &Mismatch> {
    let wrong_type: BTreeSet<&str> =
        mismatches.iter().filter(|m| m.keyword == "type").map(|m| m.at.as_str()).collect();
    mismatches.iter().filter(move |m| m.keyword == "type" || !wrong_type.contains(m.at.as_str()))
}

/// The places of an answer whose word is not documented: the rules of the group `status` report them.
fn reported_elsewhere(story: &Story<'_>, exchange: usize) -> BTreeSet<String> {
    let contract = story.contract;
    let facts = &contract.facts;
    let of = |reading: &Reading| {
        let state = contract
            .shape_of(&reading.operation)
            .state
            .select(&reading.job)
            .into_iter()
            .take(1)
            .filter(|(_, value)| value.as_str().is_some_and(|s| !facts.lifecycle.states.contains_key(s)))
            .map(|(at, _)| at);
        let words = story
            .words(reading)
            .filter(|(name, _, word)| {
                contract
                    .shape_of(&reading.operation)
                    .words
                    .get(*name)
                    .is_some_and(|w| !w.values.iter().any(|v| v == word))
            })
            .map(|(_, at, _)| at);
        state.chain(words).map(|at| format!("{}{at}", reading.at)).collect::<Vec<_>>()
    };
    story.readings_at(exchange).iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::operation::Role;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const ID: &str = "AAAAAAAAAA";
    const UUID: &str = "2c1f3a9e-4b7d-4e21-8f6a-5d0c9b8a7e61";

    #[rstest]
    #[case(json!({"startedAt": null}), "/ingestionJob", "required")]
    #[case(json!({"startedAt": 1_727_784_000}), "/ingestionJob/startedAt", "type")]
    #[case(json!({"startedAt": "yesterday"}), "/ingestionJob/startedAt", "format")]
    #[case(json!({"status": 3}), "/ingestionJob/status", "type")]
    #[case(json!({"statistics": {"numberOfDocumentsScanned": "3"}}),
           "/ingestionJob/statistics/numberOfDocumentsScanned", "type")]
    fn departures_are_found(#[case] patch: Value, #[case] at: &str, #[case] keyword: &str) {
        let findings = Script::of("bedrock").get(ID, &patch).findings(&BodySchema);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].pointer.as_deref(), Some(at));
        assert!(findings[0].expected.starts_with(keyword), "{}", findings[0].expected);
    }

    #[test]
    fn items_with_one_mistake_make_one_finding() {
        let script = Script::of("bedrock");
        let job = script.job(ID, &json!({"updatedAt": 5}));
        let (list, _) = script.contract.of_role(Role::List).next().unwrap();
        let (list, view) = (list.to_owned(), script.view(list, None));
        let body = json!({"ingestionJobSummaries": [job, job, job]});
        let findings = script.call(&list, view, 200, &body).findings(&BodySchema);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].pointer.as_deref(), Some("/ingestionJobSummaries/*/updatedAt"));
        assert_eq!(findings[0].actual, "5 (and 2 more places like it)");
    }

    #[test]
    fn polls_with_one_mistake_make_one_finding() {
        let script =
            Script::of("bedrock").get(ID, &json!({"updatedAt": 5})).get(ID, &json!({"updatedAt": 5}));
        let findings = script.findings(&BodySchema);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].actual, "5");
    }

    #[test]
    fn errors_are_judged_by_their_schema() {
        let findings =
            Script::of("bedrock").cancel_refused(ID, 409, &json!({"message": 5})).findings(&BodySchema);
        assert_eq!(findings[0].pointer.as_deref(), Some("/message"));
    }

    #[rstest]
    #[case("bedrock", ID, json!({"status": "DONE"}))]
    #[case("bedrock", ID, json!({"status": "complete"}))]
    #[case("digitalocean", UUID, json!({"phase": "BATCH_JOB_PHASE_COMPLETED"}))]
    #[case("digitalocean", UUID, json!({"data_source_jobs": [{"status": "DONE"}]}))]
    fn status_words_are_left_to_their_rules(#[case] vendor: &str, #[case] id: &str, #[case] patch: Value) {
        assert_eq!(Script::of(vendor).get(id, &patch).findings(&BodySchema), vec![]);
    }

    #[test]
    fn a_status_word_of_a_listed_job_without_an_id_is_found_here() {
        let script = Script::of("bedrock");
        let job = script.job(ID, &json!({"ingestionJobId": null, "status": "DONE", "failureReasons": null}));
        let view =
            json!({"path": {"knowledgeBaseId": "KB12345678", "dataSourceId": "DS12345678"}, "body": {}});
        let script = script.call("ListIngestionJobs", view, 200, &json!({ "ingestionJobSummaries": [job] }));
        assert_eq!(script.findings(&BodySchema).len(), 2);
    }

    #[test]
    fn the_job_asked_for_needs_no_id_to_be_read() {
        let script = Script::of("bedrock").get(ID, &json!({"ingestionJobId": null, "status": "DONE"}));
        let findings = script.findings(&BodySchema);
        assert_eq!(findings.len(), 1, "the status is left to its rule: {findings:?}");
    }

    #[rstest]
    #[case("bedrock", ID)]
    #[case("digitalocean", UUID)]
    fn documented_samples_pass(#[case] vendor: &str, #[case] id: &str) {
        assert_eq!(Script::of(vendor).get(id, &json!({})).findings(&BodySchema), vec![]);
    }

    #[test]
    fn a_success_under_another_status_than_the_documented_one_is_judged() {
        let other = |patch: &Value| {
            let script = Script::of("bedrock").get(ID, patch);
            script.last(|e| e.outcome.as_mut().unwrap().status = 206)
        };
        let broken = other(&json!({"startedAt": null}));
        assert_eq!(broken.findings(&BodySchema).len(), 1);
        assert_eq!(broken.findings(&crate::rule::fields::documented_status::DocumentedStatus).len(), 1);
        assert_eq!(other(&json!({})).judge(&BodySchema).verdict(), Some(vec![]));
    }

    #[test]
    fn two_schemas_leave_it_open_what_another_success_looks_like() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        let get = contract.facts.operations.get_mut("GetIngestionJob").unwrap();
        get.responses.insert("202".into(), "error".into());
        let mut script = Script::of("bedrock");
        script.contract = std::sync::Arc::new(contract);
        let script = script.get(ID, &json!({"startedAt": null}));
        let script = script.last(|e| e.outcome.as_mut().unwrap().status = 206);
        assert!(!script.judge(&BodySchema).is_judged());
    }

    #[test]
    fn members_that_are_missing_are_told_apart() {
        let findings = Script::of("bedrock").get(ID, &json!({"startedAt": null, "status": null}));
        let about: Vec<Option<About>> =
            findings.findings(&BodySchema).into_iter().map(|finding| finding.about).collect();
        let missing = |name: &str| Some(About::Member(format!("required {name}")));
        assert_eq!(about, [missing("status"), missing("startedAt")]);
    }

    #[test]
    fn nothing_to_judge_without_a_body() {
        let script = Script::of("bedrock").get(ID, &json!({})).raw(b"");
        assert!(!script.judge(&BodySchema).is_judged());
    }
}
