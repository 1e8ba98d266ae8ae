//! What jobs belong to: the parents the mock knows, its own and the foreign ones.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::contract::pointer::Pointer;

/// Values of parameters, each with the parameter's name.
pub(crate) type Set = BTreeSet<(String, String)>;

/// The parents that exist.
#[derive(Debug, Default)]
pub(crate) struct Parents {
    names: BTreeSet<String>,
    own: BTreeMap<String, String>,
    foreign: BTreeMap<String, String>,
}

impl Parents {
    /// The parents of a contract: the examples of its parameters, and the foreign values.
    pub(crate) fn of(contract: &Contract) -> Self {
        let facts = &contract.facts;
        let mut names: BTreeSet<String> = facts.job.parent_names().cloned().collect();
        for operation in facts.operations.values() {
            names.extend(operation.parents.keys().cloned());
            let parameters = operation.path_parameters().filter(|p| facts.parameters.contains_key(*p));
            names.extend(parameters.map(str::to_owned));
        }
        let (mut own, mut foreign) = (BTreeMap::new(), BTreeMap::new());
        for name in &names {
            let Some(parameter) = facts.parameters.get(name) else { continue };
            let Some(example) = text(&parameter.example) else { continue };
            let other = parameter.foreign.as_ref().and_then(text);
            foreign.insert(name.clone(), other.unwrap_or_else(|| example.clone()));
            own.insert(name.clone(), example);
        }
        Parents { names, own, foreign }
    }

    /// The parents a request names.
    pub(crate) fn named(&self, operation: &Operation, view: &Value) -> BTreeMap<String, String> {
        let place = |name: &str| -> Option<Pointer> { operation.parent_place(name) };
        self.names.iter().filter_map(|name| Some((name.clone(), text(place(name)?.first(view)?)?))).collect()
    }

    /// All parents, where some are named; `None` where those named do not exist, or not together. What was made goes
    /// with the mock's own.
    pub(crate) fn complete(
        &self,
        named: &BTreeMap<String, String>,
        made: &Set,
        removed: &Set,
    ) -> Option<BTreeMap<String, String>> {
        [&self.own, &self.foreign].into_iter().enumerate().find_map(|(index, all)| {
            let exist = named.iter().all(|(name, value)| {
                let key = (name.clone(), value.clone());
                let was_made = index == 0 && made.contains(&key);
                (was_made || all.get(name).is_none_or(|existing| existing == value))
                    && !removed.contains(&key)
            });
            exist.then(|| {
                let mut all = all.clone();
                all.extend(named.iter().map(|(name, value)| (name.clone(), value.clone())));
                all
            })
        })
    }

    /// The parents that belong to someone else.
    pub(crate) fn foreign(&self) -> &BTreeMap<String, String> {
        &self.foreign
    }
}

/// An id, written as a string or as a number.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
