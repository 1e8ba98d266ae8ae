//! Sentences of the documentation, and what tests them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One normative sentence of the vendor's documentation. Together they say how much of a page is tested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sentence {
    /// The sentence, or the part of it that says something, as it stands there.
    pub says: String,
    /// The rules that test it.
    #[serde(default)]
    pub rules: Vec<String>,
    /// The cases that bring about what it speaks of: ids without the vendor, `*` for any part.
    #[serde(default)]
    pub cases: Vec<String>,
    /// Faults that break this sentence. Each is seen by one of its rules in one of its cases, which a proof checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// What of it the rules and cases do not see, where they test it weakly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weakly: Option<String>,
    /// Why it cannot be tested; only where no rules and no cases are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_testable: Option<String>,
    /// Where it stands.
    #[serde(rename = "ref")]
    pub reference: String,
}
