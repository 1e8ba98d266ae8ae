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
mod why;

use crate::contract::cancel::RowId;
use crate::story::Story;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use tool::lag::LAG;
pub use why::{Seen, Why};

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
    /// A violation of a documented, modelled or asserted fact.
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
    /// What the rule has to see before it can judge, as a thing: `a cancel of a finished job`.
    pub seeks: &'static str,
}

impl Meta {
    /// The part of the id before the slash.
    pub fn group(&self) -> &'static str {
        self.id.split('/').next().unwrap_or_default()
    }
}

/// One violation, or one thing worth a note: data first. Its message says the same in words, which may be mended
/// without making it another finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The exchange that shows it.
    pub exchange: usize,
    /// Where in the response body, where it has a place there.
    pub pointer: Option<String>,
    /// What kind of violation it is, within its rule; never changes.
    pub kind: &'static str,
    /// What it is about beside its place, where that tells it from others of its kind.
    pub about: Option<About>,
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

/// What a finding is about, beside its place in the body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// A row of the cancel or the retry table.
    Row(RowId),
    /// A state, or a step from one to another, written `FROM -> TO`.
    State(String),
    /// A member of a job, or another word of the contract that stands for a place.
    Member(String),
    /// What was made wrong about a request: the parameter, and the constraint that it breaks.
    Parameter(String),
    /// A status or a code.
    Code(String),
}

/// Something that a rule looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Looked {
    /// The exchange.
    pub exchange: usize,
    /// The row of a table that says what is right, where one does.
    pub row: Option<RowId>,
}

/// What a rule makes of a transcript: what it looked at, what it found, and why it did not look at more. Where it looked
/// at something and found nothing, the requirement is met.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judgement {
    /// What it looked at, in the order it did.
    pub looked_at: Vec<Looked>,
    /// What it found.
    pub found: Vec<Finding>,
    /// Why it did not look at what it speaks of, where it knows.
    pub missing: Vec<Why>,
}

impl Judgement {
    /// A judgement where there is nothing to look at, because the documentation does not say what is right.
    pub fn undocumented(what: &str) -> Judgement {
        let mut judgement = Judgement::default();
        judgement.miss_undocumented(what);
        judgement
    }

    /// Counts an exchange as looked at.
    pub fn look(&mut self, exchange: usize) {
        self.looked_at.push(Looked { exchange, row: None });
    }

    /// Counts an exchange as looked at, by a row of a table.
    pub fn look_by(&mut self, exchange: usize, row: RowId) {
        self.looked_at.push(Looked { exchange, row: Some(row) });
    }

    /// Keeps what was found.
    pub fn find(&mut self, found: impl IntoIterator<Item = Finding>) {
        self.found.extend(found);
    }

    /// Keeps why something was not looked at.
    pub fn miss(&mut self, why: Why) {
        if !self.missing.contains(&why) {
            self.missing.push(why);
        }
    }

    /// Keeps that the documentation does not say what is right.
    pub fn miss_undocumented(&mut self, what: &str) {
        self.miss(Why::Undocumented { what: what.to_owned() });
    }

    /// Whether it looked at anything.
    pub fn is_judged(&self) -> bool {
        !self.looked_at.is_empty()
    }
}

/// One requirement.
pub trait Rule: Sync {
    /// What it is.
    fn meta(&self) -> &'static Meta;

    /// Judges one transcript. Pure: no clock, no I/O, no vendor.
    fn judge(&self, story: &Story<'_>) -> Judgement;
}
