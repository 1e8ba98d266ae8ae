//! Facts across members hold.

use serde_json::Value;

use crate::contract::Contract;
use crate::contract::invariant::{Comparison, Requirement};
use crate::contract::lifecycle::Phase;
use crate::contract::pointer::Pointer;
use crate::exchange::reading::{number, time};
use crate::exchange::{Reading, Transcript};
use crate::rule::evidence::{omits, place, show};
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};

/// `fields/invariants`.
pub struct Invariants;

static META: Meta = Meta {
    id: "fields/invariants",
    title: "members of a job agree with each other",
    keyword: Keyword::Must,
    checks: "The contract's facts across members hold in every job shown, in lists too: points in time in their \
             order, parts not more than the whole, and members that come only, or always, with the end of the job.",
    why: "Clients compute with these members: a job that ended before it began gives negative durations, more done \
          than there is to do gives a progress bar beyond its end.",
    fix: "Set the members together, in one transaction, and from one clock.",
};

impl Rule for Invariants {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, transcript: &Transcript, contract: &Contract) -> Judgement {
        let (mut looked_at, mut findings) = (0, Vec::new());
        for invariant in &contract.facts.invariants {
            for reading in transcript.readings(contract) {
                let Some(broken) = examine(&invariant.require, reading, contract) else { continue };
                looked_at += 1;
                if let Some(broken) = broken {
                    let message = format!("the answer to {} breaks {}", reading.operation, invariant.name);
                    let finding = Finding::new(
                        reading.exchange,
                        &invariant.reference,
                        message,
                        broken.expected,
                        broken.actual,
                    );
                    findings.push(finding.at(place(transcript, reading, broken.at)));
                    break;
                }
            }
        }
        let missing = if contract.facts.invariants.is_empty() {
            "the contract has no facts across members"
        } else {
            "no job showed the members that the contract's facts across members speak of"
        };
        Judgement::of(looked_at, findings, missing)
    }
}

struct Broken<'c> {
    at: &'c str,
    expected: String,
    actual: String,
}

/// `None` where a reading says nothing about the requirement, `Some(None)` where it meets it.
fn examine<'c>(
    requirement: &'c Requirement,
    reading: &Reading,
    contract: &Contract,
) -> Option<Option<Broken<'c>>> {
    let member = |pointer: &Pointer| pointer.first(&reading.job).filter(|v| !v.is_null());
    let compare = |comparison: &'c Comparison, holds: &dyn Fn(&Value, &Value) -> Option<bool>| {
        let Comparison(left, relation, right) = comparison;
        let (l, r) = (member(left)?, member(right)?);
        Some((!holds(l, r)?).then(|| Broken {
            at: left.as_str(),
            expected: format!("{} {} {}", left.as_str(), relation.sign(), right.as_str()),
            actual: format!("{} and {}", size(requirement, l), show(Some(r))),
        }))
    };
    let lifecycle = &contract.facts.lifecycle;
    let state = || reading.state.as_deref().filter(|s| lifecycle.states.contains_key(*s));
    match requirement {
        Requirement::Time(c) => {
            let read = |v: &Value| time(v, contract.facts.job.timestamps.format);
            compare(c, &|l, r| Some(c.1.holds(&read(l)?, &read(r)?)))
        }
        Requirement::Number(c) => compare(c, &|l, r| Some(c.1.holds(&number(l)?, &number(r)?))),
        Requirement::Count(c) => {
            compare(c, &|l, r| Some(c.1.holds(&i128::try_from(l.as_array()?.len()).ok()?, &number(r)?)))
        }
        Requirement::OnlyWhenEnded(pointer) => {
            let (value, state) = (member(pointer)?, state()?);
            let phase = lifecycle.phase(state);
            let is_early = !phase.is_terminal() && phase != Phase::Unknown;
            Some(is_early.then(|| Broken {
                at: pointer.as_str(),
                expected: format!("{} only in jobs that have ended", pointer.as_str()),
                actual: format!("{} in state {state}", show(Some(value))),
            }))
        }
        Requirement::WhenEnded(pointer) => {
            let state = state().filter(|s| lifecycle.is_terminal(s))?;
            if omits(contract, reading, pointer) {
                return None;
            }
            Some(member(pointer).is_none().then(|| Broken {
                at: "",
                expected: format!("{} in every job that has ended", pointer.as_str()),
                actual: format!("{} in state {state}", show(pointer.first(&reading.job))),
            }))
        }
    }
}

/// What stands on the left of a comparison, as a finding shows it.
fn size(requirement: &Requirement, left: &Value) -> String {
    match (requirement, left) {
        (Requirement::Count(_), Value::Array(items)) => format!("{} items", items.len()),
        _ => show(Some(left)),
    }
}
