//! A call that must be refused, and is: whether it says so with the documented error.

use crate::contract::cancel::Table;
use crate::contract::error::{Condition, ErrorRow};
use crate::rule::{Finding, Judgement};
use crate::story::said::{alternatives, is_beside_the_point, is_one_of, seen};
use crate::story::{Attempt, Story};

/// Judges every attempt of a table that must be refused and was.
pub(crate) fn judge(story: &Story<'_>, table: Table) -> Judgement {
    let (mut looked_at, mut findings) = (0, Vec::new());
    let word = table.word();
    let mut missing = format!("no {word} that must be refused was refused");
    for attempt in story.attempts(table) {
        let answer = &attempt.answer;
        if attempt.refusing().is_none() || !answer.is_refused() || is_beside_the_point(answer.response) {
            continue;
        }
        let due = due(story, attempt);
        let rows: Vec<&ErrorRow> =
            due.iter().filter_map(|c| story.contract.error_row(*c, answer.name)).collect();
        let Some(first) = rows.first() else {
            missing = format!("the documentation names no error for a {word} that is refused");
            continue;
        };
        looked_at += 1;
        if rows.iter().any(|row| is_one_of(row, answer.exchange, story.contract)) {
            continue;
        }
        let message = format!("a {word} was refused with another error than the documented one");
        let actual = seen(answer.exchange, story.contract);
        findings.push(Finding::new(answer.index, &first.reference, message, alternatives(first), actual));
    }
    Judgement::of(looked_at, findings, &missing)
}

/// The conditions that the refusal may be for.
fn due(story: &Story<'_>, attempt: &Attempt<'_>) -> Vec<Condition> {
    let mut due = attempt.conditions.clone();
    let is_final = |state: &str| story.contract.facts.lifecycle.is_terminal(state);
    let went_on = attempt.after.and_then(|after| after.state.as_deref()).is_some_and(|s| !is_final(s));
    if attempt.table == Table::Cancel && !is_final(attempt.state) && !went_on {
        // It may have ended before the cancel came.
        due.push(Condition::NotCancellable);
    }
    due
}
