//! What happens when a request is sent again.

use super::Rule;

pub mod reads_repeat;
pub mod token_replays;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[&token_replays::TokenReplays, &reads_repeat::ReadsRepeat];
