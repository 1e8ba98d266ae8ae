//! What a retry does: to the job, and to the one that takes its place.

use super::Rule;

pub mod accepted_when_allowed;
pub mod new_id;
pub mod original_untouched;
pub mod received;
pub mod refusal_error;
pub mod refused_when_due;
pub mod same_work;
#[cfg(test)]
mod script;
pub mod starts_anew;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[
    &accepted_when_allowed::AcceptedWhenAllowed,
    &refused_when_due::RefusedWhenDue,
    &refusal_error::RefusalError,
    &new_id::NewId,
    &starts_anew::StartsAnew,
    &same_work::SameWork,
    &original_untouched::OriginalUntouched,
    &received::Received,
];
