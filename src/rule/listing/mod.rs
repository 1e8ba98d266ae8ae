//! What lists hold, and how they are cut into pages.

use super::Rule;

pub mod bad_token;
pub mod contains_created;
pub mod filter;
pub mod page_size;
pub mod pages_partition;
pub mod parts_partition;
pub mod size_limit;
pub mod walk_ends;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[
    &contains_created::ContainsCreated,
    &pages_partition::PagesPartition,
    &parts_partition::PartsPartition,
    &page_size::PageSize,
    &filter::FilterObeyed,
    &walk_ends::WalkEnds,
    &bad_token::BadToken,
    &size_limit::SizeLimit,
];
