//! Starts that are safe to repeat.

use serde_json::json;

use super::{Call, Case, Step};
use crate::contract::Contract;
use crate::contract::operation::Role;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, create) in contract.of_role(Role::Create) {
        let Some(token) = &create.client_token else { continue };
        let title = "a start repeated with the same token gives the same job".to_owned();
        let mut case = Case::new(contract, id, "client-token", title, &["idempotency/token-replays"]);
        for slot in ["first", "again"] {
            let mut call = Call::new(id);
            call.set.push((token.at.clone(), json!("{client_token}")));
            call.creates = Some(slot.into());
            case = case.then(Step::Call(call));
        }
        cases.push(case);
    }
    cases
}
