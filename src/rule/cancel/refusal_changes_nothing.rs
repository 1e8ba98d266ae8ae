//! `cancel/refusal-changes-nothing`.

use serde_json::Value;

use crate::contract::cancel::Table;
use crate::contract::job::TimeFormat;
use crate::exchange::Reading;
use crate::exchange::reading::{number, time};
use crate::rule::tool::accepted_anyway::is_moved;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::text::show;
use crate::story::{Attempt, Story};

static META: Meta = Meta {
    id: "cancel/refusal-changes-nothing",
    title: "a cancel that must be refused changes nothing",
    keyword: Keyword::Must,
    checks: "After a cancel that must be refused, whatever its answer, the job is in the same state, and once it has \
             ended the members that are documented to stay have the same values.",
    why: "A finished job that turns into a cancelled one takes its results with it: dashboards, bills and whoever waits \
          for the outcome see work that was done as work that was not.",
    fix: "Change the job only after the check that allows it, in one step; write nothing, not even a time, on refusal.",
    seeks: "a job that was read after a cancel which must be refused",
};

/// A cancel that must be refused changes nothing.
#[derive(Debug)]
pub struct RefusalChangesNothing;

impl Rule for RefusalChangesNothing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Cancel) {
            let Some((row, _)) = attempt.refusing() else { continue };
            let Some(after) = attempt.after.or(attempt.shown) else { continue };
            judgement.look_at(attempt, contract);
            let is_other = after.state.as_deref().is_some_and(|state| state != attempt.state);
            if is_moved(attempt, after, contract) || (is_other && !attempt.may_move) {
                let state = after.state.as_deref().unwrap_or_default();
                let message = format!("a cancel that must be refused turned {} into {state}", attempt.state);
                let finding = Finding::new(after.exchange, &row.reference, message, attempt.state, state);
                let finding = finding.kind("moved").by(attempt, contract);
                judgement.find([finding.at(story.state_place(after))]);
            } else if attempt.before.state == after.state
                && contract.facts.lifecycle.is_terminal(attempt.state)
            {
                judgement.find(rewritten(attempt, after, story));
            }
        }
        judgement
    }
}

/// The members that are documented to stay and did not.
pub(in crate::rule) fn rewritten(attempt: &Attempt<'_>, after: &Reading, story: &Story<'_>) -> Vec<Finding> {
    let contract = story.contract;
    // That the state stays is what the row says; that other members do rests on the end being final.
    let reference = contract.facts.lifecycle.terminal_ref.as_str();
    let shape = contract.shape_of(&after.operation);
    let is_read = |reading: &Reading, member| !story.omits(reading, member);
    shape
        .frozen
        .iter()
        .filter(|member| is_read(attempt.before, member) && is_read(after, member))
        .filter_map(|member| {
            let old = member.first(&attempt.before.job).filter(|v| !v.is_null())?;
            let new = member.first(&after.job).filter(|v| !v.is_null())?;
            (!is_same(old, new, shape.timestamps.format)).then(|| {
                let message = "a cancel that must be refused changed a member of a finished job".to_owned();
                Finding::new(after.exchange, reference, message, show(Some(old)), show(Some(new)))
                    .kind("rewrote")
                    .by(attempt, contract)
                    .at(story.place(after, member.as_str()))
            })
        })
        .collect()
}

