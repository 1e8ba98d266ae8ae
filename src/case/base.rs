//! The plain request of an operation, with the contract's own example values.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::exchange::compose::compose;
use crate::exchange::route::asked;

/// The view of a right request: what every request carries, and examples where it names a job and its parents.
pub(super) fn base(contract: &Contract, operation: &Operation) -> Value {
    let facts = &contract.facts;
    let mut view = json!({ "path": {}, "query": {}, "headers": {} });
    if let Some(send) = &operation.send {
        merge(&mut view, send);
    }
    let examples = facts.parameters.iter().map(|(name, fact)| (name.clone(), fact.example.clone())).collect();
    fill(&mut view, &examples);
    for name in operation.path_parameters().map(str::to_owned).chain(operation.parents.keys().cloned()) {
        if let (Some(place), Some(example)) = (operation.parent_place(&name), examples.get(&name)) {
            place.put(&mut view, example.clone());
        }
    }
    if let Some(place) = &operation.target {
        place.put(&mut view, json!(contract.shape(operation).ids.sample));
    }
    view
}

/// The same request as a server sees it; `None` where it is no request of this operation any more.
pub(super) fn on_the_wire(contract: &Contract, operation: &Operation, view: &Value) -> Option<Value> {
    let asked = asked(contract, &compose(operation, view));
    let found = contract.facts.operations.get(asked.operation.as_ref()?)?;
    (found == operation).then_some(asked.view)
}

/// Merges objects; everything else is replaced.
pub fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (into, from) => *into = from.clone(),
    }
}

/// Puts parameters in place of `{name}` in every text.
pub fn fill(value: &mut Value, parameters: &BTreeMap<String, Value>) {
    match value {
        Value::String(text) if text.contains('{') => {
            for (name, value) in parameters {
                let mark = format!("{{{name}}}");
                if text.contains(&mark) {
                    *text = text.replace(&mark, value.as_str().unwrap_or(&value.to_string()));
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, parameters)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, parameters)),
        _ => {}
    }
}
