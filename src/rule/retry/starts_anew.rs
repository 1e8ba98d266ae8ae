//! `retry/starts-anew`.

use crate::contract::cancel::Table;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::one_of;

static META: Meta = Meta {
    id: "retry/starts-anew",
    title: "the job that a retry starts begins at the beginning",
    keyword: Keyword::Must,
    checks: "Where a retry is documented to start a new job and its answer shows the job's state, that is a state for \
             new jobs.",
    why: "A new job that is born with the state of the old one never runs, and its client waits for it or gives it up.",
    fix: "Copy what the job is to do, not what became of it.",
    seeks: "an accepted retry whose answer shows the state of a new job",
};

/// The job that a retry starts begins at the beginning.
#[derive(Debug)]
pub struct StartsAnew;

impl Rule for StartsAnew {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let lifecycle = &contract.facts.lifecycle;
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Retry) {
            if attempt.renewing().is_none() || !attempt.answer.is_accepted() {
                continue;
            }
            let Some(shown) = attempt.shown.filter(|_| attempt.new_id(contract).is_some()) else { continue };
            // A word that is in no list is the concern of `status/state-in-enum`.
            let Some(state) = shown.state.as_deref().filter(|s| lifecycle.states.contains_key(*s)) else {
                continue;
            };
            judgement.look_at(attempt, contract);
            if lifecycle.initial.iter().any(|initial| initial == state) {
                continue;
            }
            let message = format!("a retry answers with a new job in the state {state}");
            let (reference, due) = (&lifecycle.transitions_ref, one_of(&lifecycle.initial));
            let finding = Finding::new(attempt.answer.index, reference, message, due, state);
            let finding = finding.kind("not-initial").by(attempt, contract);
            judgement.find([finding.at(story.state_place(shown))]);
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::super::script::{NEW, Retry, job, refused, retried};
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("pending", 0)]
    #[case("queued", 0)]
    #[case("failed", 1)]
    #[case("complete", 1)]
    fn the_state_is_one_for_new_jobs(#[case] state: &str, #[case] expected: usize) {
        assert_eq!(retried(job("failed"), NEW, state).findings(&StartsAnew).len(), expected);
    }

    #[test]
    fn retries_that_are_refused_or_should_be_or_name_no_job_are_not_looked_at() {
        let is_judged = |retry: Retry| retry.judge(&StartsAnew).is_judged();
        assert!(!is_judged(refused(job("failed"))));
        assert!(!is_judged(retried(job("complete"), NEW, "failed")));
        assert!(!is_judged(retried(job("failed"), "", "failed")));
        assert!(!is_judged(retried(job("failed"), NEW, "odd")));
    }
}
