//! What GraphQL services promise beside what every service does.

use super::Rule;

pub mod data_present;
pub mod error_entry;
pub mod http_status;
pub mod partial_data;
pub mod unknown_field_refused;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[
    &error_entry::ErrorEntry,
    &data_present::DataPresent,
    &partial_data::PartialData,
    &unknown_field_refused::UnknownFieldRefused,
    &http_status::HttpStatus,
];
