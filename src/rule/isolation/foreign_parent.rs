//! `isolation/foreign-parent`.

use std::collections::BTreeSet;

use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::{Exchange, Reading};
use crate::rule::tool::absent::Served;
use crate::rule::tool::stopped::stopped;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::said::{alternatives, is_one_of, said, seen};
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "isolation/foreign-parent",
    title: "a job is not reached through parents it does not belong to",
    keyword: Keyword::Must,
    checks: "A request that names a job under parents other than its own is refused as for an unknown job, \
             or as this server refuses one, and a cancel sent that way does not stop the job. A list for other parents \
             does not hold it.",
    why: "Rights are given by parent: a job that answers under any of them can be read, and cancelled, by people who \
          were never let near it.",
    fix: "Look the job up by all the ids of the path together, never by its own alone.",
    seeks: "a request for a known job, or for a list, under parents that are not the job's own",
};

/// The rule.
#[derive(Debug)]
pub struct ForeignParent;

impl Rule for ForeignParent {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        let (served, unknown) = (Served::of(story), of_unknown_jobs(story));
        for answer in story.answers().iter() {
            if answer.operation.role == Role::List {
                let (is_asked, found) = listed(answer, story);
                if is_asked {
                    judgement.look(answer.index);
                }
                judgement.find(found);
                continue;
            }
            let is_meant =
                answer.exchange.meant().probe == Some(Condition::UnknownJob) && answer.response.status != 429;
            let Some(home) = story.home_reading(answer.index).filter(|_| is_meant) else {
                continue;
            };
            let wrong = let_in(answer, contract, &unknown);
            if let Some(why) = served.absent(story, answer).filter(|_| wrong.is_some()) {
                judgement.miss(why);
                continue;
            }
            judgement.look(answer.index);
            judgement.find(wrong);
            if answer.operation.role == Role::Cancel {
                let reference = contract
                    .error_row(Condition::UnknownJob, answer.name)
                    .map_or(&answer.operation.reference, |row| &row.reference);
                let message = "a cancel through foreign parents stopped the job";
                judgement.find(
                    stopped(story, answer, home, reference, message).map(|f| f.kind("refused-and-stopped")),
                );
            }
        }
        judgement
    }
}

/// Whether a list was asked for under parents that a job seen before does not belong to, and the finding that it shows
/// the job.
fn listed(answer: &Answer<'_>, story: &Story<'_>) -> (bool, Option<Finding>) {
    let is_meant = answer.exchange.meant().probe == Some(Condition::Forbidden)
        && answer.exchange.meant().identity.is_none()
        && answer.response.status != 429
        && answer.response.status < 500;
    if !is_meant {
        return (false, None);
    }
    let asked = &answer.exchange.asked.parents;
    let is_right = |own: &Reading| {
        let exchange = story.exchanges.get(own.exchange);
        exchange.is_some_and(|e| e.meant().probe.is_none()) && !own.from_list
    };
    let lives_elsewhere = |own: &Reading| {
        asked.iter().any(|(name, named)| story.parent(own, name).is_some_and(|home| home != named))
    };
    let is_asked = story.readings().iter().any(|own| is_right(own) && lives_elsewhere(own));
    let found = story
        .readings_at(answer.index)
        .iter()
        .find(|shown| story.last_named(answer.index, &shown.id, is_right).is_some_and(lives_elsewhere));
    let found = found.map(|shown| {
        let message = "a list for other parents holds a job that does not belong to them".to_owned();
        let reference = &answer.operation.reference;
        Finding::new(answer.index, reference, message, "no such job", shown.id.clone())
            .kind("listed")
            .at(story.place(shown, ""))
    });
    (is_asked, found)
}

/// An operation, with the status and the code of a refusal.
type Refusal<'t> = (&'t str, u16, Option<String>);

fn refusal<'t>(name: &'t str, exchange: &Exchange, status: u16, contract: &Contract) -> Refusal<'t> {
    (name, status, said(exchange, contract).code)
}

/// How this server refuses requests for a job that does not exist.
fn of_unknown_jobs<'t>(story: &Story<'t>) -> BTreeSet<Refusal<'t>> {
    let meant = story.answers().iter().filter(|answer| {
        answer.exchange.meant().probe == Some(Condition::UnknownJob)
            && answer.is_refused()
            && !story.is_foreign(answer.index)
    });
    meant.map(|a| refusal(a.name, a.exchange, a.response.status, story.contract)).collect()
}

