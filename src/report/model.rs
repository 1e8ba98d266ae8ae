//! What a run found, as data. The JSON form of this model is the report format; its version is [`FORMAT`].

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::cancel::RowId;
use crate::contract::operation::Role;
use crate::contract::reference::Basis;
use crate::rule::{About, Level, Why};

/// The version of the report format. It grows when a member is taken away or changes its meaning.
pub const FORMAT: u32 = 2;

/// A whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this format.
    pub format: u32,
    /// What made the report.
    pub tool: Tool,
    /// How the run was set up and how it ended.
    pub run: Run,
    /// The contracts judged.
    pub contracts: Vec<ContractInfo>,
    /// The number of outcomes of each verdict. They add up to the number of outcomes.
    pub summary: Summary,
    /// One verdict for each pair of a case and a rule, ordered by vendor, case and rule.
    pub outcomes: Vec<Outcome>,
    /// What was found, ordered by vendor, gravity, rule, case and exchange.
    pub findings: Vec<FindingInfo>,
    /// The exchanges that findings point at, without secrets.
    pub exchanges: Vec<ExchangeInfo>,
    /// What was not tested, and why: the reasons of all skips and errors, with the cases they concern.
    pub not_tested: Vec<NotTested>,
    /// For each thing that should be judged: what was, and why not more. Whatever counts what was judged reads this.
    #[serde(default)]
    pub ledger: Vec<LedgerRow>,
    /// What stands behind many findings at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
}

/// One thing that should be judged: a rule on an operation, by a row of a table where one says what is right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerRow {
    /// The vendor.
    pub vendor: String,
    /// The rule.
    pub rule: String,
    /// The operation.
    pub operation: String,
    /// What the operation does to jobs.
    pub role: Role,
    /// The row of the cancel or the retry table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<RowId>,
    /// How many exchanges were looked at.
    pub judged: usize,
    /// How many findings came of it.
    pub broken: usize,
    /// Why there is not more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why_not: Vec<WhyNot>,
}

/// A reason for which something was not judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WhyNot {
    /// The reason.
    #[serde(flatten)]
    pub why: Why,
    /// How many cases it concerns.
    pub times: usize,
}

/// One thing that stands behind many findings: told once, in their place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// The vendor.
    pub vendor: String,
    /// What kind of cause it is; never changes.
    pub kind: String,
    /// The operations that it concerns.
    pub operations: Vec<String>,
    /// What is the matter, in one line.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// Whether it leaves the run without a verdict. Otherwise it is worth a note.
    pub is_fatal: bool,
    /// How many answers show it.
    pub answers: usize,
    /// The exchange that shows it.
    pub exchange: String,
    /// The fingerprints of the findings that hang below it. They are told, and do not count.
    pub findings: Vec<String>,
}

/// What made the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `jobproof`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// How the run was set up and how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// The seed of everything generated.
    pub seed: u64,
    /// Whether warnings count as failures.
    pub strict: bool,
    /// Whether the run was ended before all cases were driven.
    pub interrupted: bool,
    /// How many requests were sent.
    pub requests: usize,
    /// How long the run took by the clock of its targets, in milliseconds.
    pub milliseconds: u64,
    /// What had to be judged for the run to have a verdict, as `GROUP` or `GROUP=N%`. Where nothing is asked for, each
    /// group and each role that the target allows must have something judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<String>,
}

/// One contract that was judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContractInfo {
    /// The vendor.
    pub vendor: String,
    /// The API's name.
    pub title: String,
    /// The API's version.
    pub api_version: String,
    /// The edition, where the vendor has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// What was tested: `built-in mock`, or the base URL without secrets.
    pub target: String,
    /// The fault the built-in mock was given, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// How long ended jobs were watched after their end; none where no case looked at them again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<Watched>,
    /// What the run did that weakens its result: insecure TLS, literal secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// For how long jobs were watched after their end. What happens to them later was not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Watched {
    /// How many jobs were read again.
    pub jobs: usize,
    /// The longest time between the first reading of an end and the last one of the same job, in milliseconds.
    pub milliseconds: u64,
}

/// The verdict of a pair of a case and a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The requirement is met.
    Pass,
    /// It is violated.
    Fail,
    /// A SHOULD is violated, or a MUST that rests on a guess.
    Warn,
    /// The documentation is silent or contradicts itself; what was seen is recorded.
    Note,
    /// It was not judged, for the reason given.
    Skip,
    /// It could not be judged.
    Error,
    /// It is violated, and listed in the baseline.
    Known,
    /// It is listed in the baseline and met now.
    Fixed,
}

impl Verdict {
    /// Every verdict, in the order reports print them.
    pub const ALL: [Verdict; 8] = [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Warn,
        Verdict::Note,
        Verdict::Skip,
        Verdict::Error,
        Verdict::Known,
        Verdict::Fixed,
    ];

