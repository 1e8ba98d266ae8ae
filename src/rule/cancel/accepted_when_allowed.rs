//! `cancel/accepted-when-allowed`.

use crate::contract::Contract;
use crate::contract::cancel::Table;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Attempt;
use crate::story::Story;
use crate::story::said::{is_beside_the_point, seen};

static META: Meta = Meta {
    id: "cancel/accepted-when-allowed",
    title: "a cancel is accepted while the job may be cancelled",
    keyword: Keyword::Must,
    checks: "A cancel of a job in a state that may be cancelled is answered with success. A refusal counts only when \
             the next reading shows that the job could still be cancelled: otherwise it may have ended first.",
    why: "A job that cannot be stopped goes on working and costing, while its client believes that the job has ended: \
          that is what the refusal says.",
    fix: "Accept the cancel in every state that the documentation names, waiting ones included.",
    seeks: "",
};

/// A cancel is accepted while the job may be cancelled.
#[derive(Debug)]
pub struct AcceptedWhenAllowed;

impl Rule for AcceptedWhenAllowed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut looked_at, mut findings) = (0, Vec::new());
        let mut missing = "no job known to be cancellable was cancelled";
        for attempt in story.attempts(Table::Cancel) {
            let response = attempt.answer.response;
            let Some((row, _)) = attempt.accepting() else { continue };
            if is_beside_the_point(response) {
                missing = "no cancel of a cancellable job was answered for itself";
                continue;
            }
            if attempt.answer.is_accepted() {
                looked_at += 1;
                continue;
            }
            if !is_still_open(&attempt, contract) {
                missing = "the job may have ended before the refused cancel reached it";
                continue;
            }
            looked_at += 1;
            let message = format!("a cancel of a job in the state {} was refused", attempt.state);
            let actual = seen(attempt.answer.exchange, contract);
            findings.push(Finding::new(attempt.answer.index, &row.reference, message, "success", actual));
        }
        Judgement::of(looked_at, findings, missing)
    }
}

/// Whether the job could still be cancelled after the refusal. Otherwise it may have ended before the cancel came; that
/// it was cancelled all the same is the concern of `cancel/one-story`.
fn is_still_open(attempt: &Attempt<'_>, contract: &Contract) -> bool {
    let is_final = |state: &String| contract.facts.lifecycle.is_terminal(state);
    attempt.after.is_some_and(|after| {
        after.state.as_ref().is_some_and(|state| !is_final(state))
            && attempt.must_be_accepted(contract, after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Level;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    fn refused_then(after: &str) -> Script {
        Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "IN_PROGRESS"}))
            .cancel_refused("JOB0000001", 409, &json!({"__type": "ConflictException", "message": "no"}))
            .get("JOB0000001", &json!({"status": after}))
    }

    #[rstest]
    #[case("IN_PROGRESS", Some(Level::Fail))]
    #[case("STOPPED", None)]
    #[case("STOPPING", None)]
    #[case("COMPLETE", None)]
    #[case("FAILED", None)]
    fn a_refusal_counts_when_the_job_still_runs(#[case] after: &str, #[case] expected: Option<Level>) {
        match refused_then(after).judge(&AcceptedWhenAllowed).verdict() {
            Some(found) => {
                assert_eq!(found.iter().map(|f| f.at_most).collect::<Vec<_>>(), Vec::from_iter(expected));
            }
            None => assert_eq!(expected, None),
        }
    }

    #[test]
    fn without_a_later_reading_the_job_may_have_ended() {
        let script = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "IN_PROGRESS"}))
            .cancel_refused("JOB0000001", 409, &json!({}));
        assert!(!script.judge(&AcceptedWhenAllowed).is_judged());
    }

    #[test]
    fn another_cancel_may_have_come_first() {
        let stop = Script::of("bedrock").get("JOB0000001", &json!({"status": "IN_PROGRESS"}));
        let script = stop
            .cancel("JOB0000001", &json!({"status": "STOPPING"}))
            .cancel_refused("JOB0000001", 409, &json!({}))
            .overlapping()
            .get("JOB0000001", &json!({"status": "IN_PROGRESS"}));
        assert_eq!(script.findings(&AcceptedWhenAllowed), []);
    }

    #[rstest]
    #[case(401)]
    #[case(403)]
    #[case(429)]
    #[case(503)]
    fn other_troubles_are_not_refusals(#[case] status: u16) {
        let script = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "IN_PROGRESS"}))
            .cancel_refused("JOB0000001", status, &json!({}))
            .get("JOB0000001", &json!({"status": "IN_PROGRESS"}));
        assert!(!script.judge(&AcceptedWhenAllowed).is_judged());
    }

    #[test]
    fn an_accepted_cancel_is_innocent() {
        let script = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "STARTING"}))
            .cancel("JOB0000001", &json!({"status": "STOPPING"}));
        assert_eq!(script.findings(&AcceptedWhenAllowed), []);
    }
}
