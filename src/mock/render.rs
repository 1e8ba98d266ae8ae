//! From a job to the JSON that shows it: the documented sample, overlaid with the job's facts.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Number, Value};

use super::blueprint::{Blueprint, Shown};
use super::job::{JobView, earlier, later};
use crate::contract::Contract;
use crate::contract::job::{JobShape, TimeFormat};
use crate::contract::lifecycle::Phase;
use crate::contract::pointer::Pointer;

/// The job object that an operation shows of a job.
pub(crate) fn job(contract: &Contract, blueprint: &Blueprint, view: &JobView) -> Value {
    let shape = blueprint.shape.as_ref().unwrap_or(&contract.facts.job);
    let phase = contract.facts.lifecycle.phase(&view.state);
    let mut job = blueprint.job.clone();
    for (at, value) in &view.echoed {
        // What stands there as another kind of value is not what was sent.
        let is_kin = |shown: &Value| std::mem::discriminant(shown) == std::mem::discriminant(value);
        put_where_present(&mut job, at, &|shown| if is_kin(shown) { value } else { shown }.clone());
    }
    let id = shape.names.as_ref().and_then(|name| view.aliases.get(name)).unwrap_or(&view.id);
    put_text(&mut job, &shape.id, id);
    put_text(&mut job, &shape.state, &view.state);
    for (name, at) in &shape.aliases {
        if let Some(id) = view.aliases.get(name) {
            put_text(&mut job, at, id);
        }
    }
    for (name, at) in &shape.parents {
        if let Some(id) = view.parents.get(name) {
            put_text(&mut job, at, id);
        }
    }
    for word in shape.words.values() {
        if let Some(value) = word.agrees.get(&view.state).and_then(|values| values.first()) {
            put_where_present(&mut job, &word.at, &|_| Value::from(value.as_str()));
        }
    }
    for (name, facet) in &shape.facets {
        if let (Some(at), Some(values)) = (&facet.at, view.facets.get(name)) {
            put_facet(&mut job, at, values);
        }
    }
    for counter in &shape.counters {
        put_where_present(&mut job, counter, &|last| part_of(last, view.progress));
    }
    times(&mut job, shape, blueprint, view);
    for (at, shown) in &blueprint.conditional {
        let is_shown = match shown {
            Shown::Started => blueprint.starts_at_creation || view.started.is_some(),
            Shown::Ended => phase.is_terminal(),
            Shown::Failed => matches!(phase, Phase::Failed | Phase::Partial),
        };
        if !is_shown {
            at.remove(&mut job);
        }
    }
    job
}

fn times(job: &mut Value, shape: &JobShape, blueprint: &Blueprint, view: &JobView) {
    let named = &shape.timestamps;
    let started = view.started.filter(|_| !blueprint.starts_at_creation).unwrap_or(view.created);
    let moments = [
        (&named.created, Some(view.created)),
        (&named.started, Some(started)),
        (&named.updated, Some(view.updated)),
        (&named.finished, view.finished),
    ];
    for (at, moment) in moments {
        let Some(at) = at else { continue };
        match moment {
            Some(moment) if at.first(job).is_some() => at.put(job, write(moment, named.format)),
            Some(_) => {}
            None => at.remove(job),
        }
    }
    let Some(sample_start) = blueprint.sample_start else { return };
    for (at, may_go) in &blueprint.other_times {
        if view.finished.is_none() && *may_go {
            at.remove(job);
            continue;
        }
        put_where_present(job, at, &|sample| {
            let moment = sample.as_str().and_then(|text| text.parse::<Timestamp>().ok());
            let after = moment.and_then(|m| Duration::try_from(m.duration_since(sample_start)).ok());
            write(later(view.created, after.unwrap_or_default()).min(view.updated), TimeFormat::Rfc3339)
        });
    }
}

/// A point in time as the vendor writes it.
pub(crate) fn write(moment: Timestamp, format: TimeFormat) -> Value {
    match format {
        // Whole milliseconds: some clients read no finer.
        TimeFormat::Rfc3339 => {
            let finer = u64::try_from(moment.as_nanosecond().rem_euclid(1_000_000)).unwrap_or(0);
            earlier(moment, Duration::from_nanos(finer)).to_string().into()
        }
        TimeFormat::UnixMillis => moment.as_millisecond().into(),
        TimeFormat::UnixSeconds => moment.as_second().into(),
        TimeFormat::SpacedUtc => moment.strftime("%Y-%m-%d %H:%M:%S").to_string().into(),
    }
}

/// Puts a text at a pointer where something stands, as a number where the sample has one.
fn put_text(job: &mut Value, at: &Pointer, text: &str) {
    let value = match at.first(job) {
        Some(Value::Number(_)) => text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from),
        None => return,
        _ => Value::from(text),
    };
    at.put(job, value);
}

