//! What lists hold, and how they are cut into pages.

use super::Rule;

pub mod agrees_with_reads;
pub mod bad_token;
pub mod contains_created;
pub mod filter;
pub mod of_parents;
pub mod page_facts;
pub mod page_size;
pub mod pages_partition;
pub mod parts_partition;
pub mod size_limit;
pub mod walk_ends;
pub mod walks_agree;

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
    &agrees_with_reads::AgreesWithReads,
    &walks_agree::WalksAgree,
    &of_parents::OfParents,
    &page_facts::PageFacts,
];
