//! What calls do beside jobs: make and remove what jobs belong to, and show a job's parts in pages.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::operation::Method;
use super::pointer::Pointer;

/// A call makes something that stands for one of the contract's parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Makes {
    /// The parameter.
    pub parameter: String,
    /// Where its new value stands in the answer.
    pub at: Pointer,
}

/// A call that reads one job shows one page of a list inside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    /// Where the list stands in the job.
    pub at: Pointer,
    /// Where the id of one item stands in it.
    pub id: Pointer,
    /// Where the number of the page, from 1, goes in the request.
    pub page: Pointer,
    /// Where the size of a page goes in the request.
    pub size: Pointer,
    /// The size when none is asked for.
    pub default_size: u64,
    /// Where the pages are documented.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Where it is documented that the pages hold every item once.
    pub agrees_ref: String,
}

/// A call lists something other than jobs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Items {
    /// Where the list stands in a success body.
    pub at: Pointer,
    /// Where the id of one item stands in it.
    pub id: Pointer,
}

/// Something that clients look for and the API does not have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotOffered {
    /// Requests that a client might try, to show that they do nothing.
    pub probes: Vec<Guess>,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// A request that no operation is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Guess {
    /// The HTTP method.
    pub method: Method,
    /// The path; `{parameters}` are filled in, and `{job}` is the job's id.
    pub path: String,
    /// The query, filled in likewise.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// The service, where a vendor has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}