/// Changes each value that stands at a pointer.
pub(crate) fn put_where_present(value: &mut Value, at: &Pointer, new: &dyn Fn(&Value) -> Value) {
    let places: Vec<(String, Value)> =
        at.select(value).into_iter().map(|(place, found)| (place, new(found))).collect();
    for (place, new) in places {
        if let Some(found) = value.pointer_mut(&place) {
            *found = new;
        }
    }
}

/// Puts the values of a facet, making as many items as there are values.
fn put_facet(job: &mut Value, at: &Pointer, values: &[String]) {
    let Some((list, rest)) = at.as_str().split_once("/*") else {
        if let Some(value) = values.first() {
            at.put(job, Value::from(value.as_str()));
        }
        return;
    };
    let Some(Value::Array(items)) = job.pointer_mut(list) else { return };
    let Some(model) = items.first().cloned() else { return };
    items.resize(values.len(), model);
    for (item, value) in items.iter_mut().zip(values) {
        Pointer::new(rest).put(item, Value::from(value.as_str()));
    }
}

/// A part of the final value of a counter, as the same kind of value.
pub(crate) fn part_of(last: &Value, progress: f64) -> Value {
    let part = |whole: i64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "an estimate")]
        let part = (whole as f64 * progress).floor() as i64;
        if progress >= 1.0 { whole } else { part }
    };
    match last {
        Value::Number(number) => {
            number.as_i64().map_or_else(|| last.clone(), |n| Value::Number(Number::from(part(n))))
        }
        Value::String(text) => {
            text.parse().map_or_else(|_| last.clone(), |n: i64| part(n).to_string().into())
        }
        _ => last.clone(),
    }
}

/// The facets of a job that its preconditions depend on: as given, as shown, or else the first documented value.
pub(crate) fn facets(
    contract: &Contract,
    blueprint: &Blueprint,
    view: &JobView,
) -> BTreeMap<String, Vec<String>> {
    let declared = &contract.facts.job.facets;
    if declared.is_empty() {
        return BTreeMap::new();
    }
    let shape = blueprint.shape.as_ref().unwrap_or(&contract.facts.job);
    let shown = crate::exchange::reading::read(&job(contract, blueprint, view), shape).facets;
    declared
        .iter()
        .map(|(name, facet)| {
            let values = view.facets.get(name).or_else(|| shown.get(name)).cloned();
            (name.clone(), values.unwrap_or_else(|| facet.values.iter().take(1).cloned().collect()))
        })
        .collect()
}

/// Puts the ids of a job and its parents wherever a member of their name stands, or their documented sample stands
/// inside a text.
pub(crate) fn overlay_ids(contract: &Contract, body: &mut Value, names: &BTreeMap<String, String>) {
    match body {
        Value::Object(members) => {
            for (name, member) in members {
                match (names.get(name), &*member) {
                    (Some(id), Value::String(_)) => *member = Value::from(id.as_str()),
                    _ => overlay_ids(contract, member, names),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| overlay_ids(contract, item, names)),
        Value::String(text) => {
            let sample = &contract.facts.job.ids.sample;
            if let Some(id) = names.get("").filter(|_| !sample.is_empty() && text.contains(sample.as_str())) {
                *text = text.replace(sample.as_str(), id);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(json!(120), 0.5, json!(60))]
    #[case(json!("412"), 0.5, json!("206"))]
    #[case(json!(7), 1.0, json!(7))]
    #[case(json!("text"), 0.5, json!("text"))]
    fn counts_a_part(#[case] last: Value, #[case] progress: f64, #[case] expected: Value) {
        assert_eq!(part_of(&last, progress), expected);
    }

    #[rstest]
    #[case(TimeFormat::Rfc3339, json!("2026-01-01T00:00:00.123Z"))]
    #[case(TimeFormat::UnixMillis, json!(1_767_225_600_123_i64))]
    #[case(TimeFormat::UnixSeconds, json!(1_767_225_600))]
    #[case(TimeFormat::SpacedUtc, json!("2026-01-01 00:00:00"))]
    fn writes_times(#[case] format: TimeFormat, #[case] expected: Value) {
        let moment: Timestamp = "2026-01-01T00:00:00.123456Z".parse().unwrap();
        assert_eq!(write(moment, format), expected);
        assert!(crate::exchange::reading::time(&expected, format).is_some());
    }

    #[test]
    fn makes_an_item_for_each_value_of_a_facet() {
        let mut job = json!({"tasks": [{"id": 1, "status": "done"}]});
        put_facet(&mut job, &Pointer::new("/tasks/*/status"), &["a".into(), "b".into()]);
        assert_eq!(job, json!({"tasks": [{"id": 1, "status": "a"}, {"id": 1, "status": "b"}]}));
    }
}