    /// The word used in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Warn => "warn",
            Verdict::Note => "note",
            Verdict::Skip => "skip",
            Verdict::Error => "error",
            Verdict::Known => "known",
            Verdict::Fixed => "fixed",
        }
    }
}

/// The number of outcomes of each verdict.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Summary(pub BTreeMap<String, usize>);

impl Summary {
    /// Counts the outcomes; every verdict has an entry.
    pub fn of(outcomes: &[Outcome]) -> Summary {
        let mut counts: BTreeMap<String, usize> =
            Verdict::ALL.iter().map(|v| (v.word().to_owned(), 0)).collect();
        for outcome in outcomes {
            *counts.entry(outcome.verdict.word().to_owned()).or_default() += 1;
        }
        Summary(counts)
    }

    /// The number of outcomes of one verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.0.get(verdict.word()).copied().unwrap_or_default()
    }
}

/// One verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// The vendor.
    pub vendor: String,
    /// The case.
    pub case: String,
    /// The rule; empty where the case could not be driven at all and was made for no rule.
    pub rule: String,
    /// The verdict.
    pub verdict: Verdict,
    /// For skips and errors: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same as a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
}

/// One finding with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FindingInfo {
    /// The same for the same finding in another run: it is made of vendor, edition, rule, operation, place, kind and what
    /// it is about. Neither words nor times change it.
    pub fingerprint: String,
    /// The rule.
    pub rule: String,
    /// What kind of violation it is, within the rule.
    #[serde(default)]
    pub kind: String,
    /// What it is about beside its place, where that tells it from others of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// The kind of the cause that it hangs below, where it hangs below one: it is told, and does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// How grave it is.
    pub level: Level,
    /// The vendor.
    pub vendor: String,
    /// The case that shows it; `also` names the others.
    pub case: String,
    /// Where else the same habit shows: the same rule, reference and kind, in other cases, operations or places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Also>,
    /// The operation.
    pub operation: String,
    /// What is wrong.
    pub message: String,
    /// What the contract expects.
    pub expected: String,
    /// What was seen.
    pub actual: String,
    /// Where in the response body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The id of the exchange that shows it.
    pub exchange: String,
    /// Where the expectation comes from.
    pub reference: ReferenceInfo,
    /// How to mend it.
    pub help: String,
    /// A `curl` line that shows it again.
    pub curl: String,
}

impl FindingInfo {
    /// The cases that show it, each once, its own among them.
    pub fn cases(&self) -> BTreeSet<&str> {
        std::iter::once(self.case.as_str()).chain(self.also.iter().map(|also| also.case.as_str())).collect()
    }
}

/// Where else a finding shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Also {
    /// The case.
    pub case: String,
    /// The operation; empty in reports of format 1, which told cases only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub operation: String,
    /// Where in the response body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// Its fingerprint; empty in reports of format 1.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fingerprint: String,
}

impl<'de> Deserialize<'de> for Also {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// As it was in format 1, and as it is.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Case(String),
            Whole {
                case: String,
                #[serde(default)]
                operation: String,
                #[serde(default)]
                pointer: Option<String>,
                #[serde(default)]
                about: Option<About>,
                #[serde(default)]
                fingerprint: String,
            },
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::Case(case) => Also {
                case,
                operation: String::new(),
                pointer: None,
                about: None,
                fingerprint: String::new(),
            },
            Form::Whole { case, operation, pointer, about, fingerprint } => {
                Also { case, operation, pointer, about, fingerprint }
            }
        })
    }
}

/// Where an expectation comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReferenceInfo {
    /// The reference's id in the contract.
    pub id: String,
    /// Name of the page, package or section.
    pub title: String,
    /// Where to find it.
    pub source: String,
    /// How sure it is.
    pub basis: Basis,
    /// The words it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

/// One exchange, without secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExchangeInfo {
    /// `<case>#<number within the case>`.
    pub id: String,
    /// The operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Request headers.
    pub request_headers: Vec<(String, String)>,
    /// The request's body.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request_body: String,
    /// The HTTP status of the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Response headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response_headers: Vec<(String, String)>,
    /// The response's body; cut where it is long.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub response_body: String,
    /// Why there is no response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it was sent, in milliseconds since the start of the run.
    pub sent_ms: u64,
    /// How long the answer took, in milliseconds.
    pub took_ms: u64,
}

/// One reason for which something was not tested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NotTested {
    /// The vendor.
    pub vendor: String,
    /// The reason, with what to do about it where something can be done.
    pub reason: String,
    /// How many outcomes it concerns.
    pub outcomes: usize,
    /// The cases it concerns.
    pub cases: Vec<String>,
}
