//! `isolation/foreign-parent`.

use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::rule::tool::stopped::stopped;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::said::{alternatives, is_one_of, seen};
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "isolation/foreign-parent",
    title: "a job is not reached through parents it does not belong to",
    keyword: Keyword::Must,
    checks: "A request that names a job under parents other than its own is refused as for an unknown job, and a cancel \
             sent that way does not stop the job.",
    why: "Rights are given by parent: a job that answers under any of them can be read, and cancelled, by people who \
          were never let near it.",
    fix: "Look the job up by all the ids of the path together, never by its own alone.",
    seeks: "",
};

/// A job is not reached through parents it does not belong to.
#[derive(Debug)]
pub struct ForeignParent;

impl Rule for ForeignParent {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut looked_at, mut findings) = (0, Vec::new());
        for answer in story.answers().iter() {
            let is_meant =
                answer.exchange.meant().probe == Some(Condition::UnknownJob) && answer.response.status != 429;
            let Some(home) = story.home_reading(answer.index).filter(|_| is_meant) else {
                continue;
            };
            looked_at += 1;
            findings.extend(let_in(&answer, contract));
            if answer.operation.role == Role::Cancel {
                let reference = contract
                    .error_row(Condition::UnknownJob, answer.name)
                    .map_or(&answer.operation.reference, |row| &row.reference);
                let message = "a cancel through foreign parents stopped the job";
                findings.extend(stopped(story, answer, home, reference, message));
            }
        }
        Judgement::of(looked_at, findings, "no known job was named under foreign parents")
    }
}

/// The finding for an answer that is not the refusal due.
fn let_in(answer: &Answer<'_>, contract: &Contract) -> Option<Finding> {
    // A server's own failure is the concern of `errors/server-error`.
    if answer.response.status >= 500 {
        return None;
    }
    let due = contract.error_row(Condition::UnknownJob, answer.name);
    let reference = due.map_or(&answer.operation.reference, |row| &row.reference);
    let expected = due.map_or_else(|| "a refusal".to_owned(), alternatives);
    let actual = seen(answer.exchange, contract);
    let new = |message: &str| Finding::new(answer.index, reference, message.to_owned(), expected, actual);
    if answer.is_accepted() {
        return Some(new("a job was reached through parents it does not belong to"));
    }
    let mut rows = [Condition::UnknownJob, Condition::UnknownParent, Condition::Forbidden]
        .into_iter()
        .filter_map(|condition| contract.error_row(condition, answer.name));
    let is_documented = rows.any(|row| is_one_of(row, answer.exchange, contract));
    // It was kept out, if with an odd word.
    (due.is_some() && !is_documented).then(|| {
        new("a job named under foreign parents was refused with another error than an unknown job")
            .at_most(Level::Warn)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::errors::unknown_job::UnknownJob;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn foreign(operation: &str, status: u16, body: &Value) -> Script {
        let script = Script::of("bedrock").get("JOB0000001", &json!({"status": "IN_PROGRESS"}));
        let mut view = script.view(operation, Some("JOB0000001"));
        view["path"]["knowledgeBaseId"] = json!("KB99999999");
        script.call(operation, view, status, body).probe(Condition::UnknownJob)
    }

    #[rstest]
    #[case(404, json!({"__type": "ResourceNotFoundException", "message": "no"}), None)]
    #[case(403, json!({"__type": "AccessDeniedException", "message": "no"}), None)]
    #[case(409, json!({"__type": "ConflictException", "message": "no"}), Some(Level::Warn))]
    #[case(202, json!({}), Some(Level::Fail))]
    fn the_job_is_not_there(#[case] status: u16, #[case] body: Value, #[case] expected: Option<Level>) {
        let script = foreign("StopIngestionJob", status, &body);
        let found: Vec<Level> = script.findings(&ForeignParent).iter().map(|f| f.at_most).collect();
        assert_eq!(found, Vec::from_iter(expected));
        assert!(!script.judge(&UnknownJob).is_judged());
    }

    #[test]
    fn a_refused_cancel_must_not_stop_the_job() {
        let refused = || {
            foreign("StopIngestionJob", 404, &json!({"__type": "ResourceNotFoundException", "message": "no"}))
        };
        let stopped = refused().get("JOB0000001", &json!({"status": "STOPPING"}));
        assert_eq!(stopped.findings(&ForeignParent).len(), 1);
        let ended = refused().get("JOB0000001", &json!({"status": "COMPLETE"}));
        assert_eq!(ended.findings(&ForeignParent), []);
        let asked = refused().cancel("JOB0000001", &json!({"status": "STOPPING"}));
        assert_eq!(asked.findings(&ForeignParent), []);
    }

    #[test]
    fn a_job_that_shows_the_foreign_parent_is_still_foreign() {
        let script = foreign(
            "GetIngestionJob",
            200,
            &json!({"ingestionJob": {"ingestionJobId": "JOB0000001",
            "knowledgeBaseId": "KB99999999", "status": "IN_PROGRESS"}}),
        );
        assert_eq!(script.findings(&ForeignParent).len(), 1);
    }

    #[test]
    fn throttling_and_requests_made_for_other_reasons_are_not_looked_at() {
        let throttled = foreign("StopIngestionJob", 429, &json!({}));
        assert!(!throttled.judge(&ForeignParent).is_judged());
        let other = foreign("StopIngestionJob", 202, &json!({})).probe(Condition::Forbidden);
        assert!(!other.judge(&ForeignParent).is_judged());
    }
}
