//! `retry/accepted-when-allowed`.

use crate::contract::Contract;
use crate::contract::cancel::Table;
use crate::contract::cancel::{Expect, row};
use crate::exchange::Reading;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::said::{is_accepted, is_beside_the_point, seen};

static META: Meta = Meta {
    id: "retry/accepted-when-allowed",
    title: "a retry is accepted while the job may be retried",
    keyword: Keyword::Must,
    checks: "A retry of a job in a state that may be retried is answered with success. A refusal counts only when the \
             next reading shows that the job could still be retried: otherwise it may have moved on first.",
    why: "Work that failed and cannot be started again has to be built anew by hand, with all that went into it.",
    fix: "Accept the retry in every state that the documentation names.",
    seeks: "",
};

/// A retry is accepted while the job may be retried.
#[derive(Debug)]
pub struct AcceptedWhenAllowed;

impl Rule for AcceptedWhenAllowed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut looked_at, mut findings) = (0, Vec::new());
        let mut missing = "no job known to be retryable was retried";
        for attempt in story.attempts(Table::Retry) {
            let exchange = attempt.answer.exchange;
            let Some((row, _)) = attempt.accepting() else { continue };
            if is_beside_the_point(attempt.answer.response) {
                continue;
            }
            if is_accepted(exchange, contract) {
                looked_at += 1;
                continue;
            }
            if !attempt.after.is_some_and(|after| may_be_retried(after, contract)) {
                missing = "the job may have moved on before the refused retry reached it";
                continue;
            }
            looked_at += 1;
            let message = format!("a retry of a job in the state {} was refused", attempt.state);
            let (reference, actual) = (&row.reference, seen(exchange, contract));
            findings.push(Finding::new(attempt.answer.index, reference, message, "success", actual));
        }
        Judgement::of(looked_at, findings, missing)
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
}
