//! Who may ask.

use super::Rule;

pub mod anonymous_accepted;
pub mod bad_credentials;
pub mod bad_signature;
pub mod expired_credentials;
pub mod missing_credentials;
pub mod read_only_identity;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[
    &missing_credentials::MissingCredentials,
    &bad_credentials::BadCredentials,
    &bad_signature::BadSignature,
    &expired_credentials::ExpiredCredentials,
    &read_only_identity::ReadOnlyIdentity,
    &anonymous_accepted::AnonymousAccepted,
];
