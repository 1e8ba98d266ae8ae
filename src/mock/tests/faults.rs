//! Every fault is well described, and shows in what the mock answers.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use rstest::rstest;

use super::{Bench, contract};
use crate::contract::operation::Role;
use crate::mock::fault::{fault, faults};

#[rstest]
fn every_fault_is_described(#[values("bedrock", "digitalocean")] vendor: &str) {
    let contract = contract(vendor);
    let found = faults(&contract);
    assert!(found.len() >= 30, "{} faults", found.len());
    let mut ids = BTreeSet::new();
    for fault in &found {
        let label = fault.label();
        assert!(ids.insert(label.id.clone()), "{} twice", label.id);
        assert!(!label.title.is_empty() && !label.title.ends_with('.'));
        assert!(!label.caught_by.is_empty());
    }
    assert!(fault(&contract, "cancel-ignored").is_some());
    assert!(fault(&contract, "what").is_none());
}

/// What each of the servers that answer without evidence says: the status of a get of a job that is there, and then of
/// the same again.
#[rstest]
#[case("job-never-found::GetIngestionJob", "COMPLETE", [404, 404])]
#[case("ended-job-forgotten::GetIngestionJob", "COMPLETE", [200, 404])]
#[case("ended-job-forgotten::GetIngestionJob", "IN_PROGRESS", [200, 200])]
#[case("new-job-not-found::GetIngestionJob", "COMPLETE", [200, 200])]
#[case("other-success-status::GetIngestionJob", "COMPLETE", [202, 202])]
fn vacuous_servers(#[case] id: &str, #[case] state: &str, #[case] expected: [u16; 2]) {
    let contract = contract("bedrock");
    let bench = Bench::with(contract.clone(), Some(Arc::from(fault(&contract, id).unwrap())), 7);
    let job = bench.arrange(state);
    let name = bench.name(Role::Get);
    let read = || {
        let request = bench.request(name, &bench.view(name, Some(&job)));
        let status = bench.mock.handle(&request).status;
        bench.mock.advance(Duration::from_secs(3));
        status
    };
    assert_eq!([read(), read()], expected);
}
