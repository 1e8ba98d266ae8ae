//! From a transcript to verdicts.

use super::drive::Stop;
use crate::case::Case;
use crate::contract::Contract;
use crate::exchange::Transcript;
use crate::rule::{Finding, Judgement, Level, Rule};
use crate::story::Story;

/// What became of one pair of a case and a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The requirement is met.
    Met,
    /// There are findings, the gravest of this level.
    Found(Level),
    /// It was not judged, for this reason.
    Skipped(String),
    /// It could not be judged, for this reason.
    Unjudged(String),
}

/// The verdict of one rule on one case.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleVerdict {
    /// The rule's id.
    pub rule: &'static str,
    /// What became of it.
    pub outcome: Outcome,
    /// What was found, with its level.
    pub findings: Vec<(Level, Finding)>,
}

/// Judges a transcript by the rules. A rule that the case was made for gets a verdict whatever happened; the others
/// only where they found something to judge.
pub fn judge(
    case: &Case,
    transcript: &Transcript,
    stop: Option<&Stop>,
    contract: &Contract,
    rules: &[&'static dyn Rule],
) -> Vec<RuleVerdict> {
    let lost = transcript.exchanges.iter().find_map(|e| {
        let error = e.outcome.as_ref().err()?;
        Some(format!("{}: {error}", e.asked.operation.as_deref().unwrap_or("a request")))
    });
    let broken = match (stop, lost) {
        (Some(Stop::Error(why)), _) => Some(Outcome::Unjudged(why.clone())),
        (_, Some(why)) => Some(Outcome::Unjudged(why)),
        (Some(Stop::Skip(why)), None) => Some(Outcome::Skipped(why.clone())),
        (None, None) => None,
    };
    let story = Story::of(contract, transcript);
    let mut verdicts = Vec::new();
    for rule in rules {
        let meta = rule.meta();
        let meant = case.rules.contains(&meta.id);
        let judgement = rule.judge(&story);
        let (outcome, findings) = match judgement {
            Judgement { found, .. } if !found.is_empty() => {
                let levelled: Vec<(Level, Finding)> =
                    found.into_iter().map(|f| (f.level(meta.keyword, contract), f)).collect();
                let worst = levelled.iter().map(|(level, _)| *level).max().unwrap_or(Level::Note);
                (Outcome::Found(worst), levelled)
            }
            // What was seen of a case that broke off is not enough to call a requirement met.
            judged if judged.is_judged() => match &broken {
                Some(why) if meant => (why.clone(), Vec::new()),
                Some(_) => continue,
                None => (Outcome::Met, Vec::new()),
            },
            _ if !meant => continue,
            _ => (broken.clone().unwrap_or(Outcome::Skipped("TRANSITIONAL".to_owned())), Vec::new()),
        };
        verdicts.push(RuleVerdict { rule: meta.id, outcome, findings });
    }
    verdicts
}

/// The verdicts of a case that was not driven.
pub fn not_driven(case: &Case, outcome: &Outcome, rules: &[&'static dyn Rule]) -> Vec<RuleVerdict> {
    case.rules
        .iter()
        .filter(|id| rules.iter().any(|rule| rule.meta().id == **id))
        .map(|rule| RuleVerdict { rule, outcome: outcome.clone(), findings: Vec::new() })
        .collect()
}
