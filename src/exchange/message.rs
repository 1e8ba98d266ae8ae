//! One request with its response or transport error.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::headers::Headers;
use crate::contract::error::Condition;
use crate::contract::operation::Role;

/// A request as it goes over the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The service it is for, where a vendor has several.
    pub service: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// Path and query, percent-encoded.
    pub target: String,
    /// Header fields.
    pub headers: Headers,
    /// The body; empty when there is none.
    pub body: Vec<u8>,
}

impl Request {
    /// The percent-encoded path.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Whether the body is empty, and labelled JSON all the same.
    pub fn is_empty_json(&self) -> bool {
        self.body.is_empty() && self.headers.get("content-type").is_some_and(|label| label.contains("json"))
    }

    /// The query's raw text, without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}

/// A response as it came over the wire.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Header fields.
    pub headers: Headers,
    /// The body; cut at the limit of the target when it is longer.
    pub body: Vec<u8>,
    json: OnceLock<Result<Value, String>>,
}

impl Response {
    /// A response from its parts.
    pub fn new(status: u16, headers: Headers, body: Vec<u8>) -> Self {
        Response { status, headers, body, json: OnceLock::new() }
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// Says in one line why the body is not JSON: it is empty, not UTF-8, nested too deep, or not JSON at all.
    pub fn json(&self) -> Result<&Value, &str> {
        self.json.get_or_init(|| parse(&self.body)).as_ref().map_err(String::as_str)
    }

    /// Whether the status is from 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

fn parse(body: &[u8]) -> Result<Value, String> {
    if body.is_empty() {
        return Err("the body is empty".into());
    }
    let text =
        std::str::from_utf8(body).map_err(|e| format!("the body is not UTF-8 (byte {})", e.valid_up_to()))?;
    serde_json::from_str(text).map_err(|e| {
        if text.trim_start().starts_with('<') {
            "the body is markup (HTML or XML), not JSON".into()
        } else if e.to_string().contains("recursion limit") {
            "the body is nested more than 127 levels deep".into()
        } else {
            format!("the body is not JSON: {e}")
        }
    })
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TransportError {
    /// No connection could be made.
    Unreachable(String),
    /// Nothing, or not everything, came within the deadline.
    TimedOut(String),
    /// The body is longer than the limit.
    TooLarge(String),
    /// The server sends the client elsewhere; it was not followed.
    Redirected(String),
    /// The connection broke after the request was sent, or what came is not HTTP.
    Broken(String),
    /// The request cannot be sent as it is written: nothing was.
    Unsendable(String),
}

impl std::fmt::Display for TransportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TransportError::Unreachable(why) => write!(f, "unreachable: {why}"),
            TransportError::TimedOut(why) => write!(f, "timed out: {why}"),
            TransportError::TooLarge(why) => write!(f, "body too large: {why}"),
            TransportError::Redirected(why) => write!(f, "redirect not followed: {why}"),
            TransportError::Broken(why) => write!(f, "broken: {why}"),
            TransportError::Unsendable(why) => write!(f, "not sent: {why}"),
        }
    }
}

/// What a request asks for, read off the request itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    /// The operation, where the contract has one for this method and path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Its role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The job the request names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The parents the request names, by parameter.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parents: BTreeMap<String, String>,
    /// The facets of the job: those of the job that a create asks for, and what a driver knows of the job it names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facets: BTreeMap<String, Vec<String>>,
    /// The idempotency token the request carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_token: Option<String>,
    /// The whole request as contracts see it: `{ path, query, headers, body }`. In the body of a GraphQL request,
    /// `variables` holds the arguments of the root field.
    pub view: Value,
    /// What only GraphQL requests have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graphql: Option<super::graphql::Document>,
}

/// What a driver meant by a request. No recording of other people's traffic knows any of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Meant {
    /// The condition the request was made to bring about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probe: Option<Condition>,
    /// What was made wrong about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub violation: Option<Violation>,
    /// The role of the operation that it tries although the API has none of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_offered: Option<Role>,
    /// Who sent it, where that is not the usual identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// The filter of a list, by name, with the state it asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<(String, Option<String>)>,
    /// The number of the walk through a list's pages that this request belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub walk: Option<usize>,
    /// Whether the sender gave up the walk after this page, by a bound of its own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gave_up: bool,
    /// The group of requests that were sent at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub together: Option<usize>,
}

