//! Facts across members hold.

use serde_json::Value;

use crate::contract::invariant::{Comparison, ItemFact, Requirement, Sum};
use crate::contract::lifecycle::Phase;
use crate::contract::pointer::Pointer;
use crate::exchange::Reading;
use crate::exchange::reading::{number, time};
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::{one_of, show, told};

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
    seeks: "a job with the members that the contract's facts speak of",
};

impl Rule for Invariants {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        if contract.facts.invariants.is_empty() {
            judgement.miss_undocumented("the contract has no facts across members");
        }
        for invariant in &contract.facts.invariants {
            let is_meant =
                |reading: &&Reading| invariant.when.as_ref().is_none_or(|when| when.holds(&reading.job));
            // What becomes of a start that should have been refused is said nowhere.
            let is_right = |reading: &&Reading| {
                let exchange = story.exchanges.get(reading.exchange);
                exchange.is_none_or(|exchange| exchange.meant().violation.is_none())
            };
            for reading in story.readings().iter().filter(is_meant).filter(is_right) {
                let Some(broken) = examine(&invariant.require, reading, story) else { continue };
                judgement.look(reading.exchange);
                if let Some(broken) = broken {
                    let message = format!("the answer to {} breaks {}", reading.operation, invariant.name);
                    let finding = Finding::new(
                        reading.exchange,
                        &invariant.reference,
                        message,
                        broken.expected,
                        broken.actual,
                    );
                    let about = About::Member(invariant.name.clone());
                    let at = story.place(reading, &broken.at);
                    judgement.find([finding.kind("broken").about(about).at(at)]);
                    break;
                }
            }
        }
        judgement
    }
}

struct Broken {
    at: String,
    expected: String,
    actual: String,
}

/// `None` where a reading says nothing about the requirement, `Some(None)` where it meets it.
fn examine(requirement: &Requirement, reading: &Reading, story: &Story<'_>) -> Option<Option<Broken>> {
    let contract = story.contract;
    let member = |pointer: &Pointer| pointer.first(&reading.job).filter(|v| !v.is_null());
    let compare = |comparison: &Comparison, holds: &dyn Fn(&Value, &Value) -> Option<bool>| {
        let Comparison(left, relation, right) = comparison;
        let (l, r) = (member(left)?, member(right)?);
        Some((!holds(l, r)?).then(|| Broken {
            at: left.as_str().to_owned(),
            expected: format!("{} {} {}", left.as_str(), relation.sign(), right.as_str()),
            actual: format!("{} and {}", size(requirement, l), show(Some(r))),
        }))
    };
    let lifecycle = &contract.facts.lifecycle;
    let state = || reading.state.as_deref().filter(|s| lifecycle.states.contains_key(*s));
    match requirement {
        Requirement::Time(c) => {
            let read = |v: &Value| time(v, contract.shape_of(&reading.operation).timestamps.format);
            compare(c, &|l, r| Some(c.1.holds(&read(l)?, &read(r)?)))
        }
        Requirement::Number(c) => compare(c, &|l, r| Some(c.1.holds(&number(l)?, &number(r)?))),
        Requirement::Count(c) => {
            compare(c, &|l, r| Some(c.1.holds(&i128::try_from(l.as_array()?.len()).ok()?, &number(r)?)))
        }
        Requirement::Sum(Sum(parts, relation, whole)) => {
            let total = number(member(whole)?)?;
            let parts: Vec<(&Pointer, i128)> =
                parts.iter().filter_map(|part| Some((part, number(member(part)?)?))).collect();
            let (first, _) = parts.first()?;
            let sum = parts.iter().map(|(_, number)| number).fold(0_i128, |sum, n| sum.saturating_add(*n));
            let names: Vec<&str> = parts.iter().map(|(part, _)| part.as_str()).collect();
            Some((!relation.holds(&sum, &total)).then(|| Broken {
                at: first.as_str().to_owned(),
                expected: format!("{} {} {}", names.join(" + "), relation.sign(), whole.as_str()),
                actual: format!("{sum} and {total}"),
            }))
        }
        Requirement::Each(fact) => each(fact, &reading.job),
        Requirement::OnlyWhenEnded(pointer) => {
            let (value, state) = (member(pointer)?, state()?);
            let phase = lifecycle.phase(state);
            let is_early = !phase.is_terminal() && phase != Phase::Unknown;
            Some(is_early.then(|| Broken {
                at: pointer.as_str().to_owned(),
                expected: format!("{} only in jobs that have ended", pointer.as_str()),
                actual: format!("{} in state {state}", show(Some(value))),
            }))
        }
        Requirement::WhenEnded(pointer) => {
            let state = state().filter(|s| lifecycle.is_terminal(s))?;
            if story.omits(reading, pointer) {
                return None;
            }
            Some(member(pointer).is_none().then(|| Broken {
                at: String::new(),
                expected: format!("{} in every job that has ended", pointer.as_str()),
                actual: format!("{} in state {state}", show(pointer.first(&reading.job))),
            }))
        }
    }
}

