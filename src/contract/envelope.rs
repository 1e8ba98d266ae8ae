//! Facts across the members of a whole answer and its HTTP status, which a JSON Schema cannot say.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Probe;
use super::one_of::one_table;
use super::pointer::Pointer;

/// One fact that holds for every answer with a JSON body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// A short name.
    pub name: String,
    /// The answers it speaks of; all of them when left out.
    #[serde(default)]
    pub on: Answers,
    /// What must hold.
    pub require: Agreement,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// Which answers a fact speaks of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Answers {
    /// All.
    #[default]
    Any,
    /// Those that say yes.
    Accepted,
    /// Those that say no, by their status or inside a success.
    Refused,
}

/// What must hold. Where a member it speaks of is absent or null, nothing is said, unless it is said otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(transform = one_table)]
pub enum Agreement {
    /// The member, a text or a number, is the answer's HTTP status.
    HttpStatus(Pointer),
    /// The member is true under a success status only.
    SuccessFlag(Pointer),
    /// Where the test holds, the member is one of these words.
    Word(WordFact),
    /// Where the test holds, the member is there, and is none of these words.
    OtherWord(OtherWordFact),
}

/// Under a condition a member is one of some words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WordFact {
    /// When it is said.
    pub when: Probe,
    /// The member.
    pub at: Pointer,
    /// The words.
    pub one_of: Vec<String>,
}

/// Under a condition a member is there and is none of some words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherWordFact {
    /// When it is said.
    pub when: Probe,
    /// The member.
    pub at: Pointer,
    /// The words.
    pub none_of: Vec<String>,
}

impl Agreement {
    /// The member it speaks of.
    pub fn at(&self) -> &Pointer {
        match self {
            Agreement::HttpStatus(at) | Agreement::SuccessFlag(at) => at,
            Agreement::Word(fact) => &fact.at,
            Agreement::OtherWord(fact) => &fact.at,
        }
    }
}
