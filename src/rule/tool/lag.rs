//! What a list must know by the time it is asked for. No page promises that a list is as fresh as a reading of the job
//! itself, so what changed a few seconds before may not show.

use std::time::Duration;

use crate::exchange::Reading;
use crate::story::{Life, Story};

/// What was seen so long before is in lists, too.
pub(crate) const LAG: Duration = Duration::from_secs(10);

/// What a rule seeks that saw lists asked for too soon.
pub(crate) const SECONDS_LATER: &str = "a list asked for some seconds after a job was seen";

/// Whether a list that was asked for in an exchange must know the job of this reading.
pub(crate) fn is_known(story: &Story<'_>, reading: &Reading, asked: usize) -> bool {
    let first = story.life(&reading.id).and_then(|life| Some((life, life.readings.first()?)));
    first.is_some_and(|(life, first)| is_old(story, life, first, asked))
}

/// Whether the job of this reading stays in the state that it shows, and was in it long enough before a list was asked
/// for in an exchange.
pub(crate) fn is_settled(story: &Story<'_>, reading: &Reading, asked: usize) -> bool {
    let stays = |life: &&Life<'_>| life.is_ended(reading) || !life.may_move_before(asked);
    let Some(life) = story.life(&reading.id).filter(stays) else { return false };
    let in_that_state = life.readings.iter().rev().take_while(|r| r.state == reading.state);
    in_that_state.into_iter().any(|r| is_old(story, life, r, asked) && !is_acted_on(life, r, asked))
}

/// Whether what a reading shows was so for long when a list was asked for. Some jobs are known
/// to have been there long before.
fn is_old(story: &Story<'_>, life: &Life<'_>, reading: &Reading, asked: usize) -> bool {
    let Some(list) = story.exchanges.get(asked) else { return false };
    let is_long_ago = story.exchanges.get(reading.exchange).is_some_and(|e| e.received + LAG <= list.sent);
    is_long_ago || life.is_from_before() && story.precedes(reading.exchange, asked)
}

/// Whether a request that was heard may have changed the job between a reading and a list.
fn is_acted_on(life: &Life<'_>, reading: &Reading, asked: usize) -> bool {
    life.acts.iter().any(|act| !act.refused && act.exchange > reading.exchange && act.exchange < asked)
}
