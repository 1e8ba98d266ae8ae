//! What happens when a request is sent again.

use super::Rule;

mod at_work;
pub mod reads_repeat;
pub mod repeat_answered;
pub mod token_conflict;
pub mod token_replays;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[
    &token_replays::TokenReplays,
    &token_conflict::TokenConflict,
    &repeat_answered::RepeatAnswered,
    &reads_repeat::ReadsRepeat,
];
