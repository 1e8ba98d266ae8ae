//! The contract file itself.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::around::NotOffered;
use super::auth::Auth;
use super::cancel::{CancelMany, Row};
use super::effect::Effect;
use super::envelope::Envelope;
use super::error::{ErrorBody, ErrorRow, Probe};
use super::graphql::Transport;
use super::invariant::Invariant;
use super::job::JobShape;
use super::lifecycle::Lifecycle;
use super::operation::{Operation, Role};
use super::reference::Reference;
use super::sentence::Sentence;
use super::span::Span;

/// What one vendor documents: the content of `contract.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The vendor's short name, the name of its folder.
    pub id: String,
    /// The API's name.
    pub title: String,
    /// The version of the API.
    pub api_version: String,
    /// Where the facts come from; every other table names one of these.
    pub references: BTreeMap<String, Reference>,
    /// The services, where there are several.
    #[serde(default)]
    pub services: BTreeMap<String, Service>,
    /// How requests prove who sent them.
    pub auth: Auth,
    /// What paths and bodies need beside the job's id.
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    /// The calls.
    pub operations: BTreeMap<String, Operation>,
    /// Response headers.
    #[serde(default)]
    pub headers: BTreeMap<String, HeaderFact>,
    /// How to read one job.
    pub job: JobShape,
    /// States and transitions.
    pub lifecycle: Lifecycle,
    /// The cancel truth table; the first row that matches counts.
    #[serde(default)]
    pub cancel: Vec<Row>,
    /// What an accepted cancel does to members of the job, beside its state.
    #[serde(default)]
    pub cancel_effects: Vec<Effect>,
    /// The retry table; the first row that matches counts.
    #[serde(default)]
    pub retry: Vec<Row>,
    /// What the calls that cancel many jobs do, by operation.
    #[serde(default)]
    pub cancel_many: BTreeMap<String, CancelMany>,
    /// What clients look for and the API does not have.
    #[serde(default)]
    pub not_offered: BTreeMap<Role, NotOffered>,
    /// How an error looks.
    pub error_body: ErrorBody,
    /// Which error is due when; for one condition and operation the first row that matches counts.
    #[serde(default)]
    pub errors: Vec<ErrorRow>,
    /// How often a status may be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polling: Option<Polling>,
    /// Facts across the members of a whole answer and its status.
    #[serde(default)]
    pub envelope: Vec<Envelope>,
    /// Facts across fields.
    #[serde(default)]
    pub invariants: Vec<Invariant>,
    /// Where the vendor's own sources disagree.
    #[serde(default)]
    pub conflicts: BTreeMap<String, Conflict>,
    /// The normative sentences of the documentation, each with what tests it.
    #[serde(default)]
    pub sentences: Vec<Sentence>,
    /// Named variants of this contract, for documentation that changed or differs by site.
    #[serde(default)]
    pub editions: BTreeMap<String, Edition>,
    /// The edition that is judged when none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_edition: Option<String>,
}

/// One of several services of a vendor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What it is called.
    pub title: String,
    /// The GraphQL schema file, for a GraphQL service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graphql: Option<String>,
    /// How a GraphQL service is spoken to over HTTP; needed where `graphql` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<Transport>,
    /// How an error of this service looks, where it looks otherwise than `[error_body]` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_body: Option<ErrorBody>,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// A value that requests need and a target file supplies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// What it is.
    pub title: String,
    /// A value as documented; the mock's own.
    pub example: Value,
    /// A second value that exists on the mock and owns other jobs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<Value>,
    /// A well-formed value that does not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Value>,
    /// Whether a target file may leave it out.
    #[serde(default)]
    pub optional: bool,
    /// Whether nobody may see the value that a target file gives: a password, say.
    #[serde(default)]
    pub secret: bool,
}

/// A documented response header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderFact {
    /// The statuses it is documented for; none means all.
    #[serde(default)]
    pub on: Vec<u16>,
    /// A regular expression that its value matches.
    pub pattern: String,
    /// Whether it must be there.
    #[serde(default)]
    pub required: bool,
    /// The value a mock sends.
    pub example: String,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// How often a status may be asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Polling {
    /// The shortest time between two readings of a job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_interval: Option<Span>,
    /// The most readings in a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// Where the most readings in a minute are documented, where that is elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute_ref: Option<String>,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// A point on which the vendor's own sources disagree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// What they disagree about.
    pub title: String,
    /// What each source says.
    pub sides: Vec<Side>,
}

/// What one source says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// The source.
    #[serde(rename = "ref")]
    pub reference: String,
    /// What it says.
    pub says: String,
    /// What in a success body shows that a server follows this side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Probe>,
    /// What in one job shows that a server follows this side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_in_job: Option<Probe>,
    /// What in an error body shows that a server follows this side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_in_error: Option<Probe>,
}

/// A named variant of the contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// What it stands for.
    pub title: String,
    /// Tables laid over the contract: tables are merged, everything else, arrays included, is replaced.
    #[serde(default)]
    pub overlay: Value,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}
