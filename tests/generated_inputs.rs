//! A counterexample that was found at random is as small as it can be, and can be had again: by its seed, and by its
//! curl line.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

use std::collections::BTreeSet;
use std::sync::Arc;

use jobproof::Suite;
use jobproof::contract::Contract;
use jobproof::contract::library::{builtin, vendors};
use jobproof::exchange::Request;
use jobproof::exchange::headers::Headers;
use jobproof::exchange::route::asked;
use jobproof::report::model::{ExchangeInfo, FindingInfo, Report};
use jobproof::rule::Level;
use jobproof::run::plan::Choice;
use jobproof::suite::Subject;

/// The fault of a server that checks no request against its schema.
const FAULT: &str = "validation-missing";

async fn search(contract: &Arc<Contract>, seed: u64, fault: Option<&str>) -> Report {
    let subject = match fault {
        Some(fault) => Subject::faulty_mock(contract, seed, false, fault).unwrap(),
        None => Subject::mock(contract, seed, false),
    };
    let only = Choice::new(&["generated".into()], &[], &[]).unwrap();
    Suite::new(vec![subject]).seed(seed).choice(only).run().await
}

/// What was found of the requests made wrong at random, with the exchange that shows it.
fn found(report: &Report) -> Vec<(&FindingInfo, &ExchangeInfo)> {
    let exchange = |id: &str| report.exchanges.iter().find(|e| e.id == id).unwrap();
    let findings = report
        .findings
        .iter()
        .filter(|f| f.rule.starts_with("errors/invalid") || f.rule.starts_with("errors/missing"));
    findings.map(|f| (f, exchange(&f.exchange))).collect()
}

/// The request as it was sent.
fn request(exchange: &ExchangeInfo) -> Request {
    let mut headers = Headers::default();
    exchange.request_headers.iter().for_each(|(name, value)| headers.push(name.as_str(), value.as_str()));
    Request {
        service: None,
        method: exchange.method.clone(),
        target: exchange.target.clone(),
        headers,
        body: exchange.request_body.clone().into_bytes(),
    }
}

#[tokio::test]
async fn a_counterexample_is_one_mistake_and_still_a_mistake() {
    let mut seen = 0;
    for vendor in vendors() {
        let contract = Arc::new(builtin(vendor).unwrap());
        for seed in 0..4 {
            let report = search(&contract, seed, Some(FAULT)).await;
            for (finding, exchange) in found(&report) {
                let asked = asked(&contract, &request(exchange));
                let operation = &contract.facts.operations[asked.operation.as_ref().unwrap()];
                let broken = contract.shapes.mismatches(&operation.request, &asked.view);
                // What was shrunk must not have become right on the way.
                assert!(!broken.is_empty(), "{vendor}: a right request was called wrong: {finding:?}");
                // One wrong member may break a condition on another one, too.
                let places: BTreeSet<&str> = broken.iter().map(|m| m.at.as_str()).collect();
                assert!(places.len() <= 2, "{vendor}: {finding:?}: {broken:?}");
                assert!(finding.message.contains(&format!("(found with --seed {seed})")), "{finding:?}");
                let quoted = exchange.request_body.replace('\'', r"'\''");
                assert!(finding.curl.contains(exchange.target.as_str()), "{finding:?}");
                assert!(finding.curl.contains(&quoted), "{finding:?}");
                // A GraphQL request always holds its document.
                let document = operation.graphql.as_ref().map_or(0, |call| call.document.len());
                let is_small = exchange.request_body.len() < 400 + 2 * document;
                assert!(is_small, "{vendor}: not small: {exchange:?}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 8, "{seen}");
}

#[tokio::test]
async fn a_seed_finds_the_same_again() {
    let contract = Arc::new(builtin("bedrock").unwrap());
    let (one, two) = (search(&contract, 7, Some(FAULT)).await, search(&contract, 7, Some(FAULT)).await);
    let lines = |report: &Report| -> Vec<String> {
        found(report).into_iter().map(|(finding, _)| finding.curl.clone()).collect()
    };
    assert!(!lines(&one).is_empty());
    assert_eq!(lines(&one), lines(&two));
}

#[tokio::test]
async fn a_server_that_checks_raises_nothing() {
    for vendor in vendors() {
        let contract = Arc::new(builtin(vendor).unwrap());
        for seed in 0..3 {
            let report = search(&contract, seed, None).await;
            let alarms = report.findings.iter().filter(|finding| finding.level > Level::Note);
            assert_eq!(alarms.count(), 0, "{vendor}, seed {seed}: {:?}", report.findings);
        }
    }
}
