//! Readers of requests that do not look at a body which they do not need.

use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::operation::Operation;

struct OddBody {
    label: Label,
    operations: Vec<String>,
}

impl Decoy for OddBody {
    fn label(&self) -> &Label {
        &self.label
    }

    fn passes_over_bodies(&self, operation: &str) -> bool {
        self.operations.iter().any(|own| own == operation)
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let empty = serde_json::json!({"path": {}, "query": {}, "headers": {}});
    // What nothing is written in the body of is right without one.
    let needs_none = |operation: &Operation| {
        let shape = contract.shapes.get(&operation.request);
        let has = |at: &str| shape.is_some_and(|shape| shape.document.pointer(at).is_some());
        operation.graphql.is_none()
            && !operation.writes
            && has("/properties/body")
            && !contract
                .shapes
                .mismatches(&operation.request, &empty)
                .iter()
                .any(|m| m.constraint == "required body")
            && !contract.shapes.needs_members(&operation.request, &empty)
    };
    let operations: Vec<String> = contract
        .facts
        .operations
        .iter()
        .filter(|(_, operation)| needs_none(operation))
        .map(|(name, _)| name.clone())
        .collect();
    if operations.is_empty() {
        return Vec::new();
    }
    let label = Label::new(
        "passes-over-odd-bodies",
        "a body that is no object is passed over where none is needed",
        "no page says that what is not needed must be read",
    );
    vec![Box::new(OddBody { label, operations })]
}
