//! What a cancel, a retry and a cancel of many may do.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Condition;
use super::one_of::one_table;
use super::pointer::Pointer;

/// One row of the cancel truth table, or of the retry table: which jobs it speaks of, and what must happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The states it speaks of.
    #[serde(default)]
    pub state: Vec<String>,
    /// The facet values it speaks of; a facet left out may have any value. For a facet with several values (tasks),
    /// all of them must be listed.
    #[serde(default)]
    pub facets: BTreeMap<String, Vec<String>>,
    /// What must happen.
    pub expect: Expect,
    /// The reference by which a success answer that leaves the job unchanged is tolerated where a refusal is
    /// expected. Such an answer is noted, never failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchanged_ref: Option<String>,
    /// Where the rule is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// What must happen when a job is cancelled or retried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(transform = one_table)]
pub enum Expect {
    /// The call succeeds.
    Accepted(Accepted),
    /// The call is refused with the errors of this condition, and nothing changes.
    Refused(Condition),
    /// The documentation is silent: whatever happens is noted. The text says what is open.
    Undocumented(String),
}

/// What follows when a call is accepted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The states the answer, or the first reading after it, may show.
    #[serde(default)]
    pub leads_to: Vec<String>,
    /// The states the job ends in.
    #[serde(default)]
    pub settles_in: Vec<String>,
    /// The states the job may end in when it finished before the cancel took hold.
    #[serde(default)]
    pub or_races_to: Vec<String>,
    /// Whether the job may be gone afterwards: requests for it are then answered as for a job that does not exist.
    #[serde(default)]
    pub or_gone: bool,
    /// For a retry: whether the answer names a new job and leaves the original alone.
    #[serde(default)]
    pub new_job: bool,
    /// Where it is documented what the job becomes, when that is elsewhere than the row itself.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A cancel of many jobs at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelMany {
    /// The ways to say which jobs are meant, by name.
    pub selectors: BTreeMap<String, Selector>,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// One way to say which jobs are meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// Where one job's id goes in the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Pointer>,
    /// Where the parents' ids go, by parameter.
    #[serde(default)]
    pub parents: BTreeMap<String, Pointer>,
    /// Where the latest time of creation goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_before: Option<Pointer>,
    /// Where the earliest time of creation goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_after: Option<Pointer>,
}

/// The first row that speaks of a job in `state` with these facet values.
pub fn row<'r>(rows: &'r [Row], state: &str, facets: &BTreeMap<String, Vec<String>>) -> Option<&'r Row> {
    rows.iter().find(|row| {
        (row.state.is_empty() || row.state.iter().any(|s| s == state))
            && row.facets.iter().all(|(name, allowed)| {
                facets.get(name).is_some_and(|values| values.iter().all(|value| allowed.contains(value)))
            })
    })
}
