//! Error answers, built from the contract's row for a condition.

use serde_json::Value;

use super::answer::{Answer, Body};
use crate::contract::Contract;
use crate::contract::error::{self, Condition, ErrorBody, Locator};
use crate::contract::likeness::{Dice, like};
use crate::contract::operation::Operation;

/// What a request id looks like where nothing documents it.
const REQUEST_ID: &str = "4d9d8375-3c56-4925-a3e7-eb137fed17e9";

/// What is said to `operation` under a condition.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    /// The HTTP status.
    pub status: u16,
    /// The code.
    pub code: Option<String>,
    /// The message.
    pub message: String,
    /// The label of the sample that shows such an answer, where it is not the usual one.
    pub sample: Option<String>,
}

/// What is said to `operation` under a condition, with the answer of its row that is chosen; `id` is that of the job it
/// names.
pub(crate) fn words(
    contract: &Contract,
    name: &str,
    operation: &Operation,
    (condition, row): (Condition, Option<&error::Answer>),
    id: Option<&str>,
) -> Words {
    let status = status(operation, condition, row);
    let code = row.and_then(|row| row.code.clone()).or_else(|| code_for(contract, name, status));
    let says = row.and_then(|row| row.says.clone()).unwrap_or_else(|| text_for(condition).to_owned());
    let sample = row.and_then(|row| row.sample.clone());
    Words { status, code, message: says.replace("{id}", id.unwrap_or("?")), sample }
}

/// The answer to `operation` that says these words.
pub(crate) fn refuse(contract: &Contract, name: &str, operation: &Operation, words: &Words) -> Answer {
    let label = words.sample.as_deref().unwrap_or("documented");
    let sample = operation.response_schema(words.status).and_then(|schema| contract.example(schema, label));
    let mut answer = Answer::json(words.status, sample.cloned().unwrap_or_else(|| serde_json::json!({})));
    write(contract.error_body(name), &mut answer, words.code.as_deref(), &words.message);
    answer
}

/// Puts a code and a message into an answer.
pub(crate) fn write(body: &ErrorBody, answer: &mut Answer, code: Option<&str>, message: &str) {
    if let Some(code) = code {
        put_code(body, answer, code);
    }
    let places = &body.message;
    if let Some(locator) = places.iter().find(|at| stands(answer, at)).or(places.first()) {
        put(answer, locator, message);
    }
}

/// The status of the row, of any client error, or one that suits the condition where it is documented.
fn status(operation: &Operation, condition: Condition, row: Option<&error::Answer>) -> u16 {
    match row {
        Some(row) => row.status.unwrap_or(400),
        None => {
            let natural = match condition {
                Condition::MissingCredentials
                | Condition::BadCredentials
                | Condition::BadSignature
                | Condition::ExpiredCredentials => 401,
                Condition::Forbidden => 403,
                Condition::UnknownJob | Condition::UnknownParent => 404,
                Condition::NotCancellable | Condition::Conflict => 409,
                Condition::Throttled => 429,
                _ => 400,
            };
            if operation.response_schema(natural).is_some() { natural } else { 400 }
        }
    }
}

/// A documented code that goes with a status, or the first there is.
pub(crate) fn code_for(contract: &Contract, name: &str, status: u16) -> Option<String> {
    let codes = &contract.error_body(name).codes;
    let suits = |code: &&error::Code| {
        code.status.contains(&status)
            && (code.operations.is_empty() || code.operations.iter().any(|operation| operation == name))
    };
    let fitting = codes.iter().find(|(_, code)| suits(code));
    fitting.or_else(|| codes.iter().next()).map(|(code, _)| code.clone())
}

/// Puts a code over every code that the sample has, since they must agree, and at the usual place where that is a
/// header or the sample has none.
pub(crate) fn put_code(body: &ErrorBody, answer: &mut Answer, code: &str) {
    let has_none = !body.code.iter().any(|at| stands(answer, at));
    for (index, locator) in body.code.iter().enumerate() {
        let is_usual = index == 0 && (has_none || locator.header.is_some());
        if is_usual || stands(answer, locator) {
            put(answer, locator, code);
        }
    }
}

