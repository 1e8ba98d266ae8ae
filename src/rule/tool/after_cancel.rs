//! Whether anything stands in the way of a start: a job that is under way.

use std::collections::BTreeSet;

use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::story::said::is_one_of;
use crate::story::walk::Walk;
use crate::story::{Answer, Life, Story};

/// So many refusals in a row are no accident: whatever stood in the way elsewhere has had its time.
pub(crate) const NO_ACCIDENT: usize = 3;

/// Whether a start comes after a job was cancelled, and nothing is under way under its parents: every job that is known
/// there has ended, and lists that were walked before and after it have none that has not, and no new one.
pub(crate) fn is_free(story: &Story<'_>, start: &Answer<'_>) -> bool {
    let contract = story.contract;
    let conflict = contract.error_row(Condition::Conflict, start.name);
    let is_conflict = conflict.is_some_and(|row| is_one_of(row, start.exchange, contract));
    if start.operation.role != Role::Create || !is_conflict {
        return false;
    }
    let is_cancelled = |life: &Life<'_>| {
        let acts = life.acts.iter().filter(|act| act.role == Role::Cancel && act.exchange < start.index);
        acts.filter_map(|act| story.answer(act.exchange)).any(Answer::is_accepted)
    };
    let known: Vec<&Life<'_>> = story.lives().iter().filter(|life| is_before(story, life, start)).collect();
    let all_ended =
        known.iter().all(|life| life.last_before(start.index).is_some_and(|last| life.is_ended(last)));
    if !all_ended || !known.iter().any(|life| is_cancelled(life)) {
        return false;
    }
    let walks = || story.walks().iter().filter(|walk| walk.is_whole() && is_of(contract, walk, start));
    let before =
        walks().filter(|walk| walk.pages.last().is_some_and(|p| story.precedes(p.answer.index, start.index)));
    let mut after =
        walks().filter(|walk| walk.first().is_some_and(|p| story.precedes(start.index, p.answer.index)));
    let (Some(before), Some(after)) = (before.last(), after.next()) else { return false };
    let ids =
        |walk: &Walk<'_>| -> BTreeSet<String> { items(story, walk).map(|item| item.id.clone()).collect() };
    let is_ended =
        |item: &Reading| item.state.as_ref().is_some_and(|s| contract.facts.lifecycle.is_terminal(s));
    let is_idle = |walk: &Walk<'_>| items(story, walk).next().is_some() && items(story, walk).all(is_ended);
    is_idle(before) && is_idle(after) && ids(before) == ids(after)
}

/// Whether a start comes while a job that was started here goes on, as far as is known.
pub(crate) fn is_beside(story: &Story<'_>, start: &Answer<'_>) -> bool {
    let goes_on = |life: &Life<'_>| life.last_before(start.index).is_none_or(|last| !life.is_ended(last));
    let group = start.exchange.meant().together;
    let is_together = story.answers().iter().any(|other| {
        group.is_some()
            && other.index != start.index
            && other.exchange.meant().together == group
            && other.is_accepted()
    });
    start.operation.role == Role::Create
        && (is_together || story.lives().iter().any(|life| is_before(story, life, start) && goes_on(life)))
}

fn is_before(story: &Story<'_>, life: &Life<'_>, start: &Answer<'_>) -> bool {
    life.readings.first().is_some_and(|first| story.precedes(first.exchange, start.index))
}

/// Whether a list is one of what the start belongs to.
fn is_of(contract: &crate::contract::Contract, walk: &Walk<'_>, start: &Answer<'_>) -> bool {
    walk.first().is_some_and(|page| {
        let named = &page.answer.exchange.asked.parents;
        let parents = &start.exchange.asked.parents;
        let is_ours = page.answer.exchange.meant().identity.is_none();
        is_ours
            && page.answer.operation.service == start.operation.service
            && contract.shape(page.answer.operation).names == contract.shape(start.operation).names
            && named.iter().all(|(name, value)| parents.get(name).is_none_or(|own| own == value))
    })
}

fn items<'s>(story: &'s Story<'_>, walk: &'s Walk<'_>) -> impl Iterator<Item = &'s Reading> {
    walk.pages
        .iter()
        .flat_map(|page| story.readings_at(page.answer.index))
        .filter(|reading| reading.from_list)
}
