//! `retry/refused-when-due`.

use crate::contract::cancel::Table;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::said::{is_accepted, seen};

static META: Meta = Meta {
    id: "retry/refused-when-due",
    title: "a retry is refused where the job may not be retried",
    keyword: Keyword::Must,
    checks: "A retry of a job in a state that may not be retried is not answered with success.",
    why: "Work that is done gets done, and paid for, once more, and there are two results where clients expect one.",
    fix: "Check the state in the same step that would start the work, and refuse the retry.",
    seeks: "an answered retry of a job that may not be retried",
};

/// A retry is refused where the job may not be retried.
#[derive(Debug)]
pub struct RefusedWhenDue;

impl Rule for RefusedWhenDue {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Retry) {
            let exchange = attempt.answer.exchange;
            let Some((row, condition)) = attempt.refusing() else { continue };
            // A job that has not ended may have moved on to where it can be retried.
            let is_there = !attempt.may_move || contract.facts.lifecycle.is_terminal(attempt.state);
            if !is_there || attempt.is_beside_the_point(contract) {
                continue;
            }
            judgement.look_at(attempt, contract);
            if is_accepted(exchange, contract) {
                let message = format!("a retry of a job in the state {} was accepted", attempt.state);
                let expected = format!("a refusal ({condition})");
                let (reference, actual) = (&row.reference, seen(exchange, contract));
                let finding = Finding::new(attempt.answer.index, reference, message, expected, actual);
                judgement.find([finding.kind("accepted").by(attempt, contract)]);
            }
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::super::script::{NEW, job, refused, refused_with, retried};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_complete_job_is_not_retried() {
        let found = retried(job("complete"), NEW, "pending").findings(&RefusedWhenDue);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].message, "a retry of a job in the state complete was accepted");
    }

    #[test]
    fn a_refusal_and_a_job_that_may_be_retried_are_innocent() {
        assert_eq!(refused(job("complete")).findings(&RefusedWhenDue), []);
        let other = retried(job("failed"), NEW, "pending").judge(&RefusedWhenDue);
        assert!(!other.is_judged());
    }

    #[test]
    fn other_troubles_are_not_refusals() {
        let throttled = refused_with(job("complete"), 429, &json!({})).judge(&RefusedWhenDue);
        assert!(!throttled.is_judged());
    }
}
