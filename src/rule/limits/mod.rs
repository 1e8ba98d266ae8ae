//! How often one may ask.

use super::Rule;

pub mod paced_reads_served;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[&paced_reads_served::PacedReadsServed];
