//! Operations that a server seems not to have: what it answers to a request that should be refused says nothing then.

use std::collections::BTreeSet;

use crate::rule::Why;
use crate::story::said::said;
use crate::story::{Answer, Story};

/// The operations that a server was seen to have.
pub(crate) struct Served<'t>(BTreeSet<&'t str>);

impl<'t> Served<'t> {
    /// Those that answered a request which was not made wrong with something else than that there is nothing.
    pub(crate) fn of(story: &Story<'t>) -> Served<'t> {
        let right = story.answers().iter().filter(|answer| answer.exchange.meant().probe.is_none());
        Served(right.filter(|answer| !is_nothing_there(story, answer)).map(|answer| answer.name).collect())
    }

    /// Why an answer says nothing, where it is that of a server which does not have the operation, as far as was seen.
    pub(crate) fn absent(&self, story: &Story<'_>, answer: &Answer<'_>) -> Option<Why> {
        let is_absent = !self.0.contains(answer.name) && is_nothing_there(story, answer);
        is_absent.then(|| Why::Absent { operation: answer.name.to_owned() })
    }
}

/// Whether an answer says that there is nothing to answer, with no code of the documented ones.
fn is_nothing_there(story: &Story<'_>, answer: &Answer<'_>) -> bool {
    let known = &story.contract.error_body(answer.name).codes;
    matches!(answer.response.status, 404 | 405 | 501)
        && said(answer.exchange, story.contract).code.is_none_or(|code| !known.contains_key(&code))
}
