//! Which cases are driven, in which order, and which are not, and why.

use globset::{Glob, GlobMatcher};

use super::setup::Allow;
use crate::case::{Case, Silence, Step};
use crate::contract::Contract;
use crate::rule::{Rule, Why};

/// What the user chose.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Only cases that match one of these.
    pub only: Vec<GlobMatcher>,
    /// No cases that match one of these.
    pub skip: Vec<GlobMatcher>,
    /// Only these rules; none means all.
    pub rules: Vec<String>,
}

impl Choice {
    /// A choice from globs.
    ///
    /// # Errors
    /// Names the glob that cannot be read.
    pub fn new(only: &[String], skip: &[String], rules: &[String]) -> Result<Choice, String> {
        let globs = |texts: &[String]| -> Result<Vec<GlobMatcher>, String> {
            texts
                .iter()
                .map(|text| {
                    Glob::new(text).map(|g| g.compile_matcher()).map_err(|e| format!("`{text}`: {e}"))
                })
                .collect()
        };
        Ok(Choice { only: globs(only)?, skip: globs(skip)?, rules: rules.to_vec() })
    }

    /// Whether a case is chosen. A glob matches the whole id or any part of it between `::`.
    pub fn takes(&self, case: &Case) -> bool {
        let matches = |glob: &GlobMatcher| {
            glob.is_match(&case.id) || case.id.split("::").any(|part| glob.is_match(part))
        };
        (self.only.is_empty() || self.only.iter().any(matches)) && !self.skip.iter().any(matches)
    }

    /// Whether anything chosen needs a case: it is chosen itself, and so is a rule that it was made for.
    pub fn wants(&self, case: &Case, rules: &[&'static dyn Rule]) -> bool {
        let is_chosen = |id: &str| rules.iter().any(|rule| rule.meta().id == id);
        self.takes(case) && (self.rules.is_empty() || case.rules.iter().any(|id| is_chosen(id)))
    }

    /// The globs of a list as they were written.
    pub fn written(globs: &[GlobMatcher]) -> Vec<String> {
        globs.iter().map(|glob| glob.glob().glob().to_owned()).collect()
    }

    /// The chosen rules out of all.
    pub fn rules(&self, all: &[&'static dyn Rule]) -> Vec<&'static dyn Rule> {
        let chosen = |rule: &&&'static dyn Rule| {
            let id = rule.meta().id;
            self.rules.is_empty() || self.rules.iter().any(|r| r == id || r == rule.meta().group())
        };
        all.iter().filter(chosen).copied().collect()
    }
}

/// What is done with a case.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// It is driven.
    Drive,
    /// It is not, for this reason.
    Skip(Why),
    /// It was not chosen.
    LeftOut,
}

/// Decides on every case of a contract, in the order in which they are driven.
pub fn plan(
    contract: &Contract,
    allow: Allow,
    choice: &Choice,
    rules: &[&'static dyn Rule],
) -> Vec<(Case, Decision)> {
    let mut planned: Vec<(Case, Decision)> = crate::case::cases(contract)
        .into_iter()
        .map(|case| {
            let decision = decide(contract, allow, choice, rules, &case);
            (case, decision)
        })
        .collect();
    // Jobs that cases leave behind finished serve those that only look at finished jobs.
    let consumes =
        |case: &Case| case.steps.iter().filter(|s| matches!(s, Step::Arrange(a) if a.consumes)).count();
    let creates = |case: &Case| case.needs(contract).creates == 0;
    // The last look at what has ended comes last.
    let is_last = |case: &Case| case.steps.iter().any(|step| matches!(step, Step::LookAgain { .. }));
    planned.sort_by_cached_key(|(case, _)| (is_last(case), creates(case), consumes(case), case.id.clone()));
    planned
}

fn decide(
    contract: &Contract,
    allow: Allow,
    choice: &Choice,
    rules: &[&'static dyn Rule],
    case: &Case,
) -> Decision {
    if !choice.wants(case, rules) {
        return Decision::LeftOut;
    }
    match &case.silent {
        Some(Silence::Undocumented(what)) => return Decision::Skip(Why::Undocumented { what: what.clone() }),
        Some(Silence::NoWay(what)) => return Decision::Skip(Why::NoWay { what: what.clone() }),
        None => {}
    }
    let needs = case.needs(contract).permissions();
    let lacks = needs.iter().filter(|(word, times)| *times > 0 && !allow.permits(word));
    let words: Vec<String> = lacks.map(|(word, _)| (*word).to_owned()).collect();
    if words.is_empty() { Decision::Drive } else { Decision::Skip(Why::NotAllowed { words }) }
}
