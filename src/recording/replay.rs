//! Judges what was recorded, as if it had just come in.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::fate::{fate, not_recorded};
use super::read::{RecordedCase, RecordedSubject};
use crate::case::{Case, cases};
use crate::contract::Contract;
use crate::judge::judge;
use crate::rule::Rule;
use crate::run::plan::Choice;
use crate::run::schedule::{Driven, Fate, Ran, settle};

/// Judges the recorded cases of one server by these rules. What was recorded and is not chosen is left out; what is
/// chosen and was not recorded is a skip. Where the contract or its cases have changed since, a warning says so.
pub fn replay(
    recorded: RecordedSubject,
    contract: &Contract,
    choice: &Choice,
    rules: &[&'static dyn Rule],
) -> Ran {
    let mut known: BTreeMap<String, Case> =
        cases(contract).into_iter().map(|case| (case.id.clone(), case)).collect();
    let mut warnings = Vec::new();
    if recorded.about.contract != contract.digest {
        warnings.push(
            "the contract is another one than that of the recording: verdicts may differ for that".to_owned(),
        );
    }
    let mut ran = Vec::new();
    let mut gone = BTreeSet::new();
    for recorded in recorded.cases {
        match known.remove(&recorded.case.id) {
            Some(case) => ran.push(judged(case, recorded, contract, choice, rules)),
            None => drop(gone.insert(recorded.case.id)),
        }
    }
    if let Some(first) = gone.first() {
        let number = gone.len();
        warnings.push(format!(
            "{number} recorded cases are not judged: there are none such any more, as {first}"
        ));
    }
    let new: Vec<&str> =
        known.values().filter(|case| choice.wants(case, rules)).map(|case| case.id.as_str()).collect();
    if let Some(first) = new.first() {
        let number = new.len();
        warnings.push(format!("{number} cases are newer than the recording and not in it, as {first}"));
    }
    ran.sort_by(|a: &Driven, b: &Driven| a.case.id.cmp(&b.case.id));
    let took = ran.iter().map(|driven| driven.length).max().unwrap_or_default();
    // What clean-up had to say of the run comes after what weakens the replay.
    warnings.extend(recorded.end.warnings);
    let causes = settle(contract, &mut ran);
    Ran { causes, cases: ran, requests: recorded.end.requests, took, warnings }
}

fn judged(
    case: Case,
    recorded: RecordedCase,
    contract: &Contract,
    choice: &Choice,
    rules: &[&'static dyn Rule],
) -> Driven {
    if !choice.wants(&case, rules) {
        return Driven::not(case, Fate::LeftOut, rules);
    }
    match fate(recorded.case.came) {
        Fate::Driven(stop) => {
            let transcript = recorded.transcript;
            let verdicts = judge(&case, &transcript, stop.as_ref(), contract, rules);
            let length = Duration::from_nanos(recorded.case.clock_ns);
            let callers = recorded.case.callers;
            Driven { case, transcript, verdicts, fate: Fate::Driven(stop), callers, length }
        }
        Fate::LeftOut => Driven::not(case, not_recorded(), rules),
        fate @ Fate::NotDriven(_) => Driven::not(case, fate, rules),
    }
}
