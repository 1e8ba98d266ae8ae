//! What the owner vouches for is among the references, and a guess.

use serde_json::Value;

use super::super::assert::ALL;
use super::super::load::meant;
use super::Check;
use crate::contract::Contract;

impl Check<'_> {
    pub(super) fn assert(&mut self, contract: &Contract) {
        let known: Vec<&String> = contract.facts.references.keys().collect();
        let listed = self.at("/assert/references").and_then(Value::as_array).into_iter().flatten();
        for (n, id) in listed.enumerate() {
            let Some(id) = id.as_str().filter(|id| *id != ALL) else { continue };
            let at = format!("/assert/references/{n}");
            match contract.reference(id) {
                None => self.value(&at, format!("there is no reference `{id}`"), meant(id, &known)),
                Some(reference) if reference.basis.can_fail() => {
                    let message = format!("`{id}` is {} already", reference.basis.word());
                    self.doubt(&at, message, "take it out: it makes no difference".to_owned());
                }
                Some(_) => {}
            }
        }
    }
}
