//! `auth/read-only-identity`.

use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::Identity;
use crate::rule::tool::absent::Served;
use crate::rule::tool::stopped::stopped;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::said::seen;

static META: Meta = Meta {
    id: "auth/read-only-identity",
    title: "credentials that may only read change nothing",
    keyword: Keyword::Must,
    checks: "With credentials that may read and nothing else, no job is started, cancelled or started again.",
    why: "Such credentials are given to dashboards and colleagues because they can do no harm. Where only their validity \
          is checked, everybody who may look may also stop the work.",
    fix: "Check for each operation whether the credentials allow it, before anything is carried out.",
    seeks: "a start, a cancel or a retry with credentials that may only read",
};

/// The rule.
#[derive(Debug)]
pub struct ReadOnlyIdentity;

impl Rule for ReadOnlyIdentity {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        let served = Served::of(story);
        for answer in story.answers().iter() {
            let is_reader = answer.exchange.meant().identity == Some(Identity::ReadOnly);
            let verb = match answer.operation.role {
                Role::Create => "started",
                Role::Cancel | Role::CancelMany => "cancelled",
                Role::Retry => "started again",
                Role::Get | Role::List | Role::Details => continue,
            };
            // A server that is busy or in trouble says nothing about rights.
            if !is_reader || answer.response.status == 429 || answer.response.status >= 500 {
                continue;
            }
            if let Some(why) = served.absent(story, answer) {
                judgement.miss(why);
                continue;
            }
            judgement.look(answer.index);
            let row = contract.error_row(Condition::Forbidden, answer.name);
            let reference = row.map_or(&answer.operation.reference, |row| &row.reference);
            if answer.is_accepted() {
                let message = format!("a job was {verb} with credentials that may only read");
                let actual = seen(answer.exchange, contract);
                judgement.find([
                    Finding::new(answer.index, reference, message, "a refusal", actual).kind("accepted")
                ]);
                continue;
            }
            if let Some(home) = story.known_before(answer.index) {
                let message = "a cancel with credentials that may only read was refused and stopped the job";
                judgement.find(
                    stopped(story, answer, home, reference, message).map(|f| f.kind("refused-and-stopped")),
                );
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

    const ID: &str = "JOB0000001";

    fn answered(operation: &str, status: u16) -> Script {
        let script = Script::of("bedrock").get(ID, &json!({"status": "IN_PROGRESS"}));
        let view = script.view(operation, Some(ID));
        script
            .call(operation, view, status, &json!({"message": "?"}))
            .last(|e| e.meant_mut().identity = Some(Identity::ReadOnly))
            .probe(Condition::Forbidden)
    }

    #[rstest]
    #[case("StopIngestionJob", 202, 1)]
    #[case("StartIngestionJob", 202, 1)]
    #[case("StopIngestionJob", 403, 0)]
    fn nothing_is_changed(#[case] operation: &str, #[case] status: u16, #[case] expected: usize) {
        assert_eq!(answered(operation, status).findings(&ReadOnlyIdentity).len(), expected);
    }

    #[test]
    fn a_refused_cancel_must_not_stop_the_job() {
        let refused = || answered("StopIngestionJob", 403);
        let stopped = refused().get(ID, &json!({"status": "STOPPED"}));
        assert_eq!(stopped.findings(&ReadOnlyIdentity).len(), 1);
        assert_eq!(refused().get(ID, &json!({"status": "COMPLETE"})).findings(&ReadOnlyIdentity), []);
    }

    #[rstest]
    #[case("GetIngestionJob", 200)]
    #[case("StopIngestionJob", 503)]
    fn reading_is_allowed_and_trouble_says_nothing(#[case] operation: &str, #[case] status: u16) {
        let script = answered(operation, status);
        assert!(!script.judge(&ReadOnlyIdentity).is_judged());
    }

    #[test]
    fn an_operation_that_is_not_there_is_not_judged() {
        assert!(!answered("StartIngestionJob", 404).judge(&ReadOnlyIdentity).is_judged());
    }

    #[test]
    fn others_may_do_more_than_read() {
        let script = answered("StopIngestionJob", 202).last(|e| e.meant_mut().identity = None);
        assert!(!script.judge(&ReadOnlyIdentity).is_judged());
    }
}
