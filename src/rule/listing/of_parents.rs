//! `listing/of-parents`.

use crate::exchange::Reading;
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::walk::Walk;

static META: Meta = Meta {
    id: "listing/of-parents",
    title: "a list holds no job of another parent",
    keyword: Keyword::Must,
    checks: "A list that is asked for under one parent holds no job that was read before under another one, and none that shows \
             another one, where this server shows parents as requests name them.",
    why: "Whoever lists the jobs of a project cancels, bills or deletes what the list holds: a job of somebody else must \
          not be among them.",
    fix: "Make the parent that the request names a condition of the query, not only of the path.",
    seeks: "a list asked for under one parent, with a job known under another",
};

/// The rule.
#[derive(Debug)]
pub struct OfParents;

impl Rule for OfParents {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for walk in story.walks().iter().filter(|walk| walk.has_jobs()) {
            let Some(first) = walk.first() else { continue };
            let asked = &first.answer.exchange.asked.parents;
            if asked.iter().any(|(name, named)| has_foreign(story, walk, name, named)) {
                judgement.look(first.answer.index);
            }
            let mut items = walk.pages.iter().flat_map(|page| story.readings_at(page.answer.index));
            judgement.find(items.find_map(|item| foreign(story, item)));
        }
        judgement
    }
}

/// Whether a job is known, before a walk, that belongs to another parent than the walk names.
fn has_foreign(story: &Story<'_>, walk: &Walk<'_>, name: &str, named: &str) -> bool {
    let Some(first) = walk.first() else { return false };
    let homes = story.lives().iter().filter_map(|life| home(story, life.id, name, first.answer.index));
    homes.into_iter().any(|home| home != named)
}

/// The parent of this name that a job belongs to, by its last reading before an exchange that was no probe: as the
/// request named it, else as the job shows it, where this server shows parents as requests name them.
fn home<'t>(story: &Story<'t>, job: &str, name: &str, before: usize) -> Option<&'t str> {
    let exchange = |reading: &Reading| story.exchanges.get(reading.exchange);
    let is_plain = |reading: &&Reading| {
        exchange(reading).is_some_and(|e| e.meant().probe.is_none() && e.meant().identity.is_none())
    };
    let reading = story.life(job)?.before(before).find(is_plain)?;
    let asked = exchange(reading)?.asked.parents.get(name);
    asked.or_else(|| reading.parents.get(name).filter(|_| is_shown_as_named(story, name))).map(String::as_str)
}

fn foreign(story: &Story<'_>, item: &Reading) -> Option<Finding> {
    let answer = story.answer(item.exchange).filter(|_| item.from_list)?;
    answer.exchange.asked.parents.iter().find_map(|(name, named)| {
        let shown = item.parents.get(name).map(String::as_str).filter(|_| is_shown_as_named(story, name));
        let home = home(story, &item.id, name, item.exchange).or(shown)?;
        (home != named).then(|| {
            let message = "a list holds a job that belongs to another parent".to_owned();
            let (expected, actual) = (format!("jobs of {name} {named}"), format!("{}, of {home}", item.id));
            let finding = Finding::new(item.exchange, &answer.operation.reference, message, expected, actual);
            let at = story.contract.shape_of(&item.operation).id.as_str();
            finding.kind("of-another-parent").about(About::Member(name.clone())).at(story.place(item, at))
        })
    })
}

/// Whether a job shows a parent of this name just as the request that got it named it.
fn is_shown_as_named(story: &Story<'_>, name: &str) -> bool {
    story.readings().iter().any(|reading| {
        let asked = story.exchanges.get(reading.exchange).and_then(|e| e.asked.parents.get(name));
        asked.is_some() && reading.parents.get(name) == asked
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::error::Condition;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const OTHER: &str = "KB99999999";

    /// A job read under the other knowledge base, and then a list of the usual one. A job is written as its id and, where
    /// that is not the usual one, its parent.
    fn listed(shown: &str, jobs: &[&str]) -> Script {
        let script = Script::of("bedrock");
        let mut view = script.view("GetIngestionJob", Some("FOREIGN001"));
        view["path"]["knowledgeBaseId"] = json!(OTHER);
        let job = script.job("FOREIGN001", &json!({"knowledgeBaseId": shown}));
        let script = script.call("GetIngestionJob", view, 200, &json!({ "ingestionJob": job }));
        let items: Vec<Value> = jobs
            .iter()
            .map(|job| match job.split_once(' ') {
                Some((id, parent)) => script.job(id, &json!({"knowledgeBaseId": parent})),
                None => script.job(job, &json!({})),
            })
            .collect();
        let view = script.view("ListIngestionJobs", None);
        script.call("ListIngestionJobs", view, 200, &json!({ "ingestionJobSummaries": items }))
    }

    #[rstest]
    #[case(OTHER, &["JOB0000001"], 0)]
    #[case(OTHER, &[], 0)]
    #[case(OTHER, &["JOB0000001", "FOREIGN001"], 1)]
    #[case(OTHER, &["JOB0000001", "FOREIGN001 KB99999999"], 1)]
    // Nobody knows the job, but it says itself where it belongs.
    #[case(OTHER, &["JOB0000001", "JOB0000002 KB99999999"], 1)]
    // A server may show parents in a way of its own.
    #[case("kb/2", &["JOB0000001 kb/1", "JOB0000002 kb/1"], 0)]
    #[case("kb/2", &["JOB0000001 kb/1", "FOREIGN001 kb/2"], 1)]
    fn only_jobs_of_the_parent(#[case] shown: &str, #[case] jobs: &[&str], #[case] expected: usize) {
        assert_eq!(listed(shown, jobs).findings(&OfParents).len(), expected);
    }

    #[test]
    fn nothing_is_known_without_a_job_of_another_parent() {
        let script = Script::of("bedrock").get("JOB0000001", &json!({}));
        let view = script.view("ListIngestionJobs", None);
        let script = script.call("ListIngestionJobs", view, 200, &json!({"ingestionJobSummaries": []}));
        assert!(!script.judge(&OfParents).is_judged());
        let probed = listed(OTHER, &["FOREIGN001"]).probe(Condition::UnknownParent);
        assert_eq!(probed.judge(&OfParents).found, []);
    }
}
