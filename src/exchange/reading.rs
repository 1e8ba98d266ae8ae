//! One observation of one job inside an exchange.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Number, Value};

use super::message::Exchange;
use super::refusal::refusal;
use crate::contract::Contract;
use crate::contract::job::{JobShape, TimeFormat};
use crate::contract::operation::{Operation, Role};
use crate::contract::pointer::Pointer;

/// One observation of one job.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The exchange it was made in.
    pub exchange: usize,
    /// The operation.
    pub operation: String,
    /// The operation's role.
    pub role: Role,
    /// Whether it is one of a list.
    pub from_list: bool,
    /// Where the job stands in the response body.
    pub at: String,
    /// The job's id: that which it goes by where it was read. Where the answer shows none, the one asked for.
    pub id: String,
    /// Further ids that the answer shows, by name.
    pub aliases: BTreeMap<String, String>,
    /// The job's state, as sent.
    pub state: Option<String>,
    /// The values of each facet the job shows.
    pub facets: BTreeMap<String, Vec<String>>,
    /// The parents the job shows, by parameter.
    pub parents: BTreeMap<String, String>,
    /// The timestamps that could be read, by name.
    pub times: BTreeMap<&'static str, Timestamp>,
    /// The counters that could be read, by pointer. With `*` the sum over all items.
    pub counters: BTreeMap<String, i128>,
    /// The whole job, as sent.
    pub job: Value,
    /// When the answer was complete.
    pub when: Duration,
}

/// The readings of one exchange. Unreadable answers have none, and neither have refusals, unless the contract says that
/// one tells the job's state.
pub fn readings(index: usize, exchange: &Exchange, contract: &Contract) -> Vec<Reading> {
    let Some(operation) = exchange.asked.operation.as_ref().and_then(|id| contract.facts.operations.get(id))
    else {
        return Vec::new();
    };
    if super::refusal::is_error_inside(exchange, contract) {
        return Vec::new();
    }
    let Some(body) = exchange.success().and_then(|r| r.json().ok()) else {
        return told_by_error(index, exchange, operation, contract).into_iter().collect();
    };
    let mut found = Vec::new();
    let place = |pointer: &Pointer| super::graphql::place(exchange, operation, pointer);
    if let Some(pointer) = operation.job.as_ref().map(place) {
        found.extend(pointer.select(body).into_iter().map(|(at, job)| (at, job, false)));
    }
    if let Some(pointer) = operation.jobs.as_ref().map(place) {
        found.extend(pointer.join("/*").select(body).into_iter().map(|(at, job)| (at, job, true)));
    }
    let id = exchange.asked.operation.clone().unwrap_or_default();
    let shape = contract.shape(operation);
    found
        .into_iter()
        // A null in place of a job says nothing about any.
        .filter(|(_, job, _)| !job.is_null())
        .filter_map(|(at, job, from_list)| {
            let mut reading = read(job, shape);
            if reading.id.is_empty() {
                reading.id = exchange.asked.job.clone().filter(|_| !from_list)?;
            }
            reading.exchange = index;
            reading.operation.clone_from(&id);
            reading.role = operation.role;
            reading.from_list = from_list;
            reading.at = at;
            reading.when = exchange.received;
            Some(reading)
        })
        .collect()
}

/// What a refused read tells of the job that it names, where the contract says that it tells something.
fn told_by_error(
    index: usize,
    exchange: &Exchange,
    operation: &Operation,
    contract: &Contract,
) -> Option<Reading> {
    let told = &contract.facts.job.told_by_error;
    if told.is_empty() || operation.role != Role::Get {
        return None;
    }
    let response = exchange.response().filter(|response| !response.is_success())?;
    let said = refusal(response, contract.error_body(exchange.asked.operation.as_deref()?));
    let told = told.iter().find(|told| said.is(&told.answer, response.status))?;
    let nothing = Value::Object(serde_json::Map::new());
    Some(Reading {
        exchange: index,
        operation: exchange.asked.operation.clone()?,
        id: exchange.asked.job.clone()?,
        state: Some(told.state.clone()),
        when: exchange.received,
        ..read(&nothing, contract.shape(operation))
    })
}

