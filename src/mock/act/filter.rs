//! Narrowing and ordering a list.

use serde_json::Value;

use crate::contract::Contract;
use crate::contract::operation::FilterEffect;
use crate::exchange::reading;

/// Whether a request carries a filter, and the states it asks for. `{state}` in the filter stands for any text; an
/// array that holds nothing else stands for any number of them.
pub(super) fn carries(filter: &Value, request: Option<&Value>, states: &mut Vec<String>) -> bool {
    let Some(request) = request else { return false };
    match (filter, request) {
        (Value::String(wanted), Value::String(given)) if wanted == "{state}" => {
            states.push(given.clone());
            true
        }
        (Value::Array(wanted), Value::Array(given)) => {
            if let [Value::String(only)] = wanted.as_slice()
                && only == "{state}"
            {
                states.extend(given.iter().filter_map(Value::as_str).map(str::to_owned));
                return true;
            }
            wanted.len() == given.len()
                && wanted.iter().zip(given).all(|(wanted, given)| carries(wanted, Some(given), states))
        }
        (Value::Object(wanted), Value::Object(given)) => {
            wanted.iter().all(|(name, wanted)| carries(wanted, given.get(name), states))
        }
        (Value::String(text), other) | (other, Value::String(text)) => match other {
            Value::String(other) => text == other,
            Value::Bool(_) | Value::Number(_) => text.as_str() == format!("{other}"),
            _ => false,
        },
        (wanted, given) => wanted == given,
    }
}

/// Keeps and orders items, each with what it stands for.
pub(super) fn apply<T>(
    contract: &Contract,
    effect: &FilterEffect,
    states: &[String],
    items: &mut Vec<(T, Value)>,
) {
    match effect {
        FilterEffect::OnlyState(at) => items.retain(|(_, item)| {
            states.is_empty() || at.text(item).is_some_and(|state| states.iter().any(|s| s == state))
        }),
        FilterEffect::Ascending(at) => items.sort_by_cached_key(|(_, item)| key(contract, at.first(item))),
        FilterEffect::Descending(at) => {
            items.sort_by_cached_key(|(_, item)| std::cmp::Reverse(key(contract, at.first(item))));
        }
    }
}

/// What a value is ordered by: a point in time, a number, or its text.
fn key(contract: &Contract, value: Option<&Value>) -> (i128, String) {
    let Some(value) = value else { return (i128::MIN, String::new()) };
    if let Some(moment) = reading::time(value, contract.facts.job.timestamps.format) {
        return (moment.as_nanosecond(), String::new());
    }
    reading::number(value).map_or_else(
        || (i128::MAX, value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        |number| (number, String::new()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(json!({"body": {"s": "{state}"}}), json!({"body": {"s": "DONE", "x": 1}}), Some(vec!["DONE"]))]
    #[case(json!({"query": {"s": ["{state}"]}}), json!({"query": {"s": ["A", "B"]}}), Some(vec!["A", "B"]))]
    #[case(json!({"query": {"desc": true}}), json!({"query": {"desc": true}}), Some(vec![]))]
    #[case(json!({"query": {"desc": "1"}}), json!({"query": {"desc": 1}}), Some(vec![]))]
    #[case(json!({"body": {"s": "{state}"}}), json!({"body": {}}), None)]
    #[case(json!({"body": {"s": "{state}"}}), json!({}), None)]
    fn reads_filters(#[case] filter: Value, #[case] request: Value, #[case] expected: Option<Vec<&str>>) {
        let mut states = Vec::new();
        let found = carries(&filter, Some(&request), &mut states).then_some(states);
        assert_eq!(found, expected.map(|states| states.into_iter().map(str::to_owned).collect()));
    }
}
