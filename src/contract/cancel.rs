//! What a cancel, a retry and a cancel of many may do.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Contract;
use super::error::Condition;
use super::one_of::one_table;
use super::operation::Role;
use super::pointer::Pointer;

/// The tables of what becomes of a call on one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Table {
    /// The cancel truth table.
    Cancel,
    /// The retry table.
    Retry,
}

impl Table {
    /// The word used in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Table::Cancel => "cancel",
            Table::Retry => "retry",
        }
    }

    /// The role of the calls it speaks of.
    pub fn role(self) -> Role {
        match self {
            Table::Cancel => Role::Cancel,
            Table::Retry => Role::Retry,
        }
    }

    /// The rows of a contract.
    pub fn rows(self, contract: &Contract) -> &[Row] {
        match self {
            Table::Cancel => &contract.facts.cancel,
            Table::Retry => &contract.facts.retry,
        }
    }
}

/// What tells a row of a table from others, for one state and one combination of facets: the same in every run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct RowId {
    /// The table: `cancel` or `retry`.
    pub table: Table,
    /// The state of the job.
    pub state: String,
    /// The facets that decide, in words; empty where none do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub facets: String,
}

impl std::fmt::Display for RowId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.facets.is_empty() {
            write!(f, "{}", self.state)
        } else {
            write!(f, "{} ({})", self.state, self.facets)
        }
    }
}

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
    /// For a retry through one of several services: where it is documented that the others get to know the new job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_ref: Option<String>,
    /// Where it is documented what the job becomes, when that is elsewhere than the row itself.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Where it is documented what the answer and the first reading show, when that is elsewhere, or less sure, than
    /// what the job becomes in the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows_ref: Option<String>,
}

/// What one call that cancels many jobs does. The jobs meant are those of the parents that the request names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelMany {
    /// The earliest time of creation of the jobs meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_after: Option<RangeEnd>,
    /// The latest time of creation of the jobs meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_before: Option<RangeEnd>,
    /// Where the number of cancelled jobs stands in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Pointer>,
    /// Where the documentation is silent on what becomes of the jobs meant: what is open. All others must stay as they
    /// are in any case. When left out, each job meant whose own cancel would be accepted is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undocumented: Option<String>,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

impl CancelMany {
    /// Both ends of the range, the earlier first.
    pub fn ends(&self) -> impl Iterator<Item = (Edge, &RangeEnd)> {
        [(Edge::After, &self.created_after), (Edge::Before, &self.created_before)]
            .into_iter()
            .filter_map(|(edge, end)| Some((edge, end.as_ref()?)))
    }
}

/// One end of a range of creation times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RangeEnd {
    /// Where it goes in the request, as in RFC 3339.
    pub at: Pointer,
    /// Whether a job created at this very moment belongs to the range; left out where no page says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inclusive: Option<bool>,
    /// Where that is documented, when it is elsewhere than the call.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// Which end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// The earlier one: jobs created after it are meant.
    After,
    /// The later one: jobs created before it are meant.
    Before,
}

impl Edge {
    /// The word used in ids and messages.
    pub fn word(self) -> &'static str {
        match self {
            Edge::After => "created-after",
            Edge::Before => "created-before",
        }
    }
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