/// Reads one job object. Its id is empty where it shows none.
pub fn read(job: &Value, shape: &JobShape) -> Reading {
    let texts = |pointers: &BTreeMap<String, Pointer>| -> BTreeMap<String, String> {
        let found = pointers.iter().filter_map(|(name, at)| Some((name.clone(), text(at.first(job)?)?)));
        found.collect()
    };
    Reading {
        exchange: 0,
        operation: String::new(),
        role: Role::Get,
        from_list: false,
        at: String::new(),
        id: shape.shown_id(job).and_then(|(_, id)| text(id)).unwrap_or_default(),
        aliases: texts(&shape.aliases),
        state: shape.state.text(job).map(str::to_owned),
        facets: shape
            .facets
            .iter()
            .filter_map(|(name, facet)| {
                let values: Vec<String> =
                    facet.at.as_ref()?.select(job).into_iter().filter_map(|(_, v)| text(v)).collect();
                (!values.is_empty()).then(|| (name.clone(), values))
            })
            .collect(),
        parents: texts(&shape.parents),
        times: shape
            .timestamps
            .named()
            .filter_map(|(name, pointer)| Some((name, time(pointer.first(job)?, shape.timestamps.format)?)))
            .collect(),
        counters: shape
            .counters
            .iter()
            .filter_map(|pointer| {
                let numbers: Vec<i128> =
                    pointer.select(job).into_iter().filter_map(|(_, value)| number(value)).collect();
                (!numbers.is_empty()).then(|| (pointer.as_str().to_owned(), numbers.iter().sum()))
            })
            .collect(),
        job: job.clone(),
        when: Duration::ZERO,
    }
}

/// A whole number, written as a number or as a digit string. `100`, `100.0` and `1e2` are the same JSON number.
pub fn number(value: &Value) -> Option<i128> {
    match value {
        Value::Number(n) => whole(n),
        Value::String(s) => s.parse().ok(),
        _ => None,
    }
}

/// Up to here every whole number has a float of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn whole(number: &Number) -> Option<i128> {
    let written_so = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    written_so.or_else(|| {
        let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= EXACT)?;
        #[allow(clippy::cast_possible_truncation, reason = "it is whole, and within the range")]
        Some(float as i128)
    })
}

/// A point in time, written as the contract says.
pub fn time(value: &Value, format: TimeFormat) -> Option<Timestamp> {
    match format {
        TimeFormat::Rfc3339 => value.as_str()?.parse().ok(),
        TimeFormat::UnixMillis => Timestamp::from_millisecond(count(value)?).ok(),
        TimeFormat::UnixSeconds => Timestamp::from_second(count(value)?).ok(),
        TimeFormat::SpacedUtc => {
            let civil: jiff::civil::DateTime = value.as_str()?.replacen(' ', "T", 1).parse().ok()?;
            civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
        }
    }
}

/// A whole number that is written as one.
fn count(value: &Value) -> Option<i64> {
    value.as_number().and_then(whole).and_then(|count| i64::try_from(count).ok())
}

/// An id, written as a string or as a number.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(whole(n).map_or_else(|| n.to_string(), |n| n.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("100", Some(100))]
    #[case("100.0", Some(100))]
    #[case("1e2", Some(100))]
    #[case("-1.5e1", Some(-15))]
    #[case("\"100\"", Some(100))]
    #[case("18446744073709551615", Some(18_446_744_073_709_551_615))]
    #[case("1.5", None)]
    #[case("1e300", None)]
    #[case("true", None)]
    fn reads_whole_numbers(#[case] json: &str, #[case] expected: Option<i128>) {
        assert_eq!(number(&serde_json::from_str(json).unwrap()), expected);
    }

    #[rstest]
    #[case("17672256001.23e2", TimeFormat::UnixMillis)]
    #[case("1767225600.0", TimeFormat::UnixSeconds)]
    fn reads_times_in_any_form_of_a_number(#[case] json: &str, #[case] format: TimeFormat) {
        let value = serde_json::from_str(json).unwrap();
        assert_eq!(time(&value, format).map(|t| t.as_second()), Some(1_767_225_600));
    }

    #[rstest]
    #[case(r#"{"jobId": "a", "job_id": "b"}"#, "a", "/jobId")]
    #[case(r#"{"jobId": null, "job_id": "b"}"#, "b", "/job_id")]
    #[case(r#"{"job_id": "b"}"#, "b", "/job_id")]
    #[case("{}", "", "/jobId")]
    fn an_id_is_read_at_each_of_its_places(#[case] job: &str, #[case] id: &str, #[case] at: &str) {
        let mut shape = crate::contract::library::for_tests("ges").facts.job;
        let job = serde_json::from_str(job).unwrap();
        assert_eq!((read(&job, &shape).id.as_str(), shape.id_place(&job)), (id, at));
        // A view may say otherwise.
        let view = crate::contract::job::View { id_or: Some(Vec::new()), ..Default::default() };
        shape = shape.viewed(&view);
        assert_eq!(shape.id_place(&job), "/jobId");
    }

    #[test]
    fn a_numeric_id_is_the_same_in_any_form() {
        let id = |json: &str| text(&serde_json::from_str(json).unwrap());
        assert_eq!(
            (id("70"), id("70.0"), id("7e1")),
            (Some("70".into()), Some("70".into()), Some("70".into()))
        );
    }
}
