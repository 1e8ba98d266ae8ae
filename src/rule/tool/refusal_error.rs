//! A call that must be refused, and is: whether it says so with the documented error.

use crate::contract::cancel::Table;
use crate::contract::error::{Condition, ErrorRow};
use crate::rule::{Finding, Judgement};
use crate::story::said::{alternatives, is_one_of, seen};
use crate::story::{Attempt, Story};

/// Judges every attempt of a table that must be refused and was.
pub(crate) fn judge(story: &Story<'_>, table: Table) -> Judgement {
    let (contract, word) = (story.contract, table.word());
    let mut judgement = Judgement::default();
    for attempt in story.attempts(table) {
        let answer = &attempt.answer;
        let is_refused = answer.is_refused() && !attempt.is_beside_the_point(contract);
        if attempt.refusing().is_none() || !is_refused {
            continue;
        }
        let due = due(story, attempt);
        let rows: Vec<&ErrorRow> = due.iter().filter_map(|c| contract.error_row(*c, answer.name)).collect();
        let Some(first) = rows.first() else {
            judgement
                .miss_undocumented(&format!("the documentation names no error for a {word} that is refused"));
            continue;
        };
        judgement.look_at(attempt, contract);
        if rows.iter().any(|row| is_one_of(row, answer.exchange, contract)) {
            continue;
        }
        let actual = seen(answer.exchange, contract);
        // Where it is a guess which error is due, there is no documented one.
        let message = if contract.basis(first.detail()).can_fail() {
            format!("a {word} was refused with another error than the documented one")
        } else {
            format!("a {word} was refused with {actual}")
        };
        let finding = Finding::new(answer.index, first.detail(), message, alternatives(first), actual);
        judgement.find([finding.kind("other-error").by(attempt, contract)]);
    }
    judgement
}

/// The conditions that the refusal may be for.
fn due(story: &Story<'_>, attempt: &Attempt<'_>) -> Vec<Condition> {
    let mut due = attempt.conditions.clone();
    let is_final = |state: &str| story.contract.facts.lifecycle.is_terminal(state);
    let went_on = attempt.after.and_then(|after| after.state.as_deref()).is_some_and(|s| !is_final(s));
    if attempt.table == Table::Cancel && attempt.may_move && !is_final(attempt.state) && !went_on {
        // It may have ended before the cancel came.
        due.push(Condition::NotCancellable);
    }
    due
}
