//! The ledger: for each requirement what was judged, what was broken, and why the rest was not judged.

use std::collections::BTreeMap;

use super::requirement::Requirement;
use super::verdict::{Outcome, RuleVerdict};
use crate::case::Case;
use crate::rule::Why;

/// What there is for one requirement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How many exchanges were looked at.
    pub judged: usize,
    /// How many findings came of it.
    pub broken: usize,
    /// Why there is not more, with how often.
    pub why_not: BTreeMap<Why, usize>,
}

/// What was tested of one server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger(pub BTreeMap<Requirement, Evidence>);

impl Ledger {
    /// The ledger of cases with their verdicts.
    pub fn of<'c>(cases: impl Iterator<Item = (&'c Case, &'c [RuleVerdict])> + Clone) -> Ledger {
        let mut ledger = Ledger::default();
        // What is required stands first: what other cases saw counts for it, too.
        for (case, verdicts) in cases.clone() {
            for verdict in verdicts.iter().filter(|verdict| case.rules.contains(&verdict.rule)) {
                ledger.0.entry(case.requires(verdict.rule)).or_default();
            }
        }
        cases.for_each(|(case, verdicts)| ledger.count(case, verdicts));
        ledger
    }

    /// Counts a case that was not driven, for each rule that it is made for.
    pub fn miss(&mut self, case: &Case, rule: &'static str, why: Why) {
        *self.0.entry(case.requires(rule)).or_default().why_not.entry(why).or_default() += 1;
    }

    /// Counts the verdicts of a case. A rule that the case is made for brings evidence for its requirement; what another
    /// rule looked at counts where there is a requirement of just that kind.
    pub fn count(&mut self, case: &Case, verdicts: &[RuleVerdict]) {
        for verdict in verdicts {
            let is_own = case.rules.contains(&verdict.rule);
            match &verdict.outcome {
                Outcome::NotJudged(why) if is_own => self.miss(case, verdict.rule, why.clone()),
                Outcome::NotJudged(_) => {}
                Outcome::Met | Outcome::Found(_) if is_own => {
                    let evidence = self.0.entry(case.requires(verdict.rule)).or_default();
                    evidence.judged += verdict.looked_at.len().max(1);
                    evidence.broken += verdict.findings.len();
                }
                Outcome::Met | Outcome::Found(_) => {
                    for (operation, looked) in &verdict.looked_at {
                        let rule = verdict.rule;
                        let row = looked.row.clone();
                        let requirement = Requirement { rule, operation: operation.clone(), row };
                        if let Some(evidence) = self.0.get_mut(&requirement) {
                            evidence.judged += 1;
                        }
                    }
                }
            }
        }
    }
}
