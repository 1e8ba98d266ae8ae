//! What a cancel does, and to which jobs.

use super::Rule;

pub mod accepted_when_allowed;
pub mod concurrent_agree;
pub mod effects;
pub mod holds_at_once;
#[cfg(test)]
mod honest;
pub mod many_range_ends;
#[cfg(test)]
mod many_script;
pub mod many_selects_only;
pub mod many_takes_effect;
pub mod not_offered;
pub mod one_story;
pub mod refusal_changes_nothing;
pub mod refusal_error;
pub mod refused_for_kind;
pub mod refused_when_finished;
pub mod repeat_consistent;
pub mod repeat_harmless;
pub mod takes_effect;
pub mod undocumented;
pub mod work_stops;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[
    &accepted_when_allowed::AcceptedWhenAllowed,
    &refused_when_finished::RefusedWhenFinished,
    &refused_for_kind::RefusedForKind,
    &refusal_error::RefusalError,
    &refusal_changes_nothing::RefusalChangesNothing,
    &takes_effect::TakesEffect,
    &effects::Effects,
    &work_stops::WorkStops,
    &repeat_consistent::RepeatConsistent,
    &repeat_harmless::RepeatHarmless,
    &concurrent_agree::ConcurrentAgree,
    &many_selects_only::ManySelectsOnly,
    &many_takes_effect::ManyTakesEffect,
    &many_range_ends::ManyRangeEnds,
    &one_story::OneStory,
    &holds_at_once::HoldsAtOnce,
    &not_offered::NotOffered,
    &undocumented::Undocumented,
];
