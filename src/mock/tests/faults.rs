//! Every fault is well described, and shows in what the mock answers.

use std::collections::BTreeSet;

use rstest::rstest;

use super::contract;
use crate::mock::fault::{fault, faults};

/// The rules that the suite has.
const RULES: &[&str] = &[
    "fields/readable-body",
    "fields/body-schema",
    "fields/documented-status",
    "fields/content-type",
    "fields/response-headers",
    "fields/identity-echoed",
    "fields/invariants",
    "status/state-in-enum",
    "status/letter-case",
    "status/word-in-enum",
    "status/words-agree",
    "lifecycle/declared-transition",
    "lifecycle/terminal-is-final",
    "lifecycle/frozen-members",
    "lifecycle/initial-state",
    "lifecycle/time-goes-forward",
    "lifecycle/counters-grow",
    "lifecycle/ends-in-time",
    "cancel/accepted-when-allowed",
    "cancel/refused-when-finished",
    "cancel/refusal-error",
    "cancel/refusal-changes-nothing",
    "cancel/takes-effect",
    "cancel/work-stops",
    "cancel/repeat-consistent",
    "errors/unknown-job",
    "errors/unknown-parent",
    "errors/malformed-id",
    "errors/missing-parameter",
    "errors/invalid-parameter",
    "errors/conflict",
    "errors/server-error",
    "errors/body-shape",
    "errors/known-code",
    "errors/error-in-success",
    "auth/missing-credentials",
    "auth/bad-credentials",
    "auth/bad-signature",
    "auth/expired-credentials",
    "listing/contains-created",
    "listing/pages-partition",
    "listing/page-size",
    "listing/filter",
    "listing/walk-ends",
    "idempotency/token-replays",
    "idempotency/reads-repeat",
    "isolation/foreign-parent",
];

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
        assert!(label.caught_by.iter().all(|rule| RULES.contains(rule)), "{label:?}");
    }
    assert!(fault(&contract, "cancel-ignored").is_some());
    assert!(fault(&contract, "what").is_none());
}
