//! How a job moves from its beginning to its end.

use super::Rule;

pub mod counters_grow;
pub mod declared_transition;
pub mod ends_in_time;
pub mod frozen_members;
pub mod initial_state;
pub mod no_cancel_unasked;
pub mod own_id;
pub mod stays_readable;
pub mod terminal_is_final;
pub mod time_goes_forward;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[
    &own_id::OwnId,
    &stays_readable::StaysReadable,
    &initial_state::InitialState,
    &no_cancel_unasked::NoCancelUnasked,
    &declared_transition::DeclaredTransition,
    &terminal_is_final::TerminalIsFinal,
    &frozen_members::FrozenMembers,
    &time_goes_forward::TimeGoesForward,
    &counters_grow::CountersGrow,
    &ends_in_time::EndsInTime,
];
