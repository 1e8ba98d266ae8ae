//! Cases: what is driven, as data.

pub mod after_end;
pub mod around;
pub mod base;
pub mod beginnings;
pub mod cancel;
pub mod cancel_many;
pub mod changes;
pub mod client_bodies;
pub mod credentials;
pub mod echoes;
pub mod effects;
pub mod errors;
pub mod graphql;
pub mod idempotency;
pub mod identities;
pub mod inputs;
pub mod isolation;
pub mod lifecycle;
pub mod listed;
pub mod listing;
pub mod needs;
pub mod not_offered;
pub mod odd_bodies;
pub mod pace;
pub mod parts;
pub mod races;
pub mod reads;
pub mod repeats;
pub mod retry;
pub mod step;
pub mod surfaces;
mod taking;

use serde::Serialize;

pub use needs::Needs;
pub use step::{Arrange, Call, JobRef, Moment, Parents, Part, Race, Slot, Step};
use taking::{creator, finished, finished_with, read, reader, take, take_cancellable, take_with};

use crate::contract::Contract;
use crate::contract::cancel::{RowId, Table};

/// Every case of a contract, in the order of their ids.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let families = [
        lifecycle::cases,
        after_end::cases,
        beginnings::cases,
        cancel::cases,
        effects::cases,
        echoes::cases,
        cancel_many::cases,
        retry::cases,
        surfaces::cases,
        races::cases,
        errors::cases,
        credentials::cases,
        inputs::cases,
        odd_bodies::cases,
        client_bodies::cases,
        listing::cases,
        listed::cases,
        idempotency::cases,
        isolation::cases,
        identities::cases,
        reads::cases,
        repeats::cases,
        graphql::cases,
        around::cases,
        changes::cases,
        parts::cases,
        pace::cases,
        not_offered::cases,
    ];
    let mut cases: Vec<Case> = families.iter().flat_map(|family| family(contract)).collect();
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    cases
}

/// Why a contract gives nothing to drive.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Silence {
    /// The documentation does not say what is right.
    Undocumented(String),
    /// It does, and the contract has no call that would show it.
    NoWay(String),
}

impl Silence {
    /// The reason in words.
    pub fn words(&self) -> &str {
        match self {
            Silence::Undocumented(words) | Silence::NoWay(words) => words,
        }
    }
}

impl From<String> for Silence {
    fn from(words: String) -> Self {
        Silence::Undocumented(words)
    }
}

impl From<&str> for Silence {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

/// A named sequence of steps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// `<vendor>::<operation>::<what>[::<variant>]`.
    pub id: String,
    /// What it shows, in one line.
    pub title: String,
    /// The operation it is about.
    pub operation: String,
    /// The row of the cancel or the retry table that it is about, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<RowId>,
    /// The rules it was made for: each gets a verdict, even if only a skip. Other rules get one where they find
    /// something to judge.
    pub rules: Vec<&'static str>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Why the contract gives nothing to drive, where that is so: the case is then a skip.
    pub silent: Option<Silence>,
}

impl Case {
    /// A case of one operation. `what` is the part of the id after the operation.
    fn new(contract: &Contract, operation: &str, what: &str, title: String, rules: &[&'static str]) -> Case {
        let id = format!("{}::{operation}::{what}", contract.facts.id);
        let operation = operation.to_owned();
        Case { id, title, operation, row: None, rules: rules.to_vec(), steps: Vec::new(), silent: None }
    }

    /// The same case, about a job in this state with these facets, as a row of the table has them.
    fn by(mut self, table: Table, state: &str, facets: String) -> Case {
        self.row = Some(RowId { table, state: state.to_owned(), facets });
        self
    }

    /// The same case with one more step.
    fn then(mut self, step: Step) -> Case {
        self.steps.push(step);
        self
    }

    /// What the case does to the server: the roles of the calls it makes and the jobs it asks for.
    pub fn needs(&self, contract: &Contract) -> Needs {
        Needs::of(self, contract)
    }
}