/// Puts a message at the usual place.
pub(crate) fn put_message(body: &ErrorBody, answer: &mut Answer, message: &str) {
    if let Some(locator) = body.message.first() {
        put(answer, locator, message);
    }
}

/// Whether something stands where a locator reads.
fn stands(answer: &Answer, locator: &Locator) -> bool {
    match (&locator.header, &locator.body, &answer.body) {
        (Some(header), _, _) => answer.headers.get(header).is_some(),
        (None, Some(at), Body::Json(body)) => at.first(body).is_some(),
        _ => false,
    }
}

/// Takes every code out of an answer.
pub(crate) fn remove_codes(body: &ErrorBody, answer: &mut Answer) {
    for locator in &body.code {
        if let Some(header) = &locator.header {
            answer.headers.remove(header);
        } else if let (Some(at), Some(body)) = (&locator.body, answer.body_mut()) {
            at.remove(body);
        }
    }
}

/// Writes where a locator reads.
pub(crate) fn put(answer: &mut Answer, locator: &Locator, text: &str) {
    match (&locator.header, &locator.body) {
        (Some(header), _) => answer.headers.set(header, text),
        (None, Some(at)) => {
            if let Some(body) = answer.body_mut() {
                // A numeric code stays a number.
                let number = at.first(body).is_some_and(Value::is_number).then(|| text.parse::<i64>().ok());
                at.put(body, number.flatten().map_or_else(|| Value::from(text), Value::from));
            }
        }
        (None, None) => {}
    }
}

/// Adds the documented headers and the request's id.
pub(crate) fn dress(contract: &Contract, body: &ErrorBody, answer: &mut Answer, seed: u64, request: u64) {
    for (name, fact) in &contract.facts.headers {
        if fact.on.is_empty() || fact.on.contains(&answer.status) {
            answer.headers.set(name, fact.example.as_str());
        }
    }
    let mut dice = Dice::new(!seed, request);
    let mut id: Option<String> = None;
    let places = &body.request_id;
    let has_none = !places.iter().any(|at| at.body.is_some() && stands(answer, at));
    for (index, locator) in places.iter().enumerate() {
        let id = id.get_or_insert_with(|| {
            let documented = locator.header.as_ref().and_then(|name| contract.facts.headers.get(name));
            like(documented.map_or(REQUEST_ID, |fact| fact.example.as_str()), &mut dice)
        });
        let stands = match (&locator.header, &locator.body, &answer.body) {
            (Some(_), _, _) => true,
            (None, Some(at), Body::Json(body)) => {
                at.first(body).is_some() || (!answer.is_success() && has_none && index == 0)
            }
            _ => false,
        };
        if stands {
            let id = id.clone();
            put(answer, locator, &id);
        }
    }
}

/// What a mock says where the contract has no words for it.
fn text_for(condition: Condition) -> &'static str {
    match condition {
        Condition::UnknownJob => "There is no such job.",
        Condition::UnknownParent => "What the job should belong to does not exist.",
        Condition::MalformedId => "This is not an id.",
        Condition::MissingCredentials => "The request carries no credentials.",
        Condition::BadCredentials => "The credentials are not known.",
        Condition::BadSignature => "The signature does not match the request.",
        Condition::ExpiredCredentials => "The credentials have expired.",
        Condition::Forbidden => "These credentials do not allow this.",
        Condition::MissingParameter => "A required parameter is missing.",
        Condition::InvalidParameter => "A parameter is not valid.",
        Condition::NotCancellable => "The job cannot be cancelled any more.",
        Condition::UnsupportedKind => "Jobs of this kind cannot be cancelled.",
        Condition::NotRetryable => "The job cannot be started again.",
        Condition::Conflict => "Another job is active.",
        Condition::Throttled => "Too many requests.",
    }
}
