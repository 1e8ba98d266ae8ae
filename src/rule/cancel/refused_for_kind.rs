//! `cancel/refused-for-kind`.

use super::answered::accepted_anyway;
use super::attempt::attempts;
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::exchange::Transcript;
use crate::rule::errors::answer::is_beside_the_point;
use crate::rule::{Judgement, Keyword, Meta, Rule};

static META: Meta = Meta {
    id: "cancel/refused-for-kind",
    title: "a cancel is refused for a job of a kind that cannot be cancelled",
    keyword: Keyword::Must,
    checks: "A cancel of a job whose kind, or whose tasks' states, rule it out is not answered with success.",
    why: "The server goes on with work it cannot stop while the client believes it stopped, and starts the next job \
          into it.",
    fix: "Decide by the job's kind and tasks before accepting, in the same step as by its state.",
};

/// A cancel is refused for a job of a kind that cannot be cancelled.
#[derive(Debug)]
pub struct RefusedForKind;

impl Rule for RefusedForKind {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, transcript: &Transcript, contract: &Contract) -> Judgement {
        let (mut looked_at, mut findings) = (0, Vec::new());
        for attempt in attempts(transcript, contract) {
            let Some((row, condition)) = attempt.refusing() else { continue };
            let is_by_kind = condition == Condition::UnsupportedKind || !row.facets.is_empty();
            if !is_by_kind || is_beside_the_point(attempt.answer.response) {
                continue;
            }
            looked_at += 1;
            let whom = "a job of a kind that cannot be cancelled";
            findings.extend(accepted_anyway(&attempt, contract, whom));
        }
        Judgement::of(looked_at, findings, "no job of a kind that cannot be cancelled was cancelled")
    }
}