/// The finding for an answer that is not the refusal due.
fn let_in(answer: &Answer<'_>, contract: &Contract, unknown: &BTreeSet<Refusal<'_>>) -> Option<Finding> {
    // A server's own failure is the concern of `errors/server-error`.
    if answer.response.status >= 500 {
        return None;
    }
    let due = contract.error_row(Condition::UnknownJob, answer.name);
    let reference = due.map_or(&answer.operation.reference, |row| &row.reference);
    let expected = due.map_or_else(|| "a refusal".to_owned(), alternatives);
    let actual = seen(answer.exchange, contract);
    let new = |kind, message: &str| {
        Finding::new(answer.index, reference, message.to_owned(), expected, actual).kind(kind)
    };
    if answer.is_accepted() {
        return Some(new("reached", "a job was reached through parents it does not belong to"));
    }
    let mut rows = [Condition::UnknownJob, Condition::UnknownParent, Condition::Forbidden]
        .into_iter()
        .filter_map(|condition| contract.error_row(condition, answer.name));
    let is_documented = rows.any(|row| is_one_of(row, answer.exchange, contract));
    let own = refusal(answer.name, answer.exchange, answer.response.status, contract);
    // It was kept out, if with an odd word.
    (due.is_some() && !is_documented && !unknown.contains(&own)).then(|| {
        new(
            "other-error",
            "a job named under foreign parents was refused with another error than an unknown job",
        )
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
    fn the_servers_own_answer_for_an_unknown_job_is_right() {
        let odd = json!({"__type": "ConflictException", "message": "no"});
        let unknown = |code: &str| {
            let script = Script::of("bedrock");
            let view = script.view("StopIngestionJob", Some("JOB0000009"));
            let script =
                script.call("StopIngestionJob", view, 409, &json!({"__type": code, "message": "no"}));
            script.probe(Condition::UnknownJob).get("JOB0000001", &json!({"status": "IN_PROGRESS"}))
        };
        let then = |script: Script| {
            let mut view = script.view("StopIngestionJob", Some("JOB0000001"));
            view["path"]["knowledgeBaseId"] = json!("KB99999999");
            script.call("StopIngestionJob", view, 409, &odd).probe(Condition::UnknownJob)
        };
        assert_eq!(then(unknown("ConflictException")).findings(&ForeignParent), []);
        assert_eq!(then(unknown("ValidationException")).findings(&ForeignParent).len(), 1);
    }

    #[test]
    fn an_operation_that_is_not_there_is_not_judged() {
        let script = foreign("StopIngestionJob", 405, &json!({"message": "no such route"}));
        assert!(!script.judge(&ForeignParent).is_judged());
    }

    fn listed_under(parent: &str, shows: &str) -> Script {
        let script = Script::of("bedrock").get("JOB0000001", &json!({"status": "COMPLETE"}));
        let mut view = script.view("ListIngestionJobs", None);
        view["path"]["knowledgeBaseId"] = json!(parent);
        let jobs = json!({"ingestionJobSummaries": [script.job(shows, &json!({"status": "COMPLETE"}))]});
        script.call("ListIngestionJobs", view, 200, &jobs).probe(Condition::Forbidden)
    }

    #[rstest]
    #[case("KB99999999", "JOB0000001", Some(1))]
    #[case("KB99999999", "JOB0000002", Some(0))]
    // Its own list.
    #[case("KB12345678", "JOB0000001", None)]
    fn a_list_for_others_does_not_hold_the_job(
        #[case] parent: &str,
        #[case] shows: &str,
        #[case] expected: Option<usize>,
    ) {
        let judgement = listed_under(parent, shows).judge(&ForeignParent);
        assert_eq!(judgement.verdict().map(|found| found.len()), expected);
    }

    #[test]
    fn throttling_and_requests_made_for_other_reasons_are_not_looked_at() {
        let throttled = foreign("StopIngestionJob", 429, &json!({}));
        assert!(!throttled.judge(&ForeignParent).is_judged());
        let other = foreign("StopIngestionJob", 202, &json!({})).probe(Condition::Forbidden);
        assert!(!other.judge(&ForeignParent).is_judged());
    }
}
