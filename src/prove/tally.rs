//! From what came of the trials to the proof.

use std::sync::Arc;

use super::Options;
use super::model::{FORMAT, Proof, RuleScore, Score, SentenceScore, Survivor, Unbroken, VendorProof};
use super::trial::{Ground, Outcome, Silence};
use crate::contract::Contract;
use crate::mock::decoy::Transfer;
use crate::report::model::Tool;

/// Puts the proof together. It does not depend on the order in which the trials ended.
pub(super) fn tally(
    contracts: &[Arc<Contract>],
    mut outcomes: Vec<(Arc<Ground>, Outcome)>,
    options: &Options,
) -> Proof {
    let mut proof = Proof {
        format: FORMAT,
        tool: Tool { name: env!("CARGO_PKG_NAME").into(), version: env!("CARGO_PKG_VERSION").into() },
        seed: options.seed,
        over_http: options.over_http,
        interrupted: options.stop.borrow().is_some(),
        requests: outcomes.iter().map(|(_, outcome)| outcome.requests()).sum(),
        score: Score::default(),
        sentences: SentenceScore::default(),
        vendors: Vec::new(),
        rules: Default::default(),
    };
    for rule in crate::rule::registry::rules() {
        proof.rules.insert(rule.meta().id.to_owned(), RuleScore::default());
    }
    for contract in contracts {
        let mut vendor = VendorProof {
            vendor: contract.facts.id.clone(),
            edition: contract.edition.clone(),
            score: Score::default(),
            mechanisms: Default::default(),
            edges: Default::default(),
            survivors: Vec::new(),
            false_alarms: Vec::new(),
            inert: Vec::new(),
            outdated: Vec::new(),
            sentences: SentenceScore { tested: tested(contract), ..SentenceScore::default() },
            unbroken: Vec::new(),
        };
        proof.sentences.tested += vendor.sentences.tested;
        let own = outcomes.extract_if(.., |(ground, _)| Arc::ptr_eq(ground.contract(), contract));
        let own: Vec<Outcome> = own.map(|(_, outcome)| outcome).collect();
        if !options.over_http {
            vendor.inert = inert(&own);
        }
        let mut tried = Vec::new();
        for outcome in own {
            tried.extend(count(&mut proof, &mut vendor, outcome, options));
        }
        vendor.unbroken.sort_by(|a, b| a.says.cmp(&b.says));
        vendor.survivors.sort_by(|a, b| a.fault.cmp(&b.fault));
        vendor.false_alarms.sort_by(|a, b| (&a.decoy, &a.case, &a.rule).cmp(&(&b.decoy, &b.case, &b.rule)));
        let stale = options.accepted.iter().filter(|entry| {
            entry.vendor == vendor.vendor
                && !vendor.survivors.iter().any(|survivor| survivor.fault == entry.fault)
                && (tried.contains(&entry.fault) || !proof.interrupted)
        });
        vendor.outdated = stale.map(|entry| entry.fault.clone()).collect();
        proof.vendors.push(vendor);
    }
    proof.vendors.sort_by(|a, b| (&a.vendor, &a.edition).cmp(&(&b.vendor, &b.edition)));
    proof
}

/// How many sentences a contract calls tested.
fn tested(contract: &Contract) -> usize {
    contract.facts.sentences.iter().filter(|sentence| sentence.not_testable.is_none()).count()
}

/// The decoys that gave the same answers as the usual mock.
fn inert(outcomes: &[Outcome]) -> Vec<String> {
    let silent = || {
        outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Decoy(silence) => Some((silence.decoy.as_ref(), silence.digest)),
            Outcome::Fault { .. } | Outcome::Sentence { .. } => None,
        })
    };
    let Some((_, usual)) = silent().find(|(decoy, _)| decoy.is_none()) else { return Vec::new() };
    let mut found: Vec<String> = silent()
        .filter(|(_, digest)| *digest == usual)
        .filter_map(|(decoy, _)| decoy.filter(|decoy| decoy.transfer() == Transfer::default()))
        .map(|decoy| decoy.label().id.clone())
        .collect();
    found.sort();
    found
}

/// Counts one outcome; gives the fault's id.
fn count(proof: &mut Proof, vendor: &mut VendorProof, outcome: Outcome, options: &Options) -> Option<String> {
    match outcome {
        Outcome::Fault { fault, saw, alarmed, .. } => {
            let label = fault.label();
            let one = Score { caught: usize::from(!saw.is_empty()), seeded: 1, ..Score::default() };
            add(proof, vendor, &label.id, label.edge.as_ref(), one);
            for rule in &label.caught_by {
                proof.rules.entry((*rule).to_owned()).or_default().named += 1;
            }
            for rule in &saw {
                proof.rules.entry((*rule).to_owned()).or_default().saw += 1;
            }
            if saw.is_empty() {
                let accepted = options.accepted.iter();
                let mut accepted = accepted.filter(|e| e.vendor == vendor.vendor && e.fault == label.id);
                vendor.survivors.push(Survivor {
                    fault: label.id.clone(),
                    title: label.title.clone(),
                    caught_by: label.caught_by.iter().map(|rule| (*rule).to_owned()).collect(),
                    alarmed,
                    accepted: accepted.next().map(|entry| entry.reason.clone()),
                });
            }
            Some(label.id.clone())
        }
        Outcome::Sentence { sentence, unseen, .. } => {
            if unseen.is_empty() {
                proof.sentences.broken += 1;
                vendor.sentences.broken += 1;
            } else {
                vendor.unbroken.push(Unbroken { says: sentence.says, rules: sentence.rules, faults: unseen });
            }
            None
        }
        Outcome::Decoy(Silence { decoy, alarms, noted, passed, .. }) => {
            for rule in noted {
                proof.rules.entry(rule.to_owned()).or_default().noted += 1;
            }
            // The mock without any oddity is no decoy, but its alarms are false all the same.
            if let Some(decoy) = &decoy {
                let label = decoy.label();
                let one = Score { silent: usize::from(alarms.is_empty()), decoys: 1, ..Score::default() };
                add(proof, vendor, &label.id, label.edge.as_ref(), one);
            }
            if decoy.is_none() {
                for rule in passed {
                    proof.rules.entry(rule.to_owned()).or_default().passed += 1;
                }
            }
            let mut rules: Vec<&str> = alarms.iter().map(|alarm| alarm.rule.as_str()).collect();
            rules.sort_unstable();
            rules.dedup();
            for rule in rules {
                proof.rules.entry(rule.to_owned()).or_default().false_alarms += 1;
            }
            vendor.false_alarms.extend(alarms);
            None
        }
    }
}

fn add(proof: &mut Proof, vendor: &mut VendorProof, id: &str, edge: Option<&(String, String)>, one: Score) {
    let mechanism = id.split("::").next().unwrap_or_default().to_owned();
    proof.score += one;
    vendor.score += one;
    *vendor.mechanisms.entry(mechanism).or_default() += one;
    if let Some((from, to)) = edge {
        *vendor.edges.entry(format!("{from} -> {to}")).or_default() += one;
    }
}

impl std::ops::AddAssign for Score {
    fn add_assign(&mut self, more: Score) {
        self.caught += more.caught;
        self.seeded += more.seeded;
        self.silent += more.silent;
        self.decoys += more.decoys;
    }
}
