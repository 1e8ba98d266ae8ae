//! What came of a proof, as data. The JSON form of this model is a format of its own; its version is [`FORMAT`].

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::report::model::Tool;
use crate::rule::Level;

/// The version of the format. It grows when a member is taken away or changes its meaning.
pub const FORMAT: u32 = 1;

/// How well the suite sees seeded faults, and how well it keeps silent on decoys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Proof {
    /// The version of this format.
    pub format: u32,
    /// What made the proof.
    pub tool: Tool,
    /// The seed of everything generated.
    pub seed: u64,
    /// Whether the mocks were asked over loopback HTTP.
    pub over_http: bool,
    /// Whether the run was ended before everything was tried.
    pub interrupted: bool,
    /// How many requests were sent.
    pub requests: usize,
    /// The score of all vendors.
    pub score: Score,
    /// The sentences of all vendors.
    #[serde(default)]
    pub sentences: SentenceScore,
    /// The vendors, in alphabetical order.
    pub vendors: Vec<VendorProof>,
    /// How each rule did, by its id, over all vendors.
    pub rules: BTreeMap<String, RuleScore>,
}

/// The score in two pairs of numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// Faults that a rule saw which had to see it.
    pub caught: usize,
    /// Faults tried.
    pub seeded: usize,
    /// Decoys that raised no alarm.
    pub silent: usize,
    /// Decoys tried.
    pub decoys: usize,
}

/// How many sentences of the documentation are broken by faults of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SentenceScore {
    /// Sentences of which each fault that they name was seen, by a rule and in a case that they name.
    pub broken: usize,
    /// Sentences that the contracts call tested.
    pub tested: usize,
}

/// A sentence that names a fault which none of its rules saw in its cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Unbroken {
    /// The sentence.
    pub says: String,
    /// The rules that it names.
    pub rules: Vec<String>,
    /// The faults that were not seen.
    pub faults: Vec<String>,
}

/// How one rule did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleScore {
    /// Faults that it saw.
    pub saw: usize,
    /// Faults that name it among the rules of which one must see them.
    pub named: usize,
    /// Decoys that it raised an alarm over.
    pub false_alarms: usize,
    /// Decoys that it left a note on, the mock without any oddity among them.
    pub noted: usize,
    /// Vendors on whose mock without any oddity it passed at least once.
    pub passed: usize,
}

/// What came of the mock of one contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VendorProof {
    /// The vendor.
    pub vendor: String,
    /// The edition of the contract, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// The score.
    pub score: Score,
    /// The score of each mechanism: the first part of an id.
    pub mechanisms: BTreeMap<String, Score>,
    /// The score of each step from state to state, written `FROM -> TO`: declared ones are taken by decoys, others by
    /// faults.
    pub edges: BTreeMap<String, Score>,
    /// The faults that no rule saw which had to see them.
    pub survivors: Vec<Survivor>,
    /// The alarms over decoys, and over the mock without any oddity.
    pub false_alarms: Vec<FalseAlarm>,
    /// Decoys that answered every request as the usual mock does, so that their silence proves nothing. What shows over
    /// the network only is left out, and over the network everything is.
    pub inert: Vec<String>,
    /// Entries of the list of accepted survivors that name no survivor.
    pub outdated: Vec<String>,
    /// How the sentences of its documentation did.
    #[serde(default)]
    pub sentences: SentenceScore,
    /// The sentences that name a fault which was not seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unbroken: Vec<Unbroken>,
}

/// A fault that was not caught.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Survivor {
    /// The fault's id.
    pub fault: String,
    /// What is wrong with such a mock.
    pub title: String,
    /// The rules of which one had to see it.
    pub caught_by: Vec<String>,
    /// Other rules that raised an alarm over it.
    pub alarmed: Vec<String>,
    /// Why it is accepted, where it is in the list of accepted survivors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

/// An alarm where there is nothing wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FalseAlarm {
    /// The decoy's id; `none` for the mock without any oddity.
    pub decoy: String,
    /// The case.
    pub case: String,
    /// The rule.
    pub rule: String,
    /// How grave; left out where the case could not be judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// What it says.
    pub message: String,
}

impl Proof {
    /// Whether every fault was caught or is accepted, and no alarm was false.
    pub fn holds(&self) -> bool {
        self.vendors.iter().all(|vendor| {
            vendor.survivors.iter().all(|survivor| survivor.accepted.is_some())
                && vendor.false_alarms.is_empty()
                && vendor.inert.is_empty()
                && vendor.outdated.is_empty()
                && vendor.unbroken.is_empty()
        })
    }

    /// The exit code: 0 where it holds, 1 where it does not, 130 where it was interrupted.
    pub fn exit_code(&self) -> u8 {
        match (self.interrupted, self.holds()) {
            (true, _) => 130,
            (false, true) => 0,
            (false, false) => 1,
        }
    }
}

/// The JSON Schema, draft 2020-12, of the JSON form of a proof.
pub fn meta_schema() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Proof>().to_value()
}
