//! `retry/accepted-when-allowed`.

use crate::contract::Contract;
use crate::contract::cancel::Table;
use crate::contract::cancel::{Expect, row};
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule, Why};
use crate::story::said::{is_accepted, is_one_of, seen};
use crate::story::{Attempt, Story};

static META: Meta = Meta {
    id: "retry/accepted-when-allowed",
    title: "a retry is accepted while the job may be retried",
    keyword: Keyword::Must,
    checks: "A retry of a job in a state that may be retried is answered with success. A refusal counts only when the \
             next reading shows that the job could still be retried, or the job stands still until it is acted on: \
             otherwise it may have moved on first. Where an earlier retry of the job was accepted, or one that was sent \
             at the same time, a refusal warns at most, and a conflict documented for the call is right.",
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
            let (reference, actual) = (&row.reference, seen(exchange, contract));
            let new = |message: String, kind: &'static str, level: Level| {
                let finding = Finding::new(attempt.answer.index, reference, message, "success", actual);
                finding.kind(kind).at_most(level).by(attempt, contract)
            };
            if !is_repeat(attempt, story) {
                let message = format!("a retry of a job in the state {} was refused", attempt.state);
                judgement.find([new(message, "refused", Level::Fail)]);
            } else if !is_conflict(attempt, contract) {
                // That a job may be retried is said of one retry; that it is true of the next follows.
                let message = format!("a second retry of a job in the state {} was refused", attempt.state);
                judgement.find([new(message, "refused-again", Level::Warn)]);
            }
        }
        judgement
    }
}

/// Whether another retry of the job was accepted before, or at the same time.
fn is_repeat(attempt: &Attempt<'_>, story: &Story<'_>) -> bool {
    let index = attempt.answer.index;
    let group = attempt.answer.exchange.meant().together;
    let acts = story.lives_named(&attempt.before.id).flat_map(|life| &life.acts);
    acts.filter(|act| act.role == Role::Retry && !act.refused && act.exchange != index).any(|act| {
        let other = story.exchanges.get(act.exchange).map(|exchange| exchange.meant().together);
        story.precedes(act.exchange, index) || (group.is_some() && other == Some(group))
    })
}

/// Whether the answer is the conflict that is documented for this very call.
fn is_conflict(attempt: &Attempt<'_>, contract: &Contract) -> bool {
    let row = contract.error_row(Condition::Conflict, attempt.answer.name);
    row.is_some_and(|row| !row.operations.is_empty() && is_one_of(row, attempt.answer.exchange, contract))
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
