//! From what was seen to the words of a finding.

use serde_json::Value;

use super::{Finding, Level};
use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::contract::pointer::Pointer;
use crate::exchange::refusal::is_error_inside;
use crate::exchange::{Exchange, Reading, Response, Transcript};

/// How many characters of a value a finding shows.
const SHOWN: usize = 160;

/// A response to a call that the contract knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'t> {
    /// The exchange's place in the transcript.
    pub(crate) index: usize,
    /// The exchange.
    pub(crate) exchange: &'t Exchange,
    /// The operation's name.
    pub(crate) name: &'t str,
    /// The operation.
    pub(crate) operation: &'t Operation,
    /// The response.
    pub(crate) response: &'t Response,
    /// The schema of an error inside a success status, where it is one and has a schema of its own.
    error_schema: Option<&'t str>,
}

/// The responses of a transcript to calls that the contract knows, in order. A GraphQL request that asks for several
/// things at once is no such call.
pub(crate) fn answers<'t>(
    transcript: &'t Transcript,
    contract: &'t Contract,
) -> impl Iterator<Item = Answer<'t>> {
    transcript.exchanges.iter().enumerate().filter_map(|(index, exchange)| {
        let (name, operation) =
            contract.facts.operations.get_key_value(exchange.asked.operation.as_ref()?)?;
        if exchange.asked.graphql.as_ref().is_some_and(|document| document.keys.len() > 1) {
            return None;
        }
        let transport = contract.service(name).and_then(|service| service.transport.as_ref());
        let error_schema =
            transport.filter(|_| is_error_inside(exchange, contract)).map(|t| t.error.as_str());
        Some(Answer { index, exchange, name, operation, response: exchange.response()?, error_schema })
    })
}

impl<'t> Answer<'t> {
    /// The documented schema of the body; `Some("")` where no body is documented, `None` where the status is not.
    /// The entry `default` speaks of errors only.
    pub(crate) fn schema(&self) -> Option<&'t str> {
        let status = self.response.status;
        if self.error_schema.is_some() {
            return self.error_schema;
        }
        let exact = self.operation.responses.get(&status.to_string());
        let entry = exact.or_else(|| self.operation.responses.get("default").filter(|_| status >= 400));
        entry.map(String::as_str)
    }

    /// The body with its schema, where both are there. A GraphQL client may ask for other members than the contract's
    /// own document does: then no schema speaks of the answer.
    pub(crate) fn body(&self) -> Option<(&'t str, &'t Value)> {
        let is_other = self.exchange.asked.graphql.as_ref().is_some_and(|document| !document.is_whole);
        if is_other && self.response.is_success() && self.error_schema.is_none() {
            return None;
        }
        let schema = self.schema().filter(|name| !name.is_empty())?;
        Some((schema, self.response.json().ok()?))
    }

    /// The reference for what the answer as a whole looks like.
    pub(crate) fn reference(&self, contract: &'t Contract) -> &'t str {
        if self.response.status >= 400 || self.error_schema.is_some() {
            &contract.error_body(self.name).reference
        } else {
            &self.operation.reference
        }
    }
}

impl Finding {
    /// A finding without a place in the body, as grave as its reference allows.
    pub(crate) fn new(
        exchange: usize,
        reference: &str,
        message: String,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Finding {
        Finding {
            exchange,
            pointer: None,
            message,
            expected: expected.into(),
            actual: actual.into(),
            reference: reference.to_owned(),
            at_most: Level::Fail,
        }
    }

    /// The same, at a place in the body.
    pub(crate) fn at(mut self, pointer: impl Into<String>) -> Finding {
        self.pointer = Some(pointer.into());
        self
    }

    /// The same, no graver than this.
    pub(crate) fn at_most(mut self, level: Level) -> Finding {
        self.at_most = level;
        self
    }
}

/// The pointer with `*` for each index of an array, so that a hundred items with one mistake make one finding.
pub(crate) fn collapse(body: &Value, at: &str) -> String {
    let mut here = Some(body);
    at.split('/')
        .skip(1)
        .map(|segment| {
            let is_item = matches!(here, Some(Value::Array(_)));
            here = here.and_then(|value| value.pointer(&format!("/{segment}")));
            if is_item { "/*".to_owned() } else { format!("/{segment}") }
        })
        .collect()
}

/// Where in the response body a member of a reading stands, with `*` for each index.
pub(crate) fn place(transcript: &Transcript, reading: &Reading, below: &str) -> String {
    let at = format!("{}{below}", reading.at);
    match transcript.exchanges.get(reading.exchange).and_then(|e| e.success()).map(Response::json) {
        Some(Ok(body)) => collapse(body, &at),
        _ => at,
    }
}

/// A value as a finding shows it.
pub(crate) fn show(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), |v| cut(&v.to_string()))
}

