//! `retry/same-work`.

use serde_json::Value;

use crate::contract::cancel::Table;
use crate::contract::pointer::Pointer;
use crate::exchange::Reading;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::text::cut;
use crate::story::{Story, is_named};

static META: Meta = Meta {
    id: "retry/same-work",
    title: "the job that a retry starts does the same work",
    keyword: Keyword::Must,
    checks: "Where a retry is documented to start a new job, the members that say what work a job does have the same \
             values in the new job as in the old one, in any order.",
    why: "A result that comes of other work is worse than none: nobody looks for the reason in a retry.",
    fix: "Copy the members that say what work the job does, and nothing in their place.",
    seeks: "a job that a retry started, read beside the old one with what work they do",
};

/// The job that a retry starts does the same work.
#[derive(Debug)]
pub struct SameWork;

impl Rule for SameWork {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Retry) {
            if attempt.renewing().is_none() || !attempt.answer.is_accepted() {
                continue;
            }
            let Some(id) = attempt.new_id(contract).filter(|id| !is_named(attempt.before, id)) else {
                continue;
            };
            // Only what is shown in the same way can be compared.
            let work = |r: &Reading| &contract.shape_of(&r.operation).work;
            let shows = |r: &Reading| work(r).iter().any(|member| !values(r, member).is_empty());
            let new = story.named(id).into_iter();
            let new = new.filter(|r| r.exchange >= attempt.answer.index && shows(r));
            let original = story.kin(attempt.before);
            let pairs = new.filter_map(|new| {
                let old = original
                    .iter()
                    .copied()
                    .rfind(|old| old.exchange < new.exchange && work(old) == work(new) && shows(old));
                Some((old?, new))
            });
            for (old, new) in pairs.take(1) {
                for member in work(new) {
                    let (before, now) = (values(old, member), values(new, member));
                    if before.is_empty() || now.is_empty() {
                        continue;
                    }
                    judgement.look_at(attempt, contract);
                    if before != now {
                        let message = format!("a retry started a job with other work at {}", member.as_str());
                        let shown = |values: &[String]| cut(&values.join(", "));
                        let (expected, actual) = (shown(&before), shown(&now));
                        let finding =
                            Finding::new(new.exchange, attempt.outcome(), message, expected, actual);
                        let finding = finding.kind("other-work").by(attempt, contract);
                        judgement.find([finding.at(story.place(new, member.as_str()))]);
                    }
                }
            }
        }
        judgement
    }
}

/// What stands at a place of a job, in order of the texts.
fn values(reading: &Reading, member: &Pointer) -> Vec<String> {
    let mut found: Vec<String> =
        member.select(&reading.job).into_iter().map(|(_, v): (_, &Value)| v.to_string()).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::super::script::{NEW, Retry, job, refused, retried};
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(json!([{"id": "n1", "status": "pending", "engineId": "a", "payload": {"x": 1}}, {"id": "n2", "engineId": "b", "payload": {}}]), 0)]
    #[case(json!([{"id": "n2", "engineId": "b", "payload": {}}, {"id": "n1", "engineId": "a", "payload": {"x": 1}}]), 0)]
    #[case(json!([{"id": "n1", "engineId": "a", "payload": {"x": 1}}, {"id": "n2", "engineId": "c", "payload": {}}]), 1)]
    #[case(json!([{"id": "n1", "engineId": "a", "payload": {"x": 1}}]), 2)]
    #[case(json!([{"id": "n1", "engineId": "a", "payload": {"x": 2}}, {"id": "n2", "engineId": "b", "payload": {}}]), 1)]
    // What one of them does not show cannot be compared.
    #[case(json!([{"id": "n1", "engineId": "a"}, {"id": "n2", "engineId": "b"}]), 0)]
    fn engines_and_payloads_are_the_same(#[case] tasks: Value, #[case] expected: usize) {
        let old = json!([{"id": "o1", "status": "failed", "engineId": "a", "payload": {"x": 1}}, {"id": "o2", "engineId": "b", "payload": {}}]);
        let script = retried(job("failed").with_tasks(&old), NEW, "pending").get_new(&tasks);
        assert_eq!(script.findings(&SameWork).len(), expected);
    }

    #[test]
    fn jobs_that_no_retry_had_to_start_are_not_compared() {
        let tasks = |engine: &str| json!([{"id": "n1", "engineId": engine, "payload": {}}]);
        let old = || job("failed").with_tasks(&tasks("a"));
        let is_judged = |retry: Retry| retry.get_new(&tasks("b")).judge(&SameWork).is_judged();
        assert!(is_judged(retried(old(), NEW, "pending")));
        assert!(
            !is_judged(retried(old().get_job("complete"), NEW, "pending")),
            "it should have been refused"
        );
        assert!(!is_judged(refused(old())));
    }
}
