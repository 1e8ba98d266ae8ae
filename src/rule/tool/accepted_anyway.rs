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
    // An answer that shows no state does not show another one.
    let shown: Vec<&Reading> =
        [attempt.shown, after].into_iter().flatten().filter(|r| r.state.is_some()).collect();
    let expected = format!("a refusal ({condition}) in the state {}", attempt.state);
    let states: Vec<&str> = shown.iter().filter_map(|r| r.state.as_deref()).collect();
    let is_other = states.iter().any(|state| *state != attempt.state);
    let is_changed = shown.iter().any(|reading| is_moved(attempt, reading, contract))
        // What stands still does not go on by itself.
        || (is_other && !attempt.may_move);
    let actual = if states.is_empty() {
        format!("{answered}; no reading followed")
    } else {
        format!("{answered}; {} became {}", attempt.state, states.join(", then "))
    };
    let new = |kind: &'static str, words: &str, reference: &str| {
        let message = format!("a cancel of {whom} {words}");
        Finding::new(attempt.answer.index, reference, message, expected.clone(), actual.clone())
            .kind(kind)
            .by(attempt, contract)
    };
    let finding = if is_changed {
        new("accepted-and-changed", "was accepted and changed it", &row.reference)
    } else if states.is_empty() {
        let unseen = |reference: &str| new("accepted", "was answered with success", reference);
        match &row.unchanged_ref {
            Some(reference) => unseen(reference).at_most(Level::Note),
            None => unseen(&row.reference).at_most(Level::Warn),
        }
    } else if shown.iter().any(|reading| !rewritten(attempt, reading, story).is_empty()) {
        // Members changed though the state did not: the rule on changes says so.
        return None;
    } else if is_other {
        // It may have gone on by itself.
        new("accepted", "was answered with success", &row.reference)
    } else {
        let unchanged =
            |reference: &str| new("accepted-unchanged", "answered success and changed nothing", reference);
        match &row.unchanged_ref {
            Some(reference) => unchanged(reference).at_most(Level::Note),
            None => unchanged(&row.reference),
        }
    };
    // A job at work may have changed between the reading and the cancel, unless it stands still: only a job that could
    // not be cancelled afterwards either is known to have been one.
    let is_sure = is_final
        || is_changed
        || !attempt.may_move
        || attempt.after.is_some_and(|after| attempt.must_be_refused(contract, after));
    let at_most = if is_sure { finding.at_most } else { finding.at_most.min(Level::Warn) };
    Some(finding.at_most(at_most))
}

/// Whether the cancel moved the job: out of a final state, or, for a job at work, to a state that only a cancel leads to.
pub(crate) fn is_moved(attempt: &Attempt<'_>, reading: &Reading, contract: &Contract) -> bool {
    let lifecycle = &contract.facts.lifecycle;
    let Some(state) = reading.state.as_deref().filter(|state| *state != attempt.state) else { return false };
    let is_stopped = |state: &str| matches!(lifecycle.phase(state), Phase::Stopping | Phase::Cancelled);
    lifecycle.is_terminal(attempt.state) || (is_stopped(state) && !is_stopped(attempt.state))
}
