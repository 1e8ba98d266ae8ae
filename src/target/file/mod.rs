//! The target file: where the server is, what may be done to it, and which jobs it has.
//!
//! [`TargetFile`] is the file as written; [`load`](load::load) checks it against its contract and resolves its
//! secrets, which gives [`Settings`](settings::Settings).

mod assert;
mod auth;
mod check;
mod load;
mod secrets;
pub mod settings;
mod value;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use crate::exchange::JobIds;
pub use assert::Assert;
pub use auth::{AcsKeys, AwsKeys, SdkKeys, TargetAuth, Token};
pub use load::{Refused, Subject, Surroundings, load, meta_schema, parse, subject};
pub use value::Words;

use crate::contract::one_of::one_table;
use crate::contract::span::Span;

/// A target file, as written.
///
/// Values may be `env:NAME` or `file:PATH` in the addresses, the credentials and the parameters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetFile {
    /// The vendor whose contract is judged; or else `contract`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// The folder of the contract that is judged, from the folder of this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// The edition of the contract; the default one when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// Where the server is, for every service that `base_urls` leaves out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Where each service is, where a vendor has several.
    #[serde(default)]
    pub base_urls: BTreeMap<String, String>,
    /// What may be sent; only reads when left out.
    #[serde(default = "reads")]
    pub allow: Vec<Allow>,
    /// What has to be judged for a run to have a verdict: groups of rules, such as `cancel`, each with the least part of it
    /// where that is not all, such as `lifecycle=80%`. Without any, each group and each role that the file allows must have
    /// something judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = r"^[a-z-]+(=([1-9][0-9]?|100)%)?$")))]
    pub require: Vec<String>,
    /// The credentials.
    #[serde(default)]
    pub auth: TargetAuth,
    /// What paths and bodies need beside a job's id, by parameter.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Words>")]
    pub parameters: BTreeMap<String, Value>,
    /// The parameters of a second, foreign parent, for the isolation rules. Those left out are as in `parameters`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Words>")]
    pub other_parent: BTreeMap<String, Value>,
    /// Further credentials.
    #[serde(default)]
    pub identities: Identities,
    /// Jobs known to be in a state, and to stay there until acted on.
    #[serde(default)]
    pub fixtures: Vec<Fixture>,
    /// Members merged into the body of every create request, or into its query where it has no body.
    #[serde(default)]
    pub create: Map<String, Value>,
    /// What puts a job into a state on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrange: Option<Hook>,
    /// What the owner of the API vouches for.
    #[serde(default)]
    pub assert: Assert,
    /// How fast and how long.
    #[serde(default)]
    pub limits: Limits,
    /// How the server is trusted.
    #[serde(default)]
    pub tls: Tls,
}

fn reads() -> Vec<Allow> {
    vec![Allow::Read]
}

/// A kind of call that a target file allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Allow {
    /// Calls that change nothing.
    Read,
    /// Calls that start jobs, retries among them.
    Create,
    /// Calls that cancel one job each.
    Cancel,
    /// Calls that cancel many jobs. They may hit jobs of others that are in the range.
    CancelMany,
    /// Calls that start jobs which destroy data; `create` is needed, too.
    Destroy,
    /// Calls that make, change or remove what jobs belong to. The suite writes only to what it made itself.
    Write,
}

/// Credentials beside the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identities {
    /// Credentials that may read and not cancel, for the authorization rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only: Option<TargetAuth>,
    /// Valid credentials of another account or project, for the isolation rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<TargetAuth>,
}

/// Jobs known to be in a state.
///
/// Facets may stand beside the other members, too: `kind = "..."` is the same as `facets = { kind = "..." }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = value::facets_inline)]
pub struct Fixture {
    /// The state.
    pub state: String,
    /// Whose jobs they are.
    #[serde(default)]
    pub parent: FixtureParent,
    /// Their facets.
    #[serde(default)]
    pub facets: BTreeMap<String, Words>,
    /// The jobs: an id each, or a table of ids where a job has several (`id` and the contract's aliases).
    pub jobs: Vec<JobIds>,
}

/// Whose a fixture's jobs are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FixtureParent {
    /// Those of `parameters`.
    #[default]
    Own,
    /// Those of `other_parent`.
    Other,
}

/// What puts a job into a state on demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(transform = one_table)]
pub enum Hook {
    /// An address that takes `{ state, facets, parents }` by POST and answers `{ "job": { "id": "..." } }`, or
    /// status 404 or 501 where it cannot.
    Http(String),
    /// A program with its arguments, run without a shell. `{state}`, `{facet.NAME}` and `{PARAMETER}` are replaced. It
    /// prints the job's id, or nothing where it cannot.
    Command(Vec<String>),
}

/// How fast and how long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The most requests sent in a second. Unlimited for a server on this machine and 10 for others when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.001, max = 1_000_000.0))]
    pub requests_per_second: Option<f64>,
    /// The most jobs a run creates.
    pub max_jobs: usize,
    /// How long to wait for a job, or for the arrange hook.
    pub deadline: Span,
    /// The time between two readings of a job; at least what the contract asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll_interval: Option<Span>,
    /// How long jobs are watched after their end, before the report. Without it 250 polling intervals, at most 25 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watch_after_end: Option<Span>,
    /// How long one request may take.
    pub request_timeout: Span,
    /// The longest response body, in bytes.
    #[schemars(range(min = 1))]
    pub max_body: usize,
    /// The most requests under way at once.
    #[schemars(range(min = 1, max = 10_000))]
    pub concurrency: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = |seconds| Span(std::time::Duration::from_secs(seconds));
        Limits {
            requests_per_second: None,
            max_jobs: 10,
            deadline: seconds(600),
            poll_interval: None,
            watch_after_end: None,
            request_timeout: seconds(30),
            max_body: 8 << 20,
            concurrency: 8,
        }
    }
}

/// How the server is trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// A file of certificates (PEM) to trust beside the usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
    /// A file with the client's certificate and key (PEM).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_cert: Option<String>,
    /// Whether any certificate will do. The report says so.
    #[serde(default)]
    pub insecure: bool,
}

#[cfg(test)]
mod tests;
