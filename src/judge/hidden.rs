//! Reasons without secrets.

use crate::rule::{Seen, Why};

/// A reason with something else in place of each text that a server or a target file may have put there.
pub fn hidden(why: &Why, mut hide: impl FnMut(&str) -> String) -> Why {
    match why.clone() {
        Why::Lost { operation, error } => Why::Lost { operation, error: hide(&error) },
        Why::NotSent { because } => Why::NotSent { because: hide(&because) },
        Why::NotGiven { what } => Why::NotGiven { what: hide(&what) },
        Why::Ended { because } => Why::Ended { because: hide(&because) },
        Why::FixtureElsewhere { job, state, shows } => {
            Why::FixtureElsewhere { job: hide(&job), state, shows: hide(&shows) }
        }
        Why::AnsweredOtherwise { sought, seen } => {
            let one = |seen: Seen| Seen { code: seen.code.as_deref().map(&mut hide), ..seen };
            Why::AnsweredOtherwise { sought, seen: seen.into_iter().map(one).collect() }
        }
        other => other,
    }
}
