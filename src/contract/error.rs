//! How a vendor says no.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::pointer::Pointer;

/// A situation in which a documented error is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the vocabulary of the contract format")]
pub enum Condition {
    UnknownJob,
    UnknownParent,
    MalformedId,
    MissingCredentials,
    BadCredentials,
    BadSignature,
    ExpiredCredentials,
    Forbidden,
    MissingParameter,
    InvalidParameter,
    NotCancellable,
    UnsupportedKind,
    NotRetryable,
    Conflict,
    Throttled,
}

impl Condition {
    /// Every condition, in the order of the list above.
    pub const ALL: [Condition; 15] = [
        Condition::UnknownJob,
        Condition::UnknownParent,
        Condition::MalformedId,
        Condition::MissingCredentials,
        Condition::BadCredentials,
        Condition::BadSignature,
        Condition::ExpiredCredentials,
        Condition::Forbidden,
        Condition::MissingParameter,
        Condition::InvalidParameter,
        Condition::NotCancellable,
        Condition::UnsupportedKind,
        Condition::NotRetryable,
        Condition::Conflict,
        Condition::Throttled,
    ];

    /// The word used in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Condition::UnknownJob => "unknown-job",
            Condition::UnknownParent => "unknown-parent",
            Condition::MalformedId => "malformed-id",
            Condition::MissingCredentials => "missing-credentials",
            Condition::BadCredentials => "bad-credentials",
            Condition::BadSignature => "bad-signature",
            Condition::ExpiredCredentials => "expired-credentials",
            Condition::Forbidden => "forbidden",
            Condition::MissingParameter => "missing-parameter",
            Condition::InvalidParameter => "invalid-parameter",
            Condition::NotCancellable => "not-cancellable",
            Condition::UnsupportedKind => "unsupported-kind",
            Condition::NotRetryable => "not-retryable",
            Condition::Conflict => "conflict",
            Condition::Throttled => "throttled",
        }
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// Where an error's parts stand, and which codes there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorBody {
    /// Where the code may stand, the usual place first. One of them must be there.
    pub code: Vec<Locator>,
    /// Where the message may stand.
    #[serde(default)]
    pub message: Vec<Locator>,
    /// Where the request's id may stand.
    #[serde(default)]
    pub request_id: Vec<Locator>,
    /// How to tell an error inside a success status, where the vendor documents that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_success: Option<Probe>,
    /// The documented codes, each with its status.
    #[serde(default)]
    pub codes: BTreeMap<String, Code>,
    /// Whether errors may be plain text: such an error has no code, and its text is its message.
    #[serde(default)]
    pub plain_text: bool,
    /// Whether other codes than those listed may come.
    #[serde(default)]
    pub open: bool,
    /// Where the shape of an error is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// One documented error code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The HTTP statuses it comes with.
    pub status: Vec<u16>,
    /// The operations that document it; none means all.
    #[serde(default)]
    pub operations: Vec<String>,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// A place in a response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Locator {
    /// A response header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// A pointer into the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Pointer>,
    /// Only the text before this mark counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Only the text after this mark counts, where the mark is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A test on a JSON value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Where to look.
    pub at: Pointer,
    /// The value that must stand there; any value when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
}

impl Probe {
    /// Whether the test holds for `value`.
    pub fn holds(&self, value: &Value) -> bool {
        self.at.select(value).iter().any(|(_, found)| self.equals.as_ref().is_none_or(|want| want == *found))
    }
}

/// What must be answered under one condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorRow {
    /// The condition.
    pub when: Condition,
    /// The services it speaks of; none means all.
    #[serde(default)]
    pub services: Vec<String>,
    /// The operations it speaks of; none means all.
    #[serde(default)]
    pub operations: Vec<String>,
    /// The answers that are right; a mock gives the first.
    pub any_of: Vec<Answer>,
    /// Where it is documented that such a request is refused.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Where it is documented how it is refused, when that is elsewhere, or less sure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail_ref: Option<String>,
}

impl ErrorRow {
    /// The reference for how such a request is refused: the status, the code and the words.
    pub fn detail(&self) -> &str {
        self.detail_ref.as_ref().unwrap_or(&self.reference)
    }
}

/// One error answer. What is left out may be anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Whether any status from 400 to 499 will do.
    #[serde(default)]
    pub any_client_error: bool,
    /// The error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A regular expression that the message matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether it comes as a success that `in_success` tells for an error.
    #[serde(default)]
    pub in_success: bool,
    /// The accepted example of the error's schema that a mock begins with; `documented` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<String>,
    /// The message a mock gives; `{id}` is the job's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}