/// No more of a text than a finding shows.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A test in words.
pub(crate) fn told(probe: &crate::contract::error::Probe) -> String {
    match &probe.equals {
        Some(value) => format!("{} is {value}", probe.at.as_str()),
        None => format!("{} is there", probe.at.as_str()),
    }
}

/// Words as a list for people: `one of A, B, C`.
pub(crate) fn one_of<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let words: Vec<S> = words.into_iter().collect();
    match words.as_slice() {
        [only] => only.as_ref().to_owned(),
        _ => format!("one of {}", words.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")),
    }
}

/// The documented word that `word` is another spelling of: other letter case, `-`, `_` or space. None where `word`
/// is itself documented.
pub(crate) fn respelt<'c>(
    word: &str,
    mut documented: impl Iterator<Item = &'c str> + Clone,
) -> Option<&'c str> {
    let is_documented = documented.clone().any(|d| d == word);
    documented.find(|d| !is_documented && folded(d) == folded(word))
}

fn folded(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Each status word of a reading beside its state: its name, its place in the job, and its text.
pub(crate) fn words<'t>(
    reading: &'t Reading,
    contract: &'t Contract,
) -> impl Iterator<Item = (&'t str, String, &'t str)> {
    contract.shape_of(&reading.operation).words.iter().flat_map(move |(name, word)| {
        word.at
            .select(&reading.job)
            .into_iter()
            .filter_map(move |(at, value)| Some((name.as_str(), at, value.as_str()?)))
    })
}

/// Whether an operation's answers leave out this member of a job.
pub(crate) fn omits(contract: &Contract, reading: &Reading, member: &Pointer) -> bool {
    contract.facts.operations.get(&reading.operation).is_some_and(|operation| {
        operation.omits.iter().any(|omitted| {
            member
                .as_str()
                .strip_prefix(omitted.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    })
}

/// Whether a request for this id is for the job of the reading: vendors with several ids per job take any of them.
pub(crate) fn is_named(reading: &Reading, id: &str) -> bool {
    reading.id == id || reading.aliases.values().any(|alias| alias == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("/jobs/1/id", "/jobs/*/id")]
    #[case("/by/1/id", "/by/1/id")]
    #[case("/jobs/0/tasks/1", "/jobs/*/tasks/*")]
    #[case("", "")]
    fn collapses_indices_only(#[case] at: &str, #[case] expected: &str) {
        let body = json!({"jobs": [{"id": 1, "tasks": [1, 2]}, {"id": 2}], "by": {"1": {"id": 3}}});
        assert_eq!(collapse(&body, at), expected);
    }

    #[rstest]
    #[case("in_progress", Some("IN_PROGRESS"))]
    #[case("InProgress", Some("IN_PROGRESS"))]
    #[case("in progress", Some("IN_PROGRESS"))]
    #[case("IN_PROGRESS", None)]
    #[case("PROGRESS", None)]
    fn knows_other_spellings(#[case] word: &str, #[case] expected: Option<&str>) {
        assert_eq!(respelt(word, ["IN_PROGRESS", "DONE"].into_iter()), expected);
    }

    #[test]
    fn a_documented_word_is_no_other_spelling() {
        assert_eq!(respelt("done", ["DONE", "done"].into_iter()), None);
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(cut(&"é".repeat(161)).chars().count(), 161);
        assert_eq!(show(None), "absent");
    }
}
