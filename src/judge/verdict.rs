//! From a case that was driven to the verdicts of the rules.

use super::level::level;
use super::owner::counts;
use crate::case::Case;
use crate::contract::Contract;
use crate::exchange::Transcript;
use crate::rule::{Finding, Judgement, Level, Looked, Meta, Rule, Seen, Why};
use crate::story::said::{is_one_of, said};
use crate::story::{Answer, Story};

/// What became of one pair of a case and a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The requirement is met.
    Met,
    /// There are findings, the gravest of this level.
    Found(Level),
    /// It was not judged, for this reason.
    NotJudged(Why),
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
    /// What was looked at, each with its operation.
    pub looked_at: Vec<(String, Looked)>,
}

/// Judges the transcript of a case by the rules. A rule that the case was made for gets a verdict whatever happened; the
/// others only where they found something to judge.
pub fn judge(
    case: &Case,
    transcript: &Transcript,
    stop: Option<&Why>,
    contract: &Contract,
    rules: &[&'static dyn Rule],
) -> Vec<RuleVerdict> {
    let story = Story::of(contract, transcript);
    let broken = broken(&story, stop);
    let judged: Vec<(&Meta, Judgement)> =
        rules.iter().map(|rule| (rule.meta(), judgement(*rule, &story))).collect();
    let is_own = |meta: &Meta| case.rules.contains(&meta.id);
    // A case that came to its end, and of whose own rules none saw anything, shows that something else came than was
    // asked for: that is no pass, and no skip either.
    let mut own = judged.iter().filter(|(meta, _)| is_own(meta)).peekable();
    let is_empty =
        own.peek().is_some() && own.all(|(_, judgement)| !is_telling(judgement)) && came_instead(&story);
    let mut verdicts = Vec::new();
    for (meta, judgement) in judged {
        let own = is_own(meta);
        let (outcome, findings) = if judgement.found.is_empty() {
            match (&broken, judgement.is_judged()) {
                // What was seen of a case that broke off is not enough to call a requirement met.
                (Some(why), _) if own => (Outcome::NotJudged(why.clone()), Vec::new()),
                (Some(_), _) => continue,
                (None, true) => (Outcome::Met, Vec::new()),
                (None, false) if own => {
                    (Outcome::NotJudged(why_not(case, meta, &judgement, is_empty, &story)), Vec::new())
                }
                (None, false) => continue,
            }
        } else {
            let levelled = |finding: Finding| (level(meta, &finding, &story), finding);
            let levelled: Vec<(Level, Finding)> = judgement.found.into_iter().map(levelled).collect();
            let worst = levelled.iter().map(|(level, _)| *level).max().unwrap_or(Level::Note);
            (Outcome::Found(worst), levelled)
        };
        let named = |looked: Looked| {
            let exchange = story.exchanges.get(looked.exchange);
            (exchange.and_then(|e| e.asked.operation.clone()).unwrap_or_default(), looked)
        };
        let looked_at = judgement.looked_at.into_iter().map(named).collect();
        verdicts.push(RuleVerdict { rule: meta.id, outcome, findings, looked_at });
    }
    verdicts
}

/// What a rule makes of the story, without what belongs to another rule.
fn judgement(rule: &dyn Rule, story: &Story<'_>) -> Judgement {
    let meta = rule.meta();
    let mut judgement = rule.judge(story);
    judgement.found.retain(|finding| counts(meta, finding.exchange, story));
    judgement.looked_at.retain(|looked| counts(meta, looked.exchange, story));
    judgement
}

/// Whether anything came that is no right answer to a right request, or nothing at all. Where all went well and there is
/// nothing to judge all the same, the chance did not arise: that is no error.
fn came_instead(story: &Story<'_>) -> bool {
    let mut plain = story.answers().iter().filter(|answer| answer.exchange.meant().probe.is_none());
    story.answers().is_empty() || plain.any(|answer| !is_documented(answer, story))
}

/// Whether an answer is one of those that the contract has for the operation.
fn is_documented(answer: &Answer<'_>, story: &Story<'_>) -> bool {
    let contract = story.contract;
    let mut rows = contract.facts.errors.iter().filter(|row| contract.speaks_of(row, answer.name));
    (answer.is_accepted() && answer.schema().is_some())
        || answer.response.status == 429
        || rows.any(|row| is_one_of(row, answer.exchange, contract))
}

/// Whether a judgement says anything: it looked at something, or says that there is no right answer.
fn is_telling(judgement: &Judgement) -> bool {
    judgement.is_judged() || !judgement.found.is_empty() || judgement.missing.iter().any(Why::is_silence)
}

/// Why the case did not come to its end, if it did not.
fn broken(story: &Story<'_>, stop: Option<&Why>) -> Option<Why> {
    let lost = || {
        story.exchanges.iter().find_map(|exchange| {
            let error = exchange.outcome.as_ref().err()?.to_string();
            let operation = exchange.asked.operation.clone().unwrap_or_else(|| "a request".to_owned());
            Some(Why::Lost { operation, error })
        })
    };
    match stop {
        Some(why) if why.is_error() => Some(why.clone()),
        _ => lost().or_else(|| stop.cloned()),
    }
}

/// Why a rule that the case was made for looked at nothing.
fn why_not(case: &Case, meta: &Meta, judgement: &Judgement, is_empty: bool, story: &Story<'_>) -> Why {
    if let Some(why) = judgement.missing.first() {
        return why.clone();
    }
    let sought = meta.seeks.to_owned();
    if !is_empty {
        return Why::NotSeen { sought };
    }
    let mut seen: Vec<Seen> = Vec::new();
    let about = |operation: &str| operation == case.operation;
    let own = story.answers().iter().filter(|answer| about(answer.name));
    let any = story.answers().iter().filter(|answer| !about(answer.name));
    for answer in own.chain(any) {
        let code = if answer.is_refused() { said(answer.exchange, story.contract).code } else { None };
        let one = Seen { operation: answer.name.to_owned(), status: answer.response.status, code };
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    seen.truncate(3);
    Why::AnsweredOtherwise { sought, seen }
}

/// The verdicts of a case that was not driven.
pub fn not_driven(case: &Case, why: &Why, rules: &[&'static dyn Rule]) -> Vec<RuleVerdict> {
    let own = case.rules.iter().filter(|id| rules.iter().any(|rule| rule.meta().id == **id));
    own.map(|rule| RuleVerdict {
        rule,
        outcome: Outcome::NotJudged(why.clone()),
        findings: Vec::new(),
        looked_at: Vec::new(),
    })
    .collect()
}
