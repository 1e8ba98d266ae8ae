//! Facts across fields, which a JSON Schema cannot say.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Probe;
use super::one_of::one_table;
use super::pointer::Pointer;

/// One fact that holds for every reading of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Invariant {
    /// A short name.
    pub name: String,
    /// Of which readings it is said, over the job; of all where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Probe>,
    /// What must hold. Where a member it speaks of is absent or null, nothing is said.
    pub require: Requirement,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(transform = one_table)]
pub enum Requirement {
    /// Two points in time stand in this order.
    Time(Comparison),
    /// Two numbers (digit strings count) stand in this order.
    Number(Comparison),
    /// The numbers on the left together stand in this order to the number on the right. An absent one counts as none.
    Sum(Sum),
    /// The length of the array on the left stands in this order to the number on the right.
    Count(Comparison),
    /// A word of each item goes with another of its members.
    Each(ItemFact),
    /// The member is there only in readings of jobs that have ended.
    OnlyWhenEnded(Pointer),
    /// The member is there in every reading of a job that has ended.
    WhenEnded(Pointer),
}

/// Under a condition a member of an item is one of some words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemFact {
    /// Where the items stand, with `*`.
    pub items: Pointer,
    /// When it is said, over one item.
    pub when: Probe,
    /// The member of the item.
    pub at: Pointer,
    /// The words.
    pub one_of: Vec<String>,
}

/// `[left, relation, right]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison(pub Pointer, pub Relation, pub Pointer);

/// `[[part, ...], relation, whole]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sum(pub Vec<Pointer>, pub Relation, pub Pointer);

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the signs say it")]
pub enum Relation {
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    NotMore,
    #[serde(rename = "==")]
    Equal,
}

impl Relation {
    /// Whether `left relation right` holds.
    pub fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Relation::Less => left < right,
            Relation::NotMore => left <= right,
            Relation::Equal => left == right,
        }
    }

    /// The sign.
    pub fn sign(self) -> &'static str {
        match self {
            Relation::Less => "<",
            Relation::NotMore => "<=",
            Relation::Equal => "==",
        }
    }
}
