//! Whose jobs are whose.

use super::Rule;

pub mod foreign_identity;
pub mod foreign_parent;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[&foreign_parent::ForeignParent, &foreign_identity::ForeignIdentity];