/// The first item whose words do not go together.
fn each(fact: &ItemFact, job: &Value) -> Option<Option<Broken>> {
    let items = fact.items.select(job);
    let mut spoken_of = items.iter().filter(|(_, item)| fact.when.holds(item)).filter_map(|(_, item)| {
        let word = fact.at.first(item).filter(|value| !value.is_null())?;
        Some((word, word.as_str().is_some_and(|word| fact.one_of.iter().any(|w| w == word))))
    });
    let first = spoken_of.next()?;
    let broken = std::iter::once(first).chain(spoken_of).find(|(_, holds)| !holds);
    Some(broken.map(|(word, _)| Broken {
        at: format!("{}{}", fact.items.as_str(), fact.at.as_str()),
        expected: format!(
            "{} where {}",
            one_of(fact.one_of.iter().map(|w| format!("{w:?}"))),
            told(&fact.when)
        ),
        actual: show(Some(word)),
    }))
}

/// What stands on the left of a comparison, as a finding shows it.
fn size(requirement: &Requirement, left: &Value) -> String {
    match (requirement, left) {
        (Requirement::Count(_), Value::Array(items)) => format!("{} items", items.len()),
        _ => show(Some(left)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::contract::operation::Role;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    const ID: &str = "2c1f3a9e-4b7d-4e21-8f6a-5d0c9b8a7e61";
    const EARLY: &str = "2026-01-01T00:00:00Z";
    const LATE: &str = "2027-01-01T00:00:00Z";

    #[rstest]
    #[case(json!({"finished_at": EARLY}), "started-not-after-finished")]
    #[case(json!({"completed_datasources": 3}), "completed-within-total")]
    #[case(json!({"status": "INDEX_JOB_STATUS_IN_PROGRESS"}), "finished-only-when-ended")]
    fn broken_facts_are_found(#[case] patch: Value, #[case] name: &str) {
        let findings = Script::of("digitalocean").get(ID, &patch).findings(&Invariants);
        assert!(findings.iter().any(|f| f.message.ends_with(name)), "{findings:?}");
    }

    #[test]
    fn a_broken_fact_is_found_once_and_says_where() {
        let patch = json!({"startedAt": LATE, "updatedAt": EARLY});
        let script = Script::of("bedrock").get("AAAAAAAAAA", &patch).get("AAAAAAAAAA", &patch);
        let findings = script.findings(&Invariants);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].exchange, 0);
        assert_eq!(findings[0].pointer.as_deref(), Some("/ingestionJob/startedAt"));
        assert_eq!(findings[0].expected, "/startedAt <= /updatedAt");
        assert_eq!(findings[0].actual, format!("{LATE:?} and {EARLY:?}"));
    }

    #[test]
    fn lists_are_judged_too() {
        let patch = json!({"startedAt": LATE, "updatedAt": EARLY});
        let findings = Script::of("bedrock").shows(Role::List, "AAAAAAAAAA", &patch).findings(&Invariants);
        assert_eq!(findings[0].pointer.as_deref(), Some("/ingestionJobSummaries/*/startedAt"));
    }

    #[rstest]
    #[case(json!({}))]
    #[case(json!({"status": "INDEX_JOB_STATUS_IN_PROGRESS", "finished_at": null}))]
    #[case(json!({"status": "INDEX_JOB_STATUS_UNKNOWN"}))]
    #[case(json!({"status": "WEIRD"}))]
    fn facts_that_hold_or_say_nothing_pass(#[case] patch: Value) {
        assert_eq!(Script::of("digitalocean").get(ID, &patch).findings(&Invariants), vec![]);
    }

    #[test]
    fn members_that_are_not_there_say_nothing() {
        let patch = json!({"startedAt": null, "updatedAt": 5, "statistics": null});
        let script = Script::of("bedrock").get("AAAAAAAAAA", &patch);
        assert!(!script.judge(&Invariants).is_judged());
    }

    #[rstest]
    #[case("COMPLETE", None, 1)]
    #[case("COMPLETE", Some(5), 0)]
    #[case("IN_PROGRESS", Some(5), 0)]
    fn members_that_come_with_the_end_are_required(
        #[case] state: &str,
        #[case] value: Option<u8>,
        #[case] found: usize,
    ) {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        contract.facts.invariants.truncate(1);
        contract.facts.invariants[0].require = Requirement::WhenEnded(Pointer::new("/result"));
        let mut script = Script::of("bedrock");
        script.contract = Arc::new(contract);
        let script = script.get("AAAAAAAAAA", &json!({"status": state, "result": value}));
        match script.judge(&Invariants).verdict() {
            Some(findings) => assert_eq!(findings.len(), found),
            None => assert_eq!(state, "IN_PROGRESS"),
        }
    }
}
