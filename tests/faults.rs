//! Each seeded fault of each mock is seen by a rule that should see it, and a mock without faults by none.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

use std::collections::BTreeSet;
use std::sync::Arc;

use jobproof::Suite;
use jobproof::contract::Contract;
use jobproof::contract::library::{builtin, pack_from, vendors};
use jobproof::contract::load::load;
use jobproof::mock::fault::faults;
use jobproof::report::model::{Report, Verdict};
use jobproof::rule::Level;
use jobproof::suite::Subject;

async fn check(contract: &Arc<Contract>, fault: Option<&str>) -> Report {
    let subject = match fault {
        Some(fault) => Subject::faulty_mock(contract, 0, false, fault).unwrap(),
        None => Subject::mock(contract, 0, false),
    };
    Suite::new(vec![subject]).jobs(8).run().await
}

/// The contracts that come with the program, and those made up for tests: what no vendor has is tried on these.
fn contracts() -> Vec<(String, Arc<Contract>)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let made_up = ["atelier"].into_iter().map(|name| {
        (name.to_owned(), Arc::new(load(&pack_from(&root.join(name)).unwrap(), None).unwrap().contract))
    });
    let own = vendors().into_iter().map(|vendor| (vendor.to_owned(), Arc::new(builtin(vendor).unwrap())));
    own.chain(made_up).collect()
}

/// The rules with a finding that fails or warns.
fn alarmed(report: &Report) -> BTreeSet<&str> {
    report.findings.iter().filter(|f| f.level > Level::Note).map(|f| f.rule.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn conforming_mocks_raise_no_alarm() {
    for (vendor, contract) in contracts() {
        let report = check(&contract, None).await;
        assert_eq!(alarmed(&report), BTreeSet::new(), "{vendor}");
        assert_eq!(report.summary.count(Verdict::Error), 0, "{vendor}");
        assert!(report.summary.count(Verdict::Pass) > 500, "{vendor}");
        for outcome in report.outcomes.iter().filter(|o| o.verdict == Verdict::Skip) {
            assert!(outcome.reason.as_ref().is_some_and(|why| !why.is_empty()), "{outcome:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_caught_by_a_rule_that_should() {
    for (vendor, contract) in contracts() {
        let labels: Vec<_> = faults(&contract).iter().map(|fault| fault.label().clone()).collect();
        assert!(labels.len() >= 15, "{vendor} has {} faults", labels.len());
        let seeded = labels.len();
        let mut runs = tokio::task::JoinSet::new();
        let mut survivors = Vec::new();
        let permits = Arc::new(tokio::sync::Semaphore::new(4));
        for label in labels {
            let (contract, permits) = (Arc::clone(&contract), Arc::clone(&permits));
            runs.spawn(async move {
                let _permit = permits.acquire().await;
                let report = check(&contract, Some(&label.id)).await;
                let alarmed = alarmed(&report);
                let caught = label.caught_by.iter().any(|rule| alarmed.contains(rule));
                (!caught)
                    .then(|| format!("{} (expected {:?}, alarmed {alarmed:?})", label.id, label.caught_by))
            });
        }
        let mut ran = 0;
        while let Some(result) = runs.join_next().await {
            ran += 1;
            survivors.extend(result.unwrap());
        }
        assert_eq!(ran, seeded);
        survivors.sort();
        assert!(survivors.is_empty(), "{vendor}: {} survivors:\n{}", survivors.len(), survivors.join("\n"));
    }
}
