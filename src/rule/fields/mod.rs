//! What stands in an answer.

use super::Rule;

pub mod body_schema;
pub mod conflicting_sources;
pub mod content_type;
pub mod documented_status;
pub mod echoed;
pub mod envelope;
pub mod identity_echoed;
pub mod invariants;
pub mod readable_body;
pub mod response_headers;
pub mod undocumented_member;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[
    &readable_body::ReadableBody,
    &body_schema::BodySchema,
    &undocumented_member::UndocumentedMember,
    &documented_status::DocumentedStatus,
    &content_type::ContentType,
    &response_headers::ResponseHeaders,
    &identity_echoed::IdentityEchoed,
    &echoed::Echoed,
    &envelope::Envelope,
    &invariants::Invariants,
    &conflicting_sources::ConflictingSources,
];
