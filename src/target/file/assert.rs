//! What the owner of a server vouches for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::Contract;
use crate::contract::reference::Basis;

/// The word for everything that the contract only guesses.
pub(super) const ALL: &str = "*";

/// References of the contract that the owner of the API vouches for: in this run they are `asserted`, and what rests on
/// them can fail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assert {
    /// Their ids; `*` for every one that is inferred or observed.
    #[serde(default)]
    pub references: Vec<String>,
}

impl Assert {
    /// Raises them. A reference that is surer already stays what it is.
    pub(super) fn apply(&self, contract: &mut Contract) {
        let means = |id: &String| self.references.iter().any(|named| named == id || named == ALL);
        for (_, reference) in contract.facts.references.iter_mut().filter(|(id, _)| means(id)) {
            reference.basis = reference.basis.max(Basis::Asserted);
        }
    }
}
