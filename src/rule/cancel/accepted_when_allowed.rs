//! `cancel/accepted-when-allowed`.

use crate::contract::Contract;
use crate::contract::cancel::Table;
use crate::contract::lifecycle::Phase;
use crate::rule::tool::lenient::temper_empty_json;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule, Why};
use crate::story::said::seen;
use crate::story::{Attempt, Story};

static META: Meta = Meta {
    id: "cancel/accepted-when-allowed",
    title: "a cancel is accepted while the job may be cancelled",
    keyword: Keyword::Must,
    checks: "A cancel of a job in a state that may be cancelled is answered with success. A refusal counts only when \
             the next reading shows that the job could still be cancelled, or the job stands still until it is acted on: \
             otherwise it may have ended first.",
    why: "A job that cannot be stopped goes on working and costing, while its client believes that the job has ended: \
          that is what the refusal says.",
    fix: "Accept the cancel in every state that the documentation names, waiting ones included.",
    seeks: "an answered cancel of a job that may be cancelled",
};

/// A cancel is accepted while the job may be cancelled.
#[derive(Debug)]
pub struct AcceptedWhenAllowed;

/// What tells whether a refusal was right.
const SOUGHT: &str =
    "a success, or a reading after the refusal that shows a job which could still be cancelled";

impl Rule for AcceptedWhenAllowed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Cancel) {
            let Some((row, _)) = attempt.accepting() else { continue };
            if attempt.is_beside_the_point(contract) {
                continue;
            }
            if attempt.answer.is_accepted() {
                judgement.look_at(attempt, contract);
                continue;
            }
            if !is_due(attempt, contract) {
                judgement.miss(Why::NotSeen { sought: SOUGHT.to_owned() });
                continue;
            }
            judgement.look_at(attempt, contract);
            let message = format!("a cancel of a job in the state {} was refused", attempt.state);
            let actual = seen(attempt.answer.exchange, contract);
            let finding = Finding::new(attempt.answer.index, &row.reference, message, "success", actual);
            let finding = finding.kind("refused").by(attempt, contract);
            judgement.find([temper_empty_json(finding, attempt.answer.exchange)]);
        }
        judgement
    }
}

/// Whether the cancel had to be accepted when it came: the job could still be cancelled after the refusal, or had not moved
/// by itself. That it was cancelled all the same is the concern of `cancel/one-story`.
fn is_due(attempt: &Attempt<'_>, contract: &Contract) -> bool {
    let lifecycle = &contract.facts.lifecycle;
    let is_stopped = |state: &String| matches!(lifecycle.phase(state), Phase::Stopping | Phase::Cancelled);
    let after = attempt.after.and_then(|after| Some((after, after.state.as_ref()?)));
    let is_open = after.is_some_and(|(after, state)| {
        !lifecycle.is_terminal(state) && attempt.must_be_accepted(contract, after)
    });
    is_open || (!attempt.may_move && !after.is_some_and(|(_, state)| is_stopped(state)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Origin;
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

    #[rstest]
    #[case(None, 1)]
    #[case(Some("IN_PROGRESS"), 1)]
    #[case(Some("COMPLETE"), 1)]
    // That it was cancelled all the same is another story.
    #[case(Some("STOPPED"), 0)]
    fn a_job_that_stands_still_has_not_ended_first(#[case] after: Option<&str>, #[case] expected: usize) {
        let script = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "IN_PROGRESS"}))
            .cancel_refused("JOB0000001", 409, &json!({}))
            .known("JOB0000001", Origin::Fixture);
        let script =
            after.iter().fold(script, |script, state| script.get("JOB0000001", &json!({"status": state})));
        let judgement = script.judge(&AcceptedWhenAllowed);
        assert_eq!(judgement.found.len(), expected, "{judgement:?}");
    }

    #[test]
    fn what_was_acted_on_stands_still_no_more() {
        let script = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "IN_PROGRESS"}))
            .cancel("JOB0000001", &json!({"status": "IN_PROGRESS"}))
            .get("JOB0000001", &json!({"status": "IN_PROGRESS"}))
            .cancel_refused("JOB0000001", 409, &json!({}))
            .known("JOB0000001", Origin::Hook);
        assert_eq!(script.findings(&AcceptedWhenAllowed), []);
    }

    #[test]
    fn why_it_may_have_ended_first_is_said() {
        let judgement = refused_then("COMPLETE").judge(&AcceptedWhenAllowed);
        assert!(matches!(&judgement.missing[..], [Why::NotSeen { .. }]));
    }
}
