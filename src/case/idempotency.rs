//! Starts that are safe to repeat.

use serde_json::{Value, json};

use super::base::{base, on_the_wire};
use super::{Call, Case, Step};
use crate::contract::Contract;
use crate::contract::operation::{ClientToken, Operation, Role};
use crate::contract::pointer::{Pointer, escape};

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
        // What is left running would stand in the way of the next start.
        cases.push(case.then(Step::Settle));
        cases.push(conflict(contract, id, create, token));
    }
    cases
}

/// A token that comes again with another body, once the first job is out of the way.
fn conflict(contract: &Contract, id: &str, create: &Operation, token: &ClientToken) -> Case {
    let title = "a token that comes again with another body starts no other job".to_owned();
    let mut case = Case::new(contract, id, "client-token-conflict", title, &["idempotency/token-conflict"]);
    let Some(change) = change(contract, create, token) else {
        case.silent = Some("a start has no member that could be another".into());
        return case;
    };
    for slot in ["first", "again"] {
        let mut call = Call::new(id);
        call.set.push((token.at.clone(), json!("{client_token}")));
        call.creates = Some(slot.into());
        if slot == "again" {
            case = case.then(Step::Poll { job: "first".into(), until: Vec::new() });
            call.set.push(change.clone());
        }
        case = case.then(Step::Call(call));
    }
    case.then(Step::Settle)
}

/// A member of the body that says nothing about which job is meant, with a value that the schema allows.
fn change(contract: &Contract, create: &Operation, token: &ClientToken) -> Option<(Pointer, Value)> {
    let shape = contract.shapes.get(&create.request)?;
    let members = shape.document.pointer("/properties/body/properties")?.as_object()?;
    let plain = base(contract, create);
    members
        .iter()
        .filter(|(_, schema)| contract.shapes.resolve(schema).get("type") == Some(&json!("string")))
        .map(|(name, _)| (Pointer::new(format!("/body/{}", escape(name))), json!("another body")))
        .filter(|(place, _)| *place != token.at && !create.parents.values().any(|parent| parent == place))
        .find(|(place, value)| {
            let mut view = plain.clone();
            place.put(&mut view, value.clone());
            let seen = on_the_wire(contract, create, &view);
            seen.is_some_and(|seen| contract.shapes.is_valid(&create.request, &seen))
        })
}
