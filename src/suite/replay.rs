//! A recording in place of servers.

use std::sync::Arc;

use super::assemble::{Chosen, Told, assemble};
use crate::contract::Contract;
use crate::recording::model::About;
use crate::recording::{Broken, Recording, replay};
use crate::report::model::Report;
use crate::rule::registry;
use crate::run::plan::Choice;

/// A recording that is to be judged: nothing is sent, and no secret is needed.
///
/// The choice of cases and rules, and whether a warning counts as a failure, are those of the recording unless others
/// are given; with them the report is the same, byte for byte, as that of the run.
#[derive(Debug)]
pub struct Replay {
    recording: Recording,
    contracts: Vec<Arc<Contract>>,
    choice: Choice,
}

/// Why a recording cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoReplay {
    /// It cannot be read.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// There is no contract for it.
    #[error("{0}")]
    NoContract(String),
    /// It has no server of this vendor.
    #[error("{0}")]
    NoVendor(String),
}

impl Replay {
    /// A recording with the contracts that it is judged by, one for each server.
    ///
    /// # Errors
    /// What `contract` says, or that a choice in the recording cannot be understood.
    pub fn new(
        recording: Recording,
        contract: impl FnMut(&About) -> Result<Arc<Contract>, String>,
    ) -> Result<Replay, NoReplay> {
        let chosen = &recording.header.choice;
        let choice = Choice::new(&chosen.only, &chosen.skip, &chosen.rules).map_err(|why| Broken {
            line: 1,
            why: format!("its choice of cases cannot be understood: {why}"),
        })?;
        let contracts = recording.subjects.iter().map(|subject| &subject.about).map(contract);
        let contracts = contracts.collect::<Result<_, _>>().map_err(NoReplay::NoContract)?;
        Ok(Replay { recording, contracts, choice })
    }

    /// Only servers of these vendors; none means all.
    ///
    /// # Errors
    /// Names a vendor that the recording does not have, and those that it has.
    pub fn vendors(mut self, vendors: &[String]) -> Result<Replay, NoReplay> {
        let has: Vec<&str> = self.recording.subjects.iter().map(|s| s.about.vendor.as_str()).collect();
        if let Some(missing) = vendors.iter().find(|vendor| !has.contains(&vendor.as_str())) {
            let has = has.join(", ");
            return Err(NoReplay::NoVendor(format!("the recording has no `{missing}`; it has: {has}")));
        }
        if !vendors.is_empty() {
            let is_wanted = |about: &About| vendors.contains(&about.vendor);
            let both = self.recording.subjects.into_iter().zip(self.contracts);
            (self.recording.subjects, self.contracts) =
                both.filter(|(subject, _)| is_wanted(&subject.about)).unzip();
        }
        Ok(self)
    }

    /// Other cases, where the choice names any, and other rules, where it names any.
    #[must_use]
    pub fn choice(mut self, choice: Choice) -> Replay {
        if !choice.only.is_empty() || !choice.skip.is_empty() {
            (self.choice.only, self.choice.skip) = (choice.only, choice.skip);
        }
        if !choice.rules.is_empty() {
            self.choice.rules = choice.rules;
        }
        self
    }

    /// Whether a warning counts as a failure.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Replay {
        self.recording.header.strict = strict;
        self
    }

    /// What has to be judged, where it is not as it was in the run, which is where there is none here.
    ///
    /// # Errors
    /// Says what is wrong with one of them.
    pub fn require(mut self, bars: &[&str]) -> Result<Replay, String> {
        if !bars.is_empty() {
            self.recording.header.require = super::read_bars(bars)?;
        }
        Ok(self)
    }

    /// Judges, and reports.
    pub fn report(self) -> Report {
        let rules = self.choice.rules(&registry::rules());
        let both = self.recording.subjects.into_iter().zip(self.contracts);
        let results = both.map(|(recorded, contract)| {
            let about = recorded.about.clone();
            let ran = replay(recorded, &contract, &self.choice, &rules);
            Told { contract, secrets: about.stand_ins.clone(), about, ran }
        });
        let header = self.recording.header;
        let chosen = Chosen { seed: header.seed, strict: header.strict, require: header.require };
        assemble(results.collect(), chosen, self.recording.interrupted)
    }
}
