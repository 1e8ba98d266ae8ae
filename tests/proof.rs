//! The suite proves itself: each seeded fault is seen by a rule that had to see it, no decoy raises an alarm, and each
//! rule is worth having.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

mod support;

use std::sync::Arc;

use jobproof::Suite;
use jobproof::contract::Contract;
use jobproof::contract::library::{builtin, pack_from, vendors};
use jobproof::contract::load::load;
use jobproof::prove::model::{Proof, Score, VendorProof};
use jobproof::prove::{Options, accepted, prove, terminal};
use jobproof::report::model::{Report, Verdict};
use jobproof::rule::registry::rules;
use jobproof::rule::{Keyword, Level};
use jobproof::suite::Subject;
use support::{between, repository};
use tokio::sync::watch;

/// Rules that no contract gives a fault for yet.
const NO_FAULT_YET: [&str; 1] = ["cancel/refused-for-kind"];

fn own() -> Vec<Arc<Contract>> {
    vendors().into_iter().map(|vendor| Arc::new(builtin(vendor).unwrap())).collect()
}

/// The contracts that come with the program, and those made up for tests: what no vendor has is tried on these.
fn contracts() -> Vec<Arc<Contract>> {
    let load = |folder: &str| {
        let pack = pack_from(&repository("tests/data").join(folder)).unwrap();
        Arc::new(load(&pack, None).unwrap().contract)
    };
    own().into_iter().chain(["atelier"].map(load)).collect()
}

async fn proof() -> Proof {
    let (_keep, stop) = watch::channel(None);
    let accepted = accepted::builtin().unwrap();
    let options = Options { seed: 0, over_http: false, jobs: 4, accepted, events: None, stop };
    prove(&contracts(), options).await
}

/// One run serves all that is asked of it: it takes long.
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_caught_and_no_alarm_is_false() {
    let proof = proof().await;
    assert!(proof.holds(), "{}", terminal::render(&proof, false, false));
    assert_eq!(proof.vendors.len(), contracts().len());
    let of_vendors: Vec<&VendorProof> =
        proof.vendors.iter().filter(|proof| vendors().contains(&proof.vendor.as_str())).collect();
    for vendor in &of_vendors {
        let (name, score) = (&vendor.vendor, vendor.score);
        assert!(score.seeded >= 60, "{name} has {} faults", score.seeded);
        assert!(score.decoys >= 12, "{name} has {} decoys", score.decoys);
    }
    every_rule_is_worth_having(&proof);
    // The numbers of the README are those of this run.
    let row = |name: &str, score: Score| {
        format!("| {name} | {} of {} | {} of {} |\n", score.caught, score.seeded, score.silent, score.decoys)
    };
    let rows: String = of_vendors.iter().map(|v| row(&format!("`{}`", v.vendor), v.score)).collect();
    let mut score = Score::default();
    of_vendors.iter().for_each(|vendor| score += vendor.score);
    let all = row("all", score);
    let table = format!("\n| vendor | faults caught | decoys silent |\n|---|---|---|\n{rows}{all}");
    between(&repository("README.md"), "proof", &table);
}

/// Each rule sees a fault and passes somewhere. One that only notes has to have noted something.
fn every_rule_is_worth_having(proof: &Proof) {
    let mut wrong = Vec::new();
    for rule in rules() {
        let meta = rule.meta();
        let score = proof.rules[meta.id];
        let sees = score.saw > 0 || (meta.keyword == Keyword::May && score.noted > 0);
        if sees == NO_FAULT_YET.contains(&meta.id) {
            wrong.push(format!("{} sees {} faults, of {} that name it", meta.id, score.saw, score.named));
        }
        let is_silent = score.passed == 0 && score.noted == 0 && meta.id != "errors/retry-after";
        if is_silent && !NO_FAULT_YET.contains(&meta.id) {
            wrong.push(format!("{} passes on no vendor", meta.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn check(subject: Subject) -> Report {
    Suite::new(vec![subject]).jobs(8).run().await
}

#[tokio::test(flavor = "multi_thread")]
async fn conforming_mocks_pass_and_give_reasons_for_skips() {
    for contract in contracts() {
        let report = check(Subject::mock(&contract, 0, false)).await;
        let vendor = &contract.facts.id;
        assert_eq!(report.summary.count(Verdict::Error), 0, "{vendor}");
        assert!(report.summary.count(Verdict::Pass) > 300, "{vendor}");
        for outcome in report.outcomes.iter().filter(|o| o.verdict == Verdict::Skip) {
            assert!(outcome.reason.as_ref().is_some_and(|why| !why.is_empty()), "{outcome:?}");
        }
    }
}

/// A guess can warn, never fail: where it is a guess which error is due, another documented one warns, and the finding
/// names what was expected; where success without a change is tolerated, it is noted, by the reference that says so.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_guessed_never_fails() {
    for contract in own() {
        let vendor = &contract.facts.id;
        let usual = check(Subject::mock(&contract, 0, false)).await;
        let known: Vec<&str> = usual.findings.iter().map(|f| f.fingerprint.as_str()).collect();
        let mut flipped = 0;
        for fault in jobproof::mock::fault::faults(&contract) {
            let id = &fault.label().id;
            if !id.starts_with("other-documented-error::") {
                continue;
            }
            flipped += 1;
            let report = check(Subject::faulty_mock(&contract, 0, false, id).unwrap()).await;
            assert_eq!(report.summary.count(Verdict::Fail), 0, "{vendor} {id}: {:#?}", report.findings);
            let found: Vec<_> = report
                .findings
                .iter()
                .filter(|f| fault.label().caught_by.contains(&f.rule.as_str()))
                .collect();
            assert!(!found.is_empty(), "{vendor} {id}");
            for finding in found {
                assert!(finding.level <= Level::Warn, "{finding:#?}");
                let condition = id.rsplit("::").next().unwrap();
                let rows = contract.facts.errors.iter().filter(|row| row.when.word() == condition);
                let named = rows.flat_map(|row| &row.any_of).any(|answer| {
                    answer.code.as_ref().is_some_and(|code| finding.expected.contains(code.as_str()))
                        || answer.status.is_some_and(|status| finding.expected.contains(&status.to_string()))
                });
                assert!(named, "the finding does not name what was expected: {finding:#?}");
            }
        }
        for decoy in jobproof::mock::decoy::decoys(&contract) {
            let id = &decoy.label().id;
            let Some(state) = id.strip_prefix("cancel-unchanged::") else { continue };
            flipped += 1;
            let report = check(Subject::decoy_mock(&contract, 0, false, id).unwrap()).await;
            let new = || report.findings.iter().filter(|f| !known.contains(&f.fingerprint.as_str()));
            assert!(
                new().all(|finding| finding.level == Level::Note),
                "{vendor} {id}: {:#?}",
                report.findings
            );
            let tolerated: Vec<&str> =
                contract.facts.cancel.iter().filter_map(|row| row.unchanged_ref.as_deref()).collect();
            let noted = new().any(|f| {
                tolerated.contains(&f.reference.id.as_str()) && f.case.ends_with(&format!("::{state}"))
            });
            assert!(noted, "{vendor} {id}: {:#?}", report.findings);
        }
        assert!(flipped > 0, "{vendor} has nothing that is guessed");
    }
}
