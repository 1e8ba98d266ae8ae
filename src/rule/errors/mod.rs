//! How a server says no.

use super::Rule;

pub mod body_shape;
pub mod conflict;
pub mod error_in_success;
pub mod invalid_parameter;
pub mod known_code;
pub mod malformed_id;
pub mod missing_parameter;
pub mod refused_start_leaves_nothing;
pub mod retry_after;
pub mod server_error;
pub mod unknown_job;
pub mod unknown_parent;
pub mod valid_request_served;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[
    &valid_request_served::ValidRequestServed,
    &unknown_job::UnknownJob,
    &unknown_parent::UnknownParent,
    &malformed_id::MalformedId,
    &missing_parameter::MissingParameter,
    &invalid_parameter::InvalidParameter,
    &refused_start_leaves_nothing::RefusedStartLeavesNothing,
    &conflict::Conflict,
    &server_error::ServerError,
    &body_shape::BodyShape,
    &known_code::KnownCode,
    &error_in_success::ErrorInSuccess,
    &retry_after::RetryAfter,
];
