//! `cancel/refused-when-finished`.

use crate::contract::cancel::Table;
use crate::contract::error::Condition;
use crate::rule::tool::accepted_anyway::accepted_anyway;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "cancel/refused-when-finished",
    title: "a cancel is refused once the job has finished",
    keyword: Keyword::Must,
    checks: "A cancel of a job in a state that cannot be cancelled is not answered with success. Where the vendor calls \
             a cancel idempotent, a success that leaves the job as it was is noted only.",
    why: "A client told that it cancelled a finished job throws away results that are there, or starts the work again.",
    fix: "Check the state in the same step that would change it, and refuse the cancel when the job has ended.",
    seeks: "an answered cancel of a job in a state that cannot be cancelled",
};

/// A cancel is refused once the job has finished.
#[derive(Debug)]
pub struct RefusedWhenFinished;

impl Rule for RefusedWhenFinished {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Cancel) {
            let Some((row, condition)) = attempt.refusing() else { continue };
            let is_by_kind = condition == Condition::UnsupportedKind || !row.facets.is_empty();
            if is_by_kind || attempt.is_beside_the_point(contract) {
                continue;
            }
            judgement.look_at(attempt, contract);
            let is_final = contract.facts.lifecycle.is_terminal(attempt.state);
            let whom = if is_final { "a finished job" } else { "a job in a state that cannot be cancelled" };
            judgement.find(accepted_anyway(attempt, story, whom));
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Origin;
    use crate::rule::Level;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("COMPLETE", "STOPPED", Level::Fail)]
    #[case("FAILED", "STOPPED", Level::Fail)]
    #[case("STOPPED", "STOPPING", Level::Fail)]
    #[case("COMPLETE", "COMPLETE", Level::Note)]
    fn a_finished_job_is_not_cancelled(#[case] before: &str, #[case] after: &str, #[case] level: Level) {
        let script = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": before}))
            .cancel("JOB0000001", &json!({"status": after}));
        let found = script.findings(&RefusedWhenFinished);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(script.level(&RefusedWhenFinished, &found[0]), level, "{found:?}");
    }

    #[test]
    fn the_next_reading_tells_too() {
        let script = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "COMPLETE"}))
            .cancel("JOB0000001", &json!({"status": "COMPLETE"}))
            .get("JOB0000001", &json!({"status": "STOPPED"}));
        let found = script.findings(&RefusedWhenFinished);
        assert_eq!(found[0].message, "a cancel of a finished job was accepted and changed it");
        assert_eq!(found[0].actual, "202; COMPLETE became COMPLETE, then STOPPED");
    }

    #[test]
    fn a_success_without_a_job_warns_at_most_and_is_noted_where_no_change_is_tolerated() {
        let accepted = |script: Script| {
            let script = script.get("JOB0000001", &json!({"status": "COMPLETE"}));
            script.cancel_refused("JOB0000001", 202, &json!({})).findings(&RefusedWhenFinished)[0].at_most
        };
        assert_eq!(accepted(Script::of("bedrock")), Level::Note);
        assert_eq!(accepted(strict()), Level::Warn);
    }

    #[test]
    fn a_refusal_is_innocent() {
        let script = Script::of("digitalocean")
            .get("a-job", &json!({"status": "INDEX_JOB_STATUS_FAILED"}))
            .cancel_refused("a-job", 409, &json!({"id": "conflict", "message": "no"}));
        assert_eq!(script.findings(&RefusedWhenFinished), []);
    }

    #[test]
    fn a_job_in_hand_that_was_running_is_not_known_to_have_finished() {
        let script = Script::of("bedrock")
            .create("JOB0000001", &json!({"status": "STARTING"}))
            .cancel("JOB0000001", &json!({"status": "STOPPED"}));
        assert!(!script.judge(&RefusedWhenFinished).is_judged());
    }

    #[test]
    fn other_troubles_are_no_answer_to_the_cancel() {
        let script = Script::of("bedrock").get("JOB0000001", &json!({"status": "COMPLETE"}));
        let throttled = script.cancel_refused("JOB0000001", 429, &json!({})).judge(&RefusedWhenFinished);
        assert!(!throttled.is_judged());
    }

    #[test]
    fn a_job_of_a_kind_that_cannot_be_cancelled_is_left_to_its_rule() {
        const ID: &str = "4448c9fb-0b16-4a78-8d89-2a137c53454a001679122";
        let script = Script::of("ges");
        let (start, show) = (script.view("DeleteVertices", None), script.view("ShowJob", Some(ID)));
        let cancel = script.view("DeleteJob", Some(ID));
        let script = script
            .call("DeleteVertices", start, 200, &json!({"jobId": ID}))
            .call("ShowJob", show, 200, &json!({"status": "running"}))
            .call("DeleteJob", cancel, 200, &json!({}));
        assert!(!script.judge(&RefusedWhenFinished).is_judged());
    }

    /// A vendor that does not tolerate a success which changes nothing.
    fn strict() -> Script {
        Script::changed("bedrock", |c| c.facts.cancel.iter_mut().for_each(|row| row.unchanged_ref = None))
    }

    #[rstest]
    #[case::tolerated(Script::of("bedrock"), Level::Note, "stop-idempotent-inferred")]
    #[case::not_tolerated(strict(), Level::Fail, "stop-only-running")]
    fn an_answer_that_shows_no_state_does_not_show_another_one(
        #[case] script: Script,
        #[case] level: Level,
        #[case] reference: &str,
    ) {
        let script = script
            .get("JOB0000001", &json!({"status": "COMPLETE"}))
            .cancel("JOB0000001", &json!({"status": null}))
            .get("JOB0000001", &json!({"status": "COMPLETE"}));
        let found = script.findings(&RefusedWhenFinished);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].kind, found[0].reference.as_str()), ("accepted-unchanged", reference));
        assert_eq!(script.level(&RefusedWhenFinished, &found[0]), level, "{found:?}");
    }

    #[rstest]
    #[case::may_move(None, "accepted", Level::Warn)]
    #[case::stands_still(Some(Origin::Hook), "accepted-and-changed", Level::Fail)]
    fn what_stands_still_does_not_go_on_by_itself(
        #[case] origin: Option<Origin>,
        #[case] kind: &str,
        #[case] level: Level,
    ) {
        let script = Script::changed("bedrock", |contract| {
            contract.facts.cancel.retain(|row| !row.state.iter().any(|state| state == "STOPPING"));
            let row = contract.facts.cancel.iter_mut().find(|row| row.unchanged_ref.is_some()).unwrap();
            row.state.push("STOPPING".to_owned());
        });
        let script = script
            .get("JOB0000001", &json!({"status": "STOPPING"}))
            .cancel("JOB0000001", &json!({"status": "STOPPED"}));
        let script = origin.into_iter().fold(script, |script, origin| script.known("JOB0000001", origin));
        let found = script.findings(&RefusedWhenFinished);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].kind, found[0].at_most), (kind, level), "{found:?}");
    }
}
