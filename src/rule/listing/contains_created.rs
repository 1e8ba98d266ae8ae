//! `listing/contains-created`.

use crate::rule::tool::lag::{SECONDS_LATER, is_known};
use crate::rule::tool::seen_before::{gravity, missing, seen_before};
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule, Why};
use crate::story::Story;
use crate::story::text::cut;

static META: Meta = Meta {
    id: "listing/contains-created",
    title: "a list contains the jobs that were seen before",
    keyword: Keyword::Must,
    checks: "A list without a filter, walked to its last page, contains every job of the same parents, in whatever \
             state, that was created or read before: some seconds before, as no page promises that lists know of a new \
             job at once. A list without pages may leave out jobs older than any it shows.",
    why: "Dashboards, clean-up scripts and quotas work from lists: a job that is missing runs and costs unseen.",
    fix: "List from the same store that creates and reads jobs, with the same parents as the only condition.",
    seeks: "a whole list of parents whose jobs were seen before",
};

/// The rule.
#[derive(Debug)]
pub struct ContainsCreated;

impl Rule for ContainsCreated {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for walk in story.walks().iter().filter(|walk| walk.is_whole() && walk.has_jobs()) {
            let (Some(first), Some(last)) = (walk.pages.first(), walk.pages.last()) else { continue };
            let mut seen = seen_before(story, walk);
            let all = seen.len();
            seen.retain(|reading| is_known(story, reading, first.answer.index));
            let number = seen.len();
            if number == 0 && all > 0 {
                judgement.miss(Why::NotSeen { sought: SECONDS_LATER.to_owned() });
            }
            // A list of the newest jobs may pass over older ones once it is full.
            if last.answer.operation.latest.is_some_and(|most| walk.items().count() >= most) {
                continue;
            }
            if number > 0 {
                judgement.look(last.answer.index);
            }
            let lost: Vec<_> = missing(story, walk, seen)
                .into_iter()
                .filter_map(|r| Some((r, gravity(story, walk, r)?)))
                .collect();
            let Some(at_most) = lost.iter().map(|(_, level)| *level).max() else { continue };
            let ids: Vec<&str> = lost.iter().map(|(r, _)| r.id.as_str()).collect();
            judgement.find([Finding::new(
                last.answer.index,
                &last.answer.operation.reference,
                "a list lacks a job that was seen before".to_owned(),
                format!("all of the {number} jobs seen before"),
                format!("{} listed, without {}", walk.items().count(), cut(&ids.join(", "))),
            )
            .kind("lacks-a-job")
            .at(last.answer.operation.list().map_or("", |list| list.as_str()))
            .at_most(at_most)]);
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Level;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn list(operation: &str, script: Script, query: Value, body: Value) -> Script {
        let mut view = script.view(operation, None);
        view[if operation == "ListIngestionJobs" { "body" } else { "query" }] = query;
        script.call(operation, view, 200, &body)
    }

    fn bedrock(query: Value, ids: &[&str], token: Option<&str>) -> Script {
        let script = Script::of("bedrock").create("JOB0000001", &json!({"status": "STARTING"})).later();
        let items: Vec<Value> = ids.iter().map(|id| script.job(id, &json!({"status": "COMPLETE"}))).collect();
        let body = json!({"ingestionJobSummaries": items, "nextToken": token});
        list("ListIngestionJobs", script, query, body)
    }

    #[rstest]
    #[case(json!({}), &["JOB0000002", "JOB0000001"], None, Some(0))]
    #[case(json!({}), &["JOB0000002"], None, Some(1))]
    #[case(json!({"maxResults": 5}), &[], None, Some(1))]
    // Another page follows, this is not the first page, a filter is asked for: nothing is known.
    #[case(json!({}), &["JOB0000002"], Some("more"), None)]
    #[case(json!({"nextToken": "more"}), &["JOB0000002"], None, None)]
    #[case(json!({"filters": [{"attribute": "STATUS", "operator": "EQ", "values": ["FAILED"]}]}), &[], None, None)]
    fn a_whole_list_is_complete(
        #[case] query: Value,
        #[case] ids: &[&str],
        #[case] token: Option<&str>,
        #[case] expected: Option<usize>,
    ) {
        match bedrock(query, ids, token).judge(&ContainsCreated).verdict() {
            Some(found) => assert_eq!(Some(found.len()), expected, "{found:?}"),
            None => assert_eq!(expected, None),
        }
    }

    #[test]
    fn a_list_may_learn_of_a_new_job_late() {
        let script = Script::of("bedrock").create("JOB0000001", &json!({"status": "STARTING"}));
        let soon = list("ListIngestionJobs", script, json!({}), json!({"ingestionJobSummaries": []}));
        assert!(!soon.judge(&ContainsCreated).is_judged());
        // One of the target file was there before.
        let known = soon.known("JOB0000001", crate::exchange::Origin::Fixture);
        assert_eq!(known.findings(&ContainsCreated).len(), 1);
    }

    #[test]
    fn a_walk_is_judged_as_a_whole() {
        let script = bedrock(json!({}), &["JOB0000002"], Some("more")).last(|e| e.meant_mut().walk = Some(1));
        let item = script.job("JOB0000001", &json!({"status": "COMPLETE"}));
        let body = json!({"ingestionJobSummaries": [item]});
        let script = list("ListIngestionJobs", script, json!({"nextToken": "more"}), body)
            .last(|e| e.meant_mut().walk = Some(1));
        assert_eq!(script.findings(&ContainsCreated), []);
    }

    #[rstest]
    // The operation shows the latest jobs only: an older one may be left out.
    #[case("2020-01-01T00:00:00Z", None)]
    #[case("2026-01-01T00:00:00Z", Some(Level::Fail))]
    fn a_list_of_the_latest_may_lack_old_jobs(#[case] created: &str, #[case] expected: Option<Level>) {
        let script = Script::of("digitalocean").get("a-job", &json!({"created_at": created})).later();
        let item = script.job("b-job", &json!({"created_at": "2025-01-01T00:00:00Z"}));
        let script = list("ListIndexingJobsByKnowledgeBase", script, json!({}), json!({"jobs": [item]}));
        let found: Vec<Level> = script.findings(&ContainsCreated).iter().map(|f| f.at_most).collect();
        assert_eq!(found, Vec::from_iter(expected));
    }
}