/// What was made wrong about a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Violation {
    /// In words, values and all.
    pub words: String,
    /// The same without anything that changes from run to run: the constraint, and the place with `*` for each index.
    pub parameter: String,
}

impl Violation {
    /// The constraint that is broken for a member whose name is written in other letter case.
    pub const NAME_CASE: &str = "name-case";
    /// What is odd about a request whose body is JSON, and no object.
    pub const ROOT: &str = "root";
    /// What is odd about a request whose body is labelled JSON, and is none.
    pub const NOT_JSON: &str = "not-json";
    /// What is odd about a request with a text that has a NUL in it.
    pub const NUL: &str = "nul";
    /// What is odd about a request that names a job by what looks like no id at all.
    pub const ODD_ID: &str = "odd-id";

    /// A violation in these words. `parameter` must be the same in every run.
    pub fn new(words: impl Into<String>, parameter: impl Into<String>) -> Violation {
        Violation { words: words.into(), parameter: parameter.into() }
    }

    /// A violation of this constraint at this place of the request.
    pub fn at(words: impl Into<String>, constraint: &str, at: &str) -> Violation {
        let place = |segment: &str| {
            let is_index = !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit());
            if is_index { "*".to_owned() } else { segment.to_owned() }
        };
        let at: Vec<String> = at.split('/').map(place).collect();
        Violation::new(words, format!("{constraint} {}", at.join("/")))
    }

    /// Whether no page says what such a request is answered: it may never get as far as the API. Only that the server
    /// stays up counts, and that it does nothing that the request does not ask for.
    pub fn is_beyond_words(&self) -> bool {
        [Self::ROOT, Self::NOT_JSON, Self::NUL, Self::ODD_ID].contains(&self.constraint())
    }

    /// The constraint that is broken, where it has one.
    pub fn constraint(&self) -> &str {
        self.parameter.split(' ').next().unwrap_or_default()
    }
}

/// Valid credentials beside the usual ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// Those of another account or project.
    Foreign,
    /// Those that may read, and not change anything.
    ReadOnly,
}

impl Identity {
    /// Each of them.
    pub const ALL: [Identity; 2] = [Identity::Foreign, Identity::ReadOnly];

    /// The name of its table in target files.
    pub fn word(self) -> &'static str {
        match self {
            Identity::Foreign => "foreign",
            Identity::ReadOnly => "read_only",
        }
    }
}

/// One request with its response or transport error.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What was asked.
    pub asked: Asked,
    /// What the driver meant by it; none where no driver of ours sent it.
    pub meant: Option<Meant>,
    /// The request, as sent.
    pub request: Request,
    /// What came of it.
    pub outcome: Result<Response, TransportError>,
    /// When it was sent, since the start of the run.
    pub sent: Duration,
    /// When the answer was complete, since the start of the run.
    pub received: Duration,
}

/// What is meant by a request that no driver sent: nothing beside what it says.
static NOTHING_MEANT: Meant = Meant {
    probe: None,
    violation: None,
    not_offered: None,
    identity: None,
    filter: None,
    walk: None,
    gave_up: false,
    together: None,
};

impl Exchange {
    /// What the driver meant by it; nothing where no driver of ours sent it.
    pub fn meant(&self) -> &Meant {
        self.meant.as_ref().unwrap_or(&NOTHING_MEANT)
    }

    /// The same, to be changed.
    pub fn meant_mut(&mut self) -> &mut Meant {
        self.meant.get_or_insert_default()
    }

    /// The response, where there is one.
    pub fn response(&self) -> Option<&Response> {
        self.outcome.as_ref().ok()
    }

    /// The response when its status says success.
    pub fn success(&self) -> Option<&Response> {
        self.response().filter(|r| r.is_success())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("/body/filters/0/values/12", "maxItems /body/filters/*/values/*")]
    #[case("/query/page2", "maxItems /query/page2")]
    #[case("/body", "maxItems /body")]
    fn what_was_violated_has_no_index(#[case] at: &str, #[case] expected: &str) {
        let violation = Violation::at("breaks it with 7 items", "maxItems", at);
        assert_eq!((violation.parameter.as_str(), violation.constraint()), (expected, "maxItems"));
    }
}