/// Whether two values say the same, though one writes a number as digits or a time in another zone.
fn is_same(old: &Value, new: &Value, format: TimeFormat) -> bool {
    let numbers = number(old).zip(number(new)).is_some_and(|(a, b)| a == b);
    let times = time(old, format).zip(time(new, format)).is_some_and(|(a, b)| a == b);
    old == new || numbers || times
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use serde_json::json;

    const NO: u16 = 409;

    fn refused(after: &Value) -> Vec<Finding> {
        Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "COMPLETE", "updatedAt": "2026-01-02T00:00:00Z"}))
            .cancel_refused("JOB0000001", NO, &json!({}))
            .get("JOB0000001", after)
            .findings(&RefusalChangesNothing)
    }

    #[test]
    fn a_finished_job_is_not_rewritten() {
        let found = refused(&json!({"status": "STOPPED", "updatedAt": "2026-01-03T00:00:00Z"}));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].pointer.as_deref(), Some("/ingestionJob/status"));
    }

    #[test]
    fn nor_are_its_members() {
        let found = refused(&json!({"status": "COMPLETE", "updatedAt": "2026-01-03T00:00:00Z"}));
        assert_eq!(found[0].pointer.as_deref(), Some("/ingestionJob/updatedAt"));
    }

    #[test]
    fn the_same_time_written_otherwise_is_innocent() {
        let found = refused(&json!({"status": "COMPLETE", "updatedAt": "2026-01-02T01:00:00.000+01:00"}));
        assert_eq!(found, []);
    }

    #[test]
    fn an_accepted_stop_that_rewrites_is_guilty_too() {
        let script = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "FAILED"}))
            .cancel("JOB0000001", &json!({"status": "STOPPED"}));
        assert_eq!(script.findings(&RefusalChangesNothing).len(), 1);
    }

    /// A job that waits for its turn cannot be cancelled, and has not ended: its members may change.
    #[test]
    fn a_job_that_goes_on_may_change_its_members() {
        let mut script = Script::of("bedrock");
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        let row =
            contract.facts.cancel.iter_mut().find(|row| row.state.iter().any(|s| s == "STOPPED")).unwrap();
        row.state.push("STOPPING".to_owned());
        script.contract = std::sync::Arc::new(contract);
        let at = |time: &str| json!({"status": "STOPPING", "updatedAt": time});
        let script = script
            .get("JOB0000001", &at("2026-01-02T00:00:00Z"))
            .cancel_refused("JOB0000001", NO, &json!({}))
            .get("JOB0000001", &at("2026-01-03T00:00:00Z"));
        assert_eq!(script.findings(&RefusalChangesNothing), []);
    }

    #[test]
    fn members_that_an_operation_leaves_out_are_not_compared() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        let member = contract.facts.job.frozen.iter().find(|m| m.as_str() == "/updatedAt").unwrap().clone();
        let (create, _) = contract.of_role(crate::contract::operation::Role::Create).next().unwrap();
        let create = create.to_owned();
        contract.facts.operations.get_mut(&create).unwrap().omits.push(member);
        let mut script = Script::of("bedrock");
        script.contract = std::sync::Arc::new(contract);
        let at = |time: &str| json!({"status": "COMPLETE", "updatedAt": time});
        let script = script
            .create("JOB0000001", &at("2026-01-02T00:00:00Z"))
            .cancel_refused("JOB0000001", NO, &json!({}))
            .get("JOB0000001", &at("2026-01-03T00:00:00Z"));
        assert_eq!(script.findings(&RefusalChangesNothing), []);
    }

    #[test]
    fn a_number_that_stays_may_be_written_otherwise() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        contract.facts.job.frozen = vec![crate::contract::pointer::Pointer::new("/description")];
        let contract = std::sync::Arc::new(contract);
        let changed = |old: Value, new: Value| {
            let mut script = Script::of("bedrock");
            script.contract = std::sync::Arc::clone(&contract);
            script
                .get("JOB0000001", &json!({"status": "COMPLETE", "description": old}))
                .cancel_refused("JOB0000001", NO, &json!({}))
                .get("JOB0000001", &json!({"status": "COMPLETE", "description": new}))
                .findings(&RefusalChangesNothing)
                .len()
        };
        assert_eq!(changed(json!(5), json!("5")), 0);
        assert_eq!(changed(json!(5), json!(6)), 1);
        assert_eq!(changed(json!("5"), json!("6")), 1);
    }

    #[test]
    fn a_job_that_stands_still_does_not_go_on_either() {
        let script = Script::changed("bedrock", |contract| {
            contract.facts.cancel.retain(|row| !row.state.iter().any(|state| state == "STOPPING"));
            contract
                .facts
                .cancel
                .iter_mut()
                .find(|row| row.unchanged_ref.is_some())
                .unwrap()
                .state
                .push("STOPPING".into());
        });
        let script = script
            .get("JOB0000001", &json!({"status": "STOPPING"}))
            .cancel_refused("JOB0000001", NO, &json!({}))
            .get("JOB0000001", &json!({"status": "STOPPED"}));
        assert_eq!(script.findings(&RefusalChangesNothing), []);
        let script = script.known("JOB0000001", crate::exchange::Origin::Fixture);
        assert_eq!(script.findings(&RefusalChangesNothing)[0].kind, "moved");
    }
}
