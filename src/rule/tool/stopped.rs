//! A job that stopped after a cancel which nobody should have minded.

use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::Finding;
use crate::story::{Answer, Story};

/// The finding for a job that stopped after a cancel which nobody should have minded, though nobody else asked for it.
/// `home` is a reading from before.
pub(crate) fn stopped(
    story: &Story<'_>,
    answer: &Answer<'_>,
    home: &Reading,
    reference: &str,
    message: &str,
) -> Option<Finding> {
    let is_stopped = |reading: &Reading| {
        let phase = reading.state.as_ref().map(|state| story.contract.facts.lifecycle.phase(state));
        matches!(phase, Some(Phase::Stopping | Phase::Cancelled))
    };
    let life = story.life(&home.id)?;
    let after = life.after(answer.index).next()?;
    let asked_properly = life.acts.iter().any(|act| {
        act.exchange != answer.index
            && matches!(act.role, Role::Cancel | Role::CancelMany)
            && !story.precedes(after.exchange, act.exchange)
    });
    if is_stopped(home) || !is_stopped(after) || asked_properly {
        return None;
    }
    let text = |r: &Reading| r.state.clone().unwrap_or_default();
    let finding = Finding::new(after.exchange, reference, message.to_owned(), text(home), text(after));
    Some(finding.kind("stopped").at(story.state_place(after)))
}
