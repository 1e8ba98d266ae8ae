//! The suite proves itself: each seeded fault is seen by a rule that had to see it, no decoy raises an alarm, and each
//! rule is worth having.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

mod support;

use std::sync::Arc;

use jobproof::Suite;
use jobproof::contract::Contract;
use jobproof::contract::library::{builtin, pack, pack_from, vendors};
use jobproof::contract::load::load;
use jobproof::contract::reference::Basis;
use jobproof::prove::model::{Proof, RuleScore, Score};
use jobproof::prove::{Options, accepted, prove, terminal};
use jobproof::report::model::{Report, Verdict};
use jobproof::rule::registry::rules;
use jobproof::rule::{Keyword, Level};
use jobproof::suite::Subject;
use support::{between, repository};
use tokio::sync::watch;

fn own() -> Vec<Arc<Contract>> {
    vendors().into_iter().map(|vendor| Arc::new(builtin(vendor).unwrap())).collect()
}

/// The contracts that come with the program, in every edition.
fn editions() -> Vec<Arc<Contract>> {
    let others = |contract: &Arc<Contract>| {
        let pack = pack(&contract.facts.id).unwrap();
        let others = contract.facts.editions.keys().filter(|e| contract.edition.as_ref() != Some(*e));
        others.map(|edition| Arc::new(load(&pack, Some(edition)).unwrap().contract)).collect::<Vec<_>>()
    };
    own().into_iter().flat_map(|contract| [others(&contract), vec![contract]].concat()).collect()
}

/// Those made up for tests: what no vendor has is tried on these.
fn made_up() -> Vec<Arc<Contract>> {
    let load = |folder: &str| {
        let pack = pack_from(&repository("tests/data").join(folder)).unwrap();
        Arc::new(load(&pack, None).unwrap().contract)
    };
    ["atelier"].map(load).to_vec()
}

fn contracts() -> Vec<Arc<Contract>> {
    own().into_iter().chain(made_up()).collect()
}

async fn proof(contracts: &[Arc<Contract>], decoys: bool) -> Proof {
    let (_keep, stop) = watch::channel(None);
    let accepted = accepted::builtin().unwrap();
    let options = Options { seed: 0, over_http: false, jobs: 4, decoys, accepted, events: None, stop };
    prove(contracts, options).await
}

/// Rules that see no fault of a vendor, and why.
const ONLY_MADE_UP: [&str; 1] = [
    // No vendor says whether the ends of the range belong to it.
    "cancel/many-range-ends",
];

/// Whether all editions, and the decoys of all vendors, are tried. Without optimization that takes many minutes: then the
/// usual editions and the decoys of the made-up contracts have to do, and `jobproof prove` tries the others.
const TRIES_ALL_DECOYS: bool = !cfg!(debug_assertions);

/// One run serves all that is asked of it: it takes long.
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_caught_and_no_alarm_is_false() {
    let vendors = if TRIES_ALL_DECOYS { editions() } else { own() };
    let of_vendors = proof(&vendors, TRIES_ALL_DECOYS).await;
    let of_made_up = proof(&made_up(), true).await;
    for proof in [&of_vendors, &of_made_up] {
        assert!(proof.holds(), "{}", terminal::render(proof, false, false));
    }
    assert_eq!(of_vendors.vendors.len(), vendors.len());
    every_rule_is_worth_having(&of_vendors, &of_made_up);
    // The numbers of the README are those of this run. Decoys that were not tried are counted: were one of them not
    // silent, `jobproof prove` would fail.
    let mut all = Score::default();
    let mut rows = String::new();
    let mut row = |name: &str, score: Score| {
        rows += &format!(
            "| {name} | {} of {} | {} of {} |\n",
            score.caught, score.seeded, score.silent, score.decoys
        );
    };
    for proof in &of_vendors.vendors {
        let is_meant = |c: &&Arc<Contract>| c.facts.id == proof.vendor && c.edition == proof.edition;
        let contract = vendors.iter().find(is_meant).unwrap();
        let number = jobproof::mock::decoy::decoys(contract).len();
        let mut score = proof.score;
        if !TRIES_ALL_DECOYS {
            (score.silent, score.decoys) = (number, number);
        }
        assert_eq!(score.decoys, number);
        let edition = proof.edition.as_ref().map(|edition| format!(" {edition}")).unwrap_or_default();
        let name = format!("{}{edition}", proof.vendor);
        assert!(score.seeded >= 60, "{name} has {} faults", score.seeded);
        assert!(score.decoys >= 12, "{name} has {} decoys", score.decoys);
        row(&format!("`{name}`"), score);
        all += score;
    }
    row("all", all);
    let table = format!("\n| vendor | faults caught | decoys silent |\n|---|---|---|\n{rows}");
    between(&repository("README.md"), "proof", &table);
}

/// Each rule sees a fault and passes somewhere. One that only notes has to have noted something.
fn every_rule_is_worth_having(of_vendors: &Proof, of_made_up: &Proof) {
    let mut wrong = Vec::new();
    for rule in rules() {
        let meta = rule.meta();
        let scores = [&of_vendors.rules[meta.id], &of_made_up.rules[meta.id]];
        let sum = |part: fn(&RuleScore) -> usize| scores.iter().map(|score| part(score)).sum::<usize>();
        let (saw, noted, passed) = (sum(|s| s.saw), sum(|s| s.noted), sum(|s| s.passed));
        // What is odd but allowed comes from decoys.
        let is_untried = meta.keyword == Keyword::May && !TRIES_ALL_DECOYS;
        if saw == 0 && !is_untried && (meta.keyword != Keyword::May || noted == 0) {
            wrong.push(format!("{} sees none of the {} faults that name it", meta.id, sum(|s| s.named)));
        }
        // What no vendor documents is tried on what is made up.
        let is_of_vendors = scores[0].saw > 0 || meta.keyword == Keyword::May;
        if is_of_vendors == ONLY_MADE_UP.contains(&meta.id) {
            wrong.push(format!("{}: the list of rules without a vendor's fault is not right", meta.id));
        }
        if passed == 0 && noted == 0 && meta.id != "errors/retry-after" {
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
        // Facts across a whole answer may be guesses, too. What breaks one may break a documented code as well.
        let guessed = |reference: &str| contract.basis(reference) <= Basis::Observed;
        for fact in contract.facts.envelope.iter().filter(|fact| guessed(&fact.reference)) {
            let id = format!("envelope-disagrees::{}", fact.name);
            flipped += 1;
            let report = check(Subject::faulty_mock(&contract, 0, false, &id).unwrap()).await;
            let found: Vec<_> = report.findings.iter().filter(|f| f.reference.id == fact.reference).collect();
            assert!(!found.is_empty(), "{vendor} {id}");
            // Of a request that no page speaks of, not even that much is said.
            assert!(found.iter().all(|f| f.level <= Level::Warn && !f.expected.is_empty()), "{found:#?}");
            assert!(found.iter().any(|f| f.level == Level::Warn), "{found:#?}");
        }
        assert!(flipped > 0, "{vendor} has nothing that is guessed");
    }
}
