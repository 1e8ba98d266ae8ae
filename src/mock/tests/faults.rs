//! Every fault is well described, and shows in what the mock answers.

use std::collections::BTreeSet;

use rstest::rstest;

use super::contract;
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
