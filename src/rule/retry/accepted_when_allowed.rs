//! `retry/accepted-when-allowed`.

use crate::contract::Contract;
use crate::contract::cancel::Table;
use crate::contract::cancel::{Expect, row};
use crate::exchange::Reading;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule, Why};
use crate::story::Story;
use crate::story::said::{is_accepted, seen};

static META: Meta = Meta {
    id: "retry/accepted-when-allowed",
    title: "a retry is accepted while the job may be retried",
    keyword: Keyword::Must,
    checks: "A retry of a job in a state that may be retried is answered with success. A refusal counts only when the \
             next reading shows that the job could still be retried, or the job stands still until it is acted on: \
             otherwise it may have moved on first.",
    why: "Work that failed and cannot be started again has to be built anew by hand, with all that went into it.",
    fix: "Accept the retry in every state that the documentation names.",
    seeks: "an answered retry of a job that may be retried",
};

/// A retry is accepted while the job may be retried.
#[derive(Debug)]
pub struct AcceptedWhenAllowed;

/// What tells whether a refusal was right.
const SOUGHT: &str =
    "a success, or a reading after the refusal that shows a job which could still be retried";

impl Rule for AcceptedWhenAllowed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Retry) {
            let exchange = attempt.answer.exchange;
            let Some((row, _)) = attempt.accepting() else { continue };
            if attempt.is_beside_the_point(contract) {
                continue;
            }
            if is_accepted(exchange, contract) {
                judgement.look_at(attempt, contract);
                continue;
            }
            let is_open = attempt.after.is_some_and(|after| may_be_retried(after, contract));
            if attempt.may_move && !is_open {
                judgement.miss(Why::NotSeen { sought: SOUGHT.to_owned() });
                continue;
            }
            judgement.look_at(attempt, contract);
            let message = format!("a retry of a job in the state {} was refused", attempt.state);
            let (reference, actual) = (&row.reference, seen(exchange, contract));
            let finding = Finding::new(attempt.answer.index, reference, message, "success", actual);
            judgement.find([finding.kind("refused").by(attempt, contract)]);
        }
        judgement
    }
}

fn may_be_retried(reading: &Reading, contract: &Contract) -> bool {
    let state = reading.state.as_deref().unwrap_or_default();
    row(&contract.facts.retry, state, &reading.facets)
        .is_some_and(|row| matches!(row.expect, Expect::Accepted(_)))
}

#[cfg(test)]
mod tests {
    use super::super::script::{NEW, job, refused, refused_with, retried};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_refusal_is_found() {
        let found = refused(job("failed")).get_job("failed").findings(&AcceptedWhenAllowed);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].message, "a retry of a job in the state failed was refused");
    }

    #[test]
    fn a_job_that_was_complete_by_then_is_innocent() {
        let script = refused(job("running")).get_job("complete");
        assert!(!script.judge(&AcceptedWhenAllowed).is_judged());
        assert_eq!(retried(job("failed"), NEW, "pending").findings(&AcceptedWhenAllowed), []);
    }

    #[test]
    fn refusals_that_are_due_or_beside_the_point_are_not_looked_at() {
        let due = refused(job("complete")).get_job("failed").judge(&AcceptedWhenAllowed);
        assert!(!due.is_judged());
        let throttled = refused_with(job("failed"), 429, &json!({})).get_job("failed");
        assert!(!throttled.judge(&AcceptedWhenAllowed).is_judged());
    }

    #[test]
    fn a_job_that_stands_still_has_not_moved_on_first() {
        let script = refused(job("running")).get_job("complete").stands_still();
        assert_eq!(script.findings(&AcceptedWhenAllowed)[0].kind, "refused");
        assert_eq!(refused(job("failed")).stands_still().findings(&AcceptedWhenAllowed).len(), 1);
    }
}
