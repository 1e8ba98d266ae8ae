//! Calls that change facts of what a parameter names: the change shows in the calls that read it.

use serde_json::Value;

use super::{Call, Case, Step};
use crate::contract::Contract;
use crate::contract::around::{Changes, Shows};
use crate::contract::operation::{Operation, Role};

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let changing = contract.facts.operations.iter().filter(|(id, _)| !contract.writes(id));
    changing
        .filter_map(|(id, operation)| case(contract, id, operation, operation.changes.as_ref()?))
        .collect()
}

/// What the call changes is first set to something else where a call can do that, and read through every call that
/// shows it, before and after.
fn case(contract: &Contract, id: &str, operation: &Operation, changes: &Changes) -> Option<Case> {
    let readers: Vec<(&str, &Shows)> = contract
        .of_role(Role::Details)
        .filter_map(|(name, o)| Some((name, o.shows.as_ref().filter(|s| s.parameter == changes.parameter)?)))
        .filter(|(_, shows)| shows.facts.keys().any(|fact| changes.facts.contains_key(fact)))
        .collect();
    if readers.is_empty() {
        return None;
    }
    let title = "a change of what jobs belong to shows in the calls that read it".to_owned();
    let mut case = Case::new(contract, id, "changed", title, &["status/changes-show"]);
    let sent = operation.send.clone().unwrap_or_default();
    let after: Vec<(&str, &Value)> = changes.asked(&sent).map(|(fact, value, _)| (fact, value)).collect();
    for (fact, value) in &after {
        if let (Value::Bool(now), Some(call)) = (value, setter(contract, &changes.parameter, fact, value)) {
            case = case.then(Step::Call(call));
            case = read(case, &readers, &[(fact, &Value::Bool(!now))]);
        }
    }
    Some(read(case.then(Step::Call(Call::new(id))), &readers, &after))
}

/// The call that gives a fact the other of its two values.
fn setter(contract: &Contract, parameter: &str, fact: &str, value: &Value) -> Option<Call> {
    contract.facts.operations.iter().find_map(|(id, operation)| {
        let changes = operation.changes.as_ref().filter(|changes| changes.parameter == parameter)?;
        let at = changes.facts.get(fact)?.at.clone()?;
        let mut call = Call::new(id);
        call.set.push((at, Value::Bool(!value.as_bool()?)));
        Some(call)
    })
}

/// Reads until each fact shows, through each call that shows it.
fn read(case: Case, readers: &[(&str, &Shows)], facts: &[(&str, &Value)]) -> Case {
    readers.iter().fold(case, |case, (name, shows)| {
        let shown = facts.iter().filter_map(|(fact, value)| Some((shows.facts.get(*fact)?, *value)));
        shown.fold(case, |case, (fact, value)| {
            let equals = fact.written(value);
            case.then(Step::Await { call: Call::new(name), at: fact.at.clone(), equals })
        })
    })
}
