//! An answer is about the job that was asked for.

use std::collections::BTreeSet;

use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::{Story, is_named};

/// `fields/identity-echoed`.
pub struct IdentityEchoed;

static META: Meta = Meta {
    id: "fields/identity-echoed",
    title: "an answer is about the job and the parents that were asked for",
    keyword: Keyword::Must,
    checks: "In answers to get and cancel the job's id is the one in the request. In answers to create, get, cancel, \
             retry and list, each job's parents are those in the request, where both name them.",
    why: "A client that stores the answer under the id it sees acts on somebody else's job the next time: it polls, \
          cancels or reports the wrong one.",
    fix: "Look up the job by its id and all of its parents, and answer with the identifiers of the job found.",
    seeks: "a job whose id or parents the request names",
};

impl Rule for IdentityEchoed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut judgement, mut seen) = (Judgement::default(), BTreeSet::new());
        for reading in story.readings() {
            let Some(exchange) = story.exchanges.get(reading.exchange) else { continue };
            // A request that ought to be refused has no right answer to compare with: other rules report it.
            if exchange.meant().probe.is_some() {
                continue;
            }
            let reference =
                contract.facts.operations.get(&reading.operation).map_or("", |o| o.reference.as_str());
            let differs = |what: &str, at: &str, asked: &str, shown: &str| {
                let message =
                    format!("the answer to {} shows another {what} than asked for", reading.operation);
                let finding = Finding::new(reading.exchange, reference, message, asked, shown);
                finding.at(story.place(reading, at))
            };
            if let Some(asked) = asked_id(reading, exchange.asked.job.as_deref()) {
                judgement.look(reading.exchange);
                if !is_named(reading, asked) && seen.insert((&reading.operation, None)) {
                    let at = contract.shape_of(&reading.operation).id_place(&reading.job);
                    judgement.find([differs("job", at, asked, &reading.id).kind("other-job")]);
                }
            }
            for (name, pointer) in &contract.shape_of(&reading.operation).parents {
                let (Some(asked), Some(shown)) =
                    (exchange.asked.parents.get(name), reading.parents.get(name))
                else {
                    continue;
                };
                judgement.look(reading.exchange);
                if asked != shown && seen.insert((&reading.operation, Some(name))) {
                    let finding = differs(name, pointer.as_str(), asked, shown);
                    judgement.find([finding.kind("other-parent").about(About::Member(name.clone()))]);
                }
            }
        }
        judgement
    }
}

/// The id that the answer must show, for requests that name the one job they are about.
fn asked_id<'t>(reading: &Reading, asked: Option<&'t str>) -> Option<&'t str> {
    let is_about_one = matches!(reading.role, Role::Get | Role::Cancel) && !reading.from_list;
    asked.filter(|_| is_about_one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::error::Condition;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    const ID: &str = "AAAAAAAAAA";
    const OTHER: &str = "BBBBBBBBBB";

    #[rstest]
    #[case(Role::Get)]
    #[case(Role::Cancel)]
    fn another_job_is_found(#[case] role: Role) {
        let findings = Script::of("bedrock")
            .shows(role, ID, &json!({"ingestionJobId": OTHER}))
            .findings(&IdentityEchoed);
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].expected.as_str(), findings[0].actual.as_str()), (ID, OTHER));
        assert_eq!(findings[0].pointer.as_deref(), Some("/ingestionJob/ingestionJobId"));
    }

    #[rstest]
    #[case(Role::Create, "/ingestionJob/dataSourceId")]
    #[case(Role::Get, "/ingestionJob/dataSourceId")]
    #[case(Role::Cancel, "/ingestionJob/dataSourceId")]
    #[case(Role::List, "/ingestionJobSummaries/*/dataSourceId")]
    fn another_parent_is_found(#[case] role: Role, #[case] at: &str) {
        let findings =
            Script::of("bedrock").shows(role, ID, &json!({"dataSourceId": OTHER})).findings(&IdentityEchoed);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].pointer.as_deref(), Some(at));
    }

    #[test]
    fn what_was_asked_for_passes() {
        let nothing = json!({});
        let script = Script::of("bedrock").create(ID, &nothing).get(ID, &nothing).cancel(ID, &nothing).shows(
            Role::List,
            ID,
            &nothing,
        );
        assert_eq!(script.judge(&IdentityEchoed).verdict(), Some(vec![]));
    }

    #[test]
    fn requests_that_ought_to_be_refused_are_left_alone() {
        let script =
            Script::of("bedrock").get(ID, &json!({"dataSourceId": OTHER})).probe(Condition::UnknownParent);
        assert!(!script.judge(&IdentityEchoed).is_judged());
    }

    #[test]
    fn an_id_alone_is_looked_at() {
        let script = Script::of("bedrock").get(ID, &json!({"dataSourceId": null, "knowledgeBaseId": null}));
        assert_eq!(script.judge(&IdentityEchoed).verdict(), Some(vec![]));
    }

    #[test]
    fn a_retry_answers_with_another_job() {
        let script = Script::of("aiware");
        let view = script.view("retryJob", Some("23041407_RORjiJw7te"));
        let answer = json!({"data": {"retryJob": {"id": "23041408_Xx0aBcDeFg", "status": "pending"}}});
        let script = script.call("retryJob", view, 200, &answer);
        assert!(!script.judge(&IdentityEchoed).is_judged());
    }
}
