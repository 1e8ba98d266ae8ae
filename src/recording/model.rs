//! The lines of a recording, as they stand in the file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::body::Body;
use crate::exchange::curl::Callers;
use crate::exchange::headers::Headers;
use crate::exchange::{Asked, Meant, Origin, TransportError};
use crate::rule::Why;

/// The version of the format; it changes when a reader of the old one would misread the new one.
pub const FORMAT: u32 = 1;

/// One line of a recording. In this order: the header; for each server its subject, then for each of its cases the
/// exchanges and the case, then its end; at last the line that says that the recording is whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The first line: what was run.
    Recording(Header),
    /// A server; what follows belongs to it.
    Subject(About),
    /// An exchange of the case whose line comes next.
    Exchange(Box<Recorded>),
    /// What became of a case; its exchanges stand before it.
    Case(Case),
    /// Nothing more of this server.
    End(End),
    /// The last line.
    Whole(Whole),
}

/// What was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// The version of the format.
    pub format: u32,
    /// The program that wrote the recording.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// The seed that the report tells.
    pub seed: u64,
    /// Whether a warning counted as a failure.
    pub strict: bool,
    /// The cases and rules that were chosen.
    pub choice: Chosen,
    /// How much had to be judged, as it was written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<String>,
}

/// The choice of cases and rules, as it was written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Chosen {
    /// Only cases that match one of these globs.
    pub only: Vec<String>,
    /// No cases that match one of these globs.
    pub skip: Vec<String>,
    /// Only these rules or groups; none means all.
    pub rules: Vec<String>,
}

/// A server, as a report tells of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct About {
    /// The vendor of the contract.
    pub vendor: String,
    /// The edition of the contract, where it has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// A digest of the contract.
    pub contract: String,
    /// What was tested, for people.
    pub target: String,
    /// The fault the built-in mock was given, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// What weakens the result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What stands before each request's target in `curl` lines.
    pub base_url: String,
    /// The same for services that are elsewhere, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub base_urls: BTreeMap<String, String>,
    /// What stands in this recording where secrets stood. Reports show none of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stand_ins: Vec<String>,
}

/// One exchange. Times are in nanoseconds, by the clock of the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recorded {
    /// The case it belongs to.
    pub case: String,
    /// When the request was sent.
    pub sent_ns: u64,
    /// When the answer was complete.
    pub received_ns: u64,
    /// What was asked, read off the request.
    pub asked: Asked,
    /// What the driver meant by it; absent where no driver of ours sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meant: Option<Meant>,
    /// The request, as sent.
    pub request: Request,
    /// What came of it.
    pub outcome: Outcome,
}

/// A request as it went over the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// The service it is for, where a vendor has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// Path and query, percent-encoded.
    pub target: String,
    /// Header fields.
    pub headers: Headers,
    /// The body, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A response.
    Response {
        /// The HTTP status.
        status: u16,
        /// Header fields.
        headers: Headers,
        /// The body, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Body>,
    },
    /// Why there is none.
    Error(TransportError),
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// Its id.
    pub id: String,
    /// How far it came.
    pub came: Came,
    /// Waits that were given up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given_up: Vec<GivenUp>,
    /// Where jobs come from, by each of their ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub known: BTreeMap<String, Origin>,
    /// How `curl` lines write the credentials of those who sent its requests.
    #[serde(default)]
    pub callers: Callers,
    /// How long it took by the clock of its server, in nanoseconds.
    #[serde(default)]
    pub clock_ns: u64,
}

/// How far a case came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// To its end.
    ToItsEnd,
    /// It stopped on the way.
    Stopped(Why),
    /// It was not driven.
    NotDriven(Why),
    /// It was left out by choice.
    LeftOut,
}

/// A wait for a job that was given up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GivenUp {
    /// The job.
    pub job: String,
    /// The states waited for.
    pub waited_for: Vec<String>,
    /// How long, in nanoseconds.
    pub after_ns: u64,
    /// The last exchange of the wait: its place among those of the case, from 0.
    pub exchange: usize,
}

/// What is left to say of a server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct End {
    /// How many requests were sent.
    pub requests: usize,
    /// What may have stayed behind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// What is left to say of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Whole {
    /// Whether the run was interrupted.
    pub interrupted: bool,
}

/// The JSON Schema, draft 2020-12, of one line of a recording.
pub fn meta_schema() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Line>().to_value()
}
