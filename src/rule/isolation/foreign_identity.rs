//! `isolation/foreign-identity`.

use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::{Identity, Reading};
use crate::rule::tool::absent::Served;
use crate::rule::tool::stopped::stopped;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::said::seen;
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "isolation/foreign-identity",
    title: "another account does not get at a job",
    keyword: Keyword::Must,
    checks: "With valid credentials of another account a job is neither read nor cancelled, and it stands in no \
             list; nor is a job started under parents that ours belong to.",
    why: "Valid credentials are not enough: a server that only asks whether they are valid shows, and lets stop, \
          everybody's work to everybody.",
    fix: "Look jobs up among those of the account that the credentials belong to, in lists as well.",
    seeks: "a request for a job of ours by another account",
};

/// The rule.
#[derive(Debug)]
pub struct ForeignIdentity;

impl Rule for ForeignIdentity {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        let served = Served::of(story);
        for answer in story.answers().iter() {
            let is_foreign = answer.exchange.meant().identity == Some(Identity::Foreign);
            // A server that is busy or in trouble says nothing about whose the job is.
            if !is_foreign || answer.response.status == 429 || answer.response.status >= 500 {
                continue;
            }
            if let Some(why) = served.absent(story, answer) {
                judgement.miss(why);
                continue;
            }
            let reference = reference(answer, contract);
            if answer.operation.role == Role::List {
                judgement.look(answer.index);
                judgement.find(listed(answer, reference, story));
                continue;
            }
            if answer.operation.role == Role::Create && answer.operation.target.is_none() {
                if starts_under_ours(answer, story) {
                    judgement.look(answer.index);
                    judgement.find(answer.is_accepted().then(|| started(answer, reference, contract)));
                }
                continue;
            }
            let Some(home) = story.known_before(answer.index) else { continue };
            judgement.look(answer.index);
            if answer.is_accepted() {
                let message = "a job was reached with the credentials of another account".to_owned();
                let actual = seen(answer.exchange, contract);
                judgement.find([
                    Finding::new(answer.index, reference, message, "a refusal", actual).kind("reached")
                ]);
            }
            if answer.operation.role == Role::Cancel {
                let message = "a cancel with the credentials of another account stopped the job";
                judgement.find(
                    stopped(story, answer, home, reference, message).map(|f| f.kind("refused-and-stopped")),
                );
            }
        }
        judgement
    }
}

/// Whether a start names parents that a job of ours was seen to belong to, and no other.
fn starts_under_ours(answer: &Answer<'_>, story: &Story<'_>) -> bool {
    let asked = &answer.exchange.asked.parents;
    let is_home = |own: &Reading| {
        asked.iter().all(|(name, named)| story.parent(own, name).is_some_and(|home| home == named))
    };
    !asked.is_empty() && story.readings().iter().any(|own| story.is_ours(own) && is_home(own))
}

fn started(answer: &Answer<'_>, reference: &str, contract: &Contract) -> Finding {
    let message = "a job was started by another account under parents of ours".to_owned();
    let actual = seen(answer.exchange, contract);
    Finding::new(answer.index, reference, message, "a refusal", actual).kind("started")
}

fn reference<'c>(answer: &Answer<'c>, contract: &'c Contract) -> &'c str {
    let rows = [Condition::Forbidden, Condition::UnknownJob, Condition::UnknownParent];
    let row = rows.into_iter().find_map(|condition| contract.error_row(condition, answer.name));
    row.map_or(&answer.operation.reference, |row| &row.reference)
}

/// The finding for a list that shows a job of ours.
fn listed(answer: &Answer<'_>, reference: &str, story: &Story<'_>) -> Option<Finding> {
    let is_ours = |shown: &&Reading| {
        story.last_named(answer.index, &shown.id, |own| own.id == shown.id && story.is_ours(own)).is_some()
    };
    let shown = story.readings_at(answer.index).iter().find(is_ours)?;
    let message = "a list for another account holds a job that is not theirs".to_owned();
    let finding = Finding::new(answer.index, reference, message, "no such job", shown.id.clone());
    Some(finding.kind("listed").at(story.place(shown, "")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const ID: &str = "JOB0000001";

    fn by_others(script: Script) -> Script {
        script.last(|e| e.meant_mut().identity = Some(Identity::Foreign)).probe(Condition::Forbidden)
    }

    fn read() -> Script {
        Script::of("bedrock").get(ID, &json!({"status": "IN_PROGRESS"}))
    }

    fn answered(operation: &str, status: u16, body: &Value) -> Script {
        let script = read();
        let view = script.view(operation, Some(ID));
        by_others(script.call(operation, view, status, body))
    }

    #[rstest]
    #[case("GetIngestionJob", 200, 1)]
    #[case("StopIngestionJob", 202, 1)]
    #[case("GetIngestionJob", 403, 0)]
    #[case("GetIngestionJob", 404, 0)]
    #[case("GetIngestionJob", 401, 0)]
    fn a_job_is_not_reached(#[case] operation: &str, #[case] status: u16, #[case] expected: usize) {
        let found = answered(operation, status, &json!({"message": "?"})).findings(&ForeignIdentity);
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[test]
    fn a_refused_cancel_must_not_stop_the_job() {
        let refused = || answered("StopIngestionJob", 403, &json!({"message": "no"}));
        let stopped = refused().get(ID, &json!({"status": "STOPPING"}));
        assert_eq!(stopped.findings(&ForeignIdentity).len(), 1);
        assert_eq!(refused().get(ID, &json!({"status": "COMPLETE"})).findings(&ForeignIdentity), []);
    }

    #[rstest]
    #[case(ID, 1)]
    #[case("JOB0000002", 0)]
    fn a_list_holds_what_is_theirs(#[case] listed: &str, #[case] expected: usize) {
        let script = by_others(read().shows(Role::List, listed, &json!({"status": "IN_PROGRESS"})));
        assert_eq!(script.findings(&ForeignIdentity).len(), expected);
    }

    #[rstest]
    #[case("KB12345678", 202, Some(1))]
    #[case("KB12345678", 403, Some(0))]
    // Nobody knows whose that is.
    #[case("KB55555555", 202, None)]
    fn no_job_is_started_under_parents_of_ours(
        #[case] parent: &str,
        #[case] status: u16,
        #[case] expected: Option<usize>,
    ) {
        let script = read();
        let mut view = script.view("StartIngestionJob", None);
        view["path"]["knowledgeBaseId"] = json!(parent);
        let script = by_others(script.call("StartIngestionJob", view, status, &json!({"message": "?"})));
        assert_eq!(script.judge(&ForeignIdentity).verdict().map(|found| found.len()), expected);
    }

    #[rstest]
    #[case(429)]
    #[case(503)]
    fn a_busy_server_says_nothing(#[case] status: u16) {
        let script = answered("GetIngestionJob", status, &json!({}));
        assert!(!script.judge(&ForeignIdentity).is_judged());
    }

    #[test]
    fn our_own_requests_are_no_business_of_it() {
        assert!(!read().judge(&ForeignIdentity).is_judged());
    }
}
