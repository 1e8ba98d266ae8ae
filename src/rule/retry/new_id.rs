//! `retry/new-id`.

use crate::contract::cancel::Table;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::{Attempt, Story, is_named};

static META: Meta = Meta {
    id: "retry/new-id",
    title: "a retry that starts a new job answers with the new job's id",
    keyword: Keyword::Must,
    checks: "Where a retry is documented to start a new job, its answer has an id, and that of no job that was seen \
             before.",
    why: "A client that polls the id it is given would see the old job's end, and take it for that of the new one.",
    fix: "Answer with the id of the job that was created.",
    seeks: "an accepted retry that starts a new job",
};

/// A retry that starts a new job answers with the new job's id.
#[derive(Debug)]
pub struct NewId;

impl Rule for NewId {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Retry) {
            if attempt.renewing().is_none() || !attempt.answer.is_accepted() {
                continue;
            }
            judgement.look_at(attempt, story.contract);
            judgement.find(not_new(attempt, story).map(|finding| finding.by(attempt, story.contract)));
        }
        judgement
    }
}

fn not_new(attempt: &Attempt<'_>, story: &Story<'_>) -> Option<Finding> {
    let contract = story.contract;
    let new = |kind: &'static str, message: &str, actual: &str| {
        let (index, reference) = (attempt.answer.index, attempt.outcome());
        Finding::new(index, reference, message.to_owned(), "the id of a new job", actual).kind(kind)
    };
    let (Some(id), Some(shown)) = (attempt.new_id(contract), attempt.shown) else {
        return Some(new("no-id", "a retry was accepted and names no new job", "no id"));
    };
    let at = story.place(shown, contract.shape_of(&shown.operation).id_place(&shown.job));
    let was_asked_for = attempt.answer.exchange.asked.job.as_deref() == Some(id);
    if was_asked_for || is_named(attempt.before, id) {
        let message = "a retry answers with the id of the job that was to be retried";
        return Some(new("old-id", message, id).at(at));
    }
    let is_known = story.is_seen_before(attempt.answer.index, id);
    let message = "a retry answers with the id of a job that was there before";
    is_known.then(|| new("known-id", message, id).at(at))
}

#[cfg(test)]
mod tests {
    use super::super::script::{JOB, NEW, job, other, refused, retried};
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(JOB, 1)]
    #[case(NEW, 0)]
    fn the_id_is_new(#[case] id: &str, #[case] expected: usize) {
        assert_eq!(retried(job("failed"), id, "pending").findings(&NewId).len(), expected);
    }

    #[test]
    fn another_job_is_no_new_one() {
        let found = retried(other(job("failed"), NEW), NEW, "pending").findings(&NewId);
        assert_eq!(found[0].message, "a retry answers with the id of a job that was there before");
    }

    #[test]
    fn no_id_is_no_new_job() {
        let script = retried(job("failed"), "", "pending");
        assert_eq!(script.findings(&NewId)[0].message, "a retry was accepted and names no new job");
    }

    #[test]
    fn retries_that_are_refused_or_should_be_start_no_job() {
        assert!(!refused(job("failed")).judge(&NewId).is_judged());
        let not_due = retried(job("complete"), JOB, "pending");
        assert!(!not_due.judge(&NewId).is_judged());
    }
}
