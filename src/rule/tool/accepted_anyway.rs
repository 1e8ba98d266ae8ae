//! What it means that a cancel which must be refused was answered with success.

use crate::contract::Contract;
use crate::contract::lifecycle::Phase;
use crate::exchange::Reading;
use crate::rule::cancel::refusal_changes_nothing::rewritten;
use crate::rule::{Finding, Level};
use crate::story::Attempt;
use crate::story::Story;
use crate::story::said::seen;

/// The finding for a refusing attempt that was answered with success; `whom` says in words what kind of job it was.
pub(crate) fn accepted_anyway(attempt: &Attempt<'_>, story: &Story<'_>, whom: &str) -> Option<Finding> {
    let contract = story.contract;
    let (row, condition) = attempt.refusing()?;
    if !attempt.answer.is_accepted() {
        return None;
    }
    let answered = seen(attempt.answer.exchange, contract);
    let is_final = contract.facts.lifecycle.is_terminal(attempt.state);
    // A job that had ended, and is seen so later, was left alone by every cancel in between.
    let left_alone = |r: &&Reading| is_final && r.state.as_deref() == Some(attempt.state);
    let after = attempt.after.or_else(|| attempt.later.first().copied().filter(left_alone));
    let shown = [attempt.shown, after];
    let expected = format!("a refusal ({condition}) in the state {}", attempt.state);
    let readings: Vec<&str> = shown.iter().flatten().filter_map(|r| r.state.as_deref()).collect();
    let moved = shown.iter().flatten().find(|reading| is_moved(attempt, reading, contract));
    let actual = if readings.is_empty() {
        format!("{answered}; no reading followed")
    } else {
        format!("{answered}; {} became {}", attempt.state, readings.join(", then "))
    };
    let new = |message: String, reference: &str| {
        Finding::new(attempt.answer.index, reference, message, expected.clone(), actual.clone())
    };
    let finding = if moved.is_some() {
        new(format!("a cancel of {whom} was accepted and changed it"), &row.reference)
    } else if readings.is_empty() {
        new(format!("a cancel of {whom} was answered with success"), &row.reference).at_most(Level::Warn)
    } else if shown.iter().flatten().any(|reading| !rewritten(attempt, reading, story).is_empty()) {
        // Members changed though the state did not: the rule on changes says so.
        return None;
    } else if shown.iter().flatten().any(|reading| reading.state.as_deref() != Some(attempt.state)) {
        // It may have gone on by itself.
        new(format!("a cancel of {whom} was answered with success"), &row.reference)
    } else {
        let message = format!("a cancel of {whom} answered success and changed nothing");
        match &row.unchanged_ref {
            Some(reference) => new(message, reference).at_most(Level::Note),
            None => new(message, &row.reference),
        }
    };
    // A job at work may have changed between the reading and the cancel: only a job that could not be cancelled
    // afterwards either is known to have been one.
    let is_sure = is_final
        || moved.is_some()
        || attempt.after.is_some_and(|after| attempt.must_be_refused(contract, after));
    Some(if is_sure { finding } else { finding.clone().at_most(finding.at_most.min(Level::Warn)) })
}

/// Whether the cancel moved the job: out of a final state, or, for a job at work, to a state that only a cancel leads to.
pub(crate) fn is_moved(attempt: &Attempt<'_>, reading: &Reading, contract: &Contract) -> bool {
    let lifecycle = &contract.facts.lifecycle;
    let Some(state) = reading.state.as_deref().filter(|state| *state != attempt.state) else { return false };
    let is_stopped = |state: &str| matches!(lifecycle.phase(state), Phase::Stopping | Phase::Cancelled);
    lifecycle.is_terminal(attempt.state) || (is_stopped(state) && !is_stopped(attempt.state))
}
