//! Members of a request that the job then has.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::pointer::Pointer;

/// What a start asks for is what the job has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Echo {
    /// Where the member stands in the request, over `{ path, query, body }`.
    pub sent: Pointer,
    /// Where it stands in the job, in the answers that show the job as the answer to the start does.
    pub at: Pointer,
    /// How what is shown goes with what was sent.
    #[serde(default)]
    pub how: Likeness,
    /// What a start of ours sends, `{name}` standing for a parameter and `{client_token}` for a fresh text. Without it
    /// only starts that carry the member anyway are judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Where it is documented that a job need not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent_ref: Option<String>,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// How what a job shows goes with what its start sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// It is the same; a list may be in another order.
    #[default]
    Same,
    /// It holds what was sent, and may hold more.
    Subset,
}
