//! `retry/original-untouched`.

use crate::contract::cancel::Table;
use crate::contract::lifecycle::Phase;
use crate::exchange::Reading;
use crate::exchange::reading::time;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::text::show;
use crate::story::{Attempt, Story};

static META: Meta = Meta {
    id: "retry/original-untouched",
    title: "a retry leaves the original job as it is",
    keyword: Keyword::Must,
    checks: "After a retry that must start a new job, or must be refused, the job itself is in the same state or has \
             moved on its declared way by itself, unless it stands still until it is acted on; once it has ended, the members that are documented to stay have the \
             same values.",
    why: "The old job is the record of what went wrong: a retry that rewrites it takes away the reason for the retry.",
    fix: "Read the old job and write the new one; never write to the old one.",
    seeks: "a job that was read again after its retry",
};

/// A retry leaves the original job as it is.
#[derive(Debug)]
pub struct OriginalUntouched;

impl Rule for OriginalUntouched {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Retry) {
            if attempt.renewing().is_none() && attempt.refusing().is_none() {
                continue;
            }
            let Some(after) = attempt.after else { continue };
            judgement.look_at(attempt, story.contract);
            judgement.find(moved(attempt, after, story).or_else(|| rewritten(attempt, after, story)));
        }
        judgement
    }
}

/// The finding for a job that is where it could not have gone by itself. A cancel is not its own doing.
fn moved(attempt: &Attempt<'_>, after: &Reading, story: &Story<'_>) -> Option<Finding> {
    let contract = story.contract;
    let lifecycle = &contract.facts.lifecycle;
    let state = after.state.as_deref().filter(|state| *state != attempt.state)?;
    let is_stopped = matches!(lifecycle.phase(state), Phase::Stopping | Phase::Cancelled);
    if attempt.may_move && !is_stopped && lifecycle.path(attempt.state, state).is_some() {
        return None;
    }
    let message = format!("the retry of a job turned it from {} into {state}", attempt.state);
    let at = story.state_place(after);
    let finding = Finding::new(after.exchange, attempt.outcome(), message, attempt.state, state);
    Some(finding.kind("moved").by(attempt, contract).at(at))
}

/// The finding for a member of an ended job that is documented to stay and did not.
fn rewritten(attempt: &Attempt<'_>, after: &Reading, story: &Story<'_>) -> Option<Finding> {
    let contract = story.contract;
    let shape = contract.shape_of(&after.operation);
    let is_alike = contract.shape_of(&attempt.before.operation).frozen == shape.frozen;
    if !contract.facts.lifecycle.is_terminal(attempt.state) || !is_alike {
        return None;
    }
    let is_shown = |reading: &Reading, member| !story.omits(reading, member);
    let members = shape.frozen.iter().filter(|m| is_shown(attempt.before, m) && is_shown(after, m));
    members.into_iter().find_map(|member| {
        let old = member.first(&attempt.before.job).filter(|v| !v.is_null())?;
        let new = member.first(&after.job).filter(|v| !v.is_null())?;
        let format = shape.timestamps.format;
        let is_same = old == new || time(old, format).zip(time(new, format)).is_some_and(|(a, b)| a == b);
        (!is_same).then(|| {
            let message = "the retry of a finished job changed one of its members".to_owned();
            let (expected, actual) = (show(Some(old)), show(Some(new)));
            Finding::new(after.exchange, attempt.outcome(), message, expected, actual)
                .kind("rewrote")
                .by(attempt, contract)
                .at(story.place(after, member.as_str()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::script::{NEW, job, refused, retried};
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("failed", "failed", 0)]
    #[case("running", "complete", 0)]
    #[case("failed", "pending", 1)]
    #[case("running", "aborted", 1)]
    #[case("running", "pending", 1)]
    fn it_goes_its_own_way_only(#[case] before: &str, #[case] after: &str, #[case] expected: usize) {
        let script = retried(job(before), NEW, "pending").get_job(after);
        assert_eq!(script.findings(&OriginalUntouched).len(), expected);
    }

    #[test]
    fn a_refused_retry_changes_nothing() {
        assert_eq!(refused(job("complete")).get_job("complete").findings(&OriginalUntouched), []);
        assert_eq!(refused(job("complete")).get_job("running").findings(&OriginalUntouched).len(), 1);
    }

    #[test]
    fn members_that_stay_are_not_rewritten() {
        let script =
            retried(job("failed"), NEW, "pending").get_job_created("failed", "2030-01-01T00:00:00.000Z");
        let found = script.findings(&OriginalUntouched);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].pointer.as_deref(), Some("/data/job/createdDateTime"));
    }

    #[test]
    fn a_job_that_has_not_ended_may_change_its_members() {
        let retry = retried(job("running"), NEW, "pending");
        let script = retry.get_job_created("running", "2030-01-01T00:00:00.000Z");
        assert_eq!(script.findings(&OriginalUntouched), []);
    }

    #[test]
    fn the_same_time_written_otherwise_is_innocent() {
        let retry = retried(job("failed"), NEW, "pending");
        let script = retry.get_job_created("failed", "2023-04-07T12:00:00.000+02:00");
        assert_eq!(script.findings(&OriginalUntouched), []);
    }

    #[test]
    fn a_job_that_stands_still_goes_no_way_of_its_own() {
        let script = retried(job("running"), NEW, "pending").get_job("complete").stands_still();
        assert_eq!(script.findings(&OriginalUntouched)[0].kind, "moved");
    }
}
