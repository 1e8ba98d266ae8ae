//! Rules: each reads the story of one transcript, and nothing else.

pub mod auth;
pub mod cancel;
pub mod errors;
pub mod fields;
pub mod graphql;
pub mod idempotency;
pub mod isolation;
pub mod lifecycle;
pub mod limits;
pub mod listing;
pub mod registry;
pub mod retry;
#[cfg(test)]
pub(crate) mod script;
pub mod status;
pub(crate) mod tool;

use crate::contract::Contract;
use crate::contract::reference::Basis;
use crate::story::Story;

/// How strongly a requirement binds, as in RFC 2119.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// A violation fails, when its reference is sure enough.
    Must,
    /// A violation warns.
    Should,
    /// An observation that is recorded, never failed.
    May,
}

impl Keyword {
    /// The word as in RFC 2119.
    pub fn word(self) -> &'static str {
        match self {
            Keyword::Must => "MUST",
            Keyword::Should => "SHOULD",
            Keyword::May => "MAY",
        }
    }
}

/// How grave a finding is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Recorded only.
    Note,
    /// A SHOULD, or a MUST that rests on an inferred or observed fact.
    Warn,
    /// A violation of a documented or modelled fact.
    Fail,
}

/// What a rule is, for people.
#[derive(Debug, Clone, Copy)]
pub struct Meta {
    /// `<group>/<slug>`; never changes.
    pub id: &'static str,
    /// The requirement in one line: lower case, no full stop.
    pub title: &'static str,
    /// How strongly it binds.
    pub keyword: Keyword,
    /// What exactly is checked.
    pub checks: &'static str,
    /// Why clients break when it is violated.
    pub why: &'static str,
    /// How to mend a server that violates it.
    pub fix: &'static str,
}

impl Meta {
    /// The part of the id before the slash.
    pub fn group(&self) -> &'static str {
        self.id.split('/').next().unwrap_or_default()
    }
}

/// One violation, or one thing worth a note.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The exchange that shows it.
    pub exchange: usize,
    /// Where in the response body, where it has a place there.
    pub pointer: Option<String>,
    /// What is wrong, in one line: lower case, no full stop.
    pub message: String,
    /// What the contract expects.
    pub expected: String,
    /// What was seen.
    pub actual: String,
    /// The contract's reference that it rests on.
    pub reference: String,
    /// The gravest level it may have, whatever its reference.
    pub at_most: Level,
}

impl Finding {
    /// The level of this finding under a rule of this keyword: a guess can warn, never fail.
    pub fn level(&self, keyword: Keyword, contract: &Contract) -> Level {
        let level = match (keyword, contract.basis(&self.reference)) {
            (Keyword::May, _) => Level::Note,
            (Keyword::Should, _) | (Keyword::Must, Basis::Observed | Basis::Inferred) => Level::Warn,
            (Keyword::Must, Basis::Documented | Basis::Modelled) => Level::Fail,
        };
        level.min(self.at_most)
    }
}

/// What a rule makes of a transcript.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// The transcript has nothing this rule speaks of; the text says what was missing.
    NotApplicable(String),
    /// The rule could judge; without findings the requirement is met.
    Judged(Vec<Finding>),
}

impl Judgement {
    /// A judgement over `looked_at` things: not applicable where there were none.
    pub fn of(looked_at: usize, findings: Vec<Finding>, missing: &str) -> Judgement {
        if looked_at == 0 {
            Judgement::NotApplicable(missing.to_owned())
        } else {
            Judgement::Judged(findings)
        }
    }
}

/// One requirement.
pub trait Rule: Sync {
    /// What it is.
    fn meta(&self) -> &'static Meta;

    /// Judges one transcript. Pure: no clock, no I/O, no vendor.
    fn judge(&self, story: &Story<'_>) -> Judgement;
}
