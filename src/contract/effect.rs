//! What an accepted cancel does to members of a job, beside its state.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::one_of::one_table;
use super::pointer::Pointer;

/// What an accepted cancel does to one member of the job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// A short name.
    pub name: String,
    /// What it does. Where the member is absent or null before or after, nothing is said.
    pub does: Change,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// What becomes of a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(transform = one_table)]
pub enum Change {
    /// The point in time is a later one than before the cancel.
    Moves(Pointer),
    /// The member stays as it was before the cancel.
    Keeps(Pointer),
}

impl Change {
    /// The member, over one job.
    pub fn member(&self) -> &Pointer {
        match self {
            Change::Moves(member) | Change::Keeps(member) => member,
        }
    }
}
