//! Every fault is well described, and shows in what the mock answers.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use super::{Bench, contract};
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::mock::fault::{fault, faults};
use crate::mock::likeness::{Dice, like};
use crate::sign;

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

/// Calls everything in every way the mock knows, and gives all it answered, up to the first answer that is not as
/// `before`.
fn tour(bench: &Bench, before: Option<&[String]>) -> Vec<String> {
    let facts = &bench.contract.facts;
    let unknown = like(&facts.job.ids.sample, &mut Dice::new(99, 99));
    let mut seen = Vec::new();
    let mut differs = false;
    let mut send = |operation: &str, view: &Value| {
        if differs {
            return Value::Null;
        }
        let response = bench.send(operation, view);
        let headers = format!("{:?}", response.headers);
        seen.push(format!("{} {headers} {}", response.status, String::from_utf8_lossy(&response.body)));
        differs = before.is_some_and(|before| before.get(seen.len() - 1) != seen.last());
        response.json().cloned().unwrap_or_default()
    };
    let names = || facts.operations.iter();
    let get = bench.name(Role::Get).to_owned();
    for state in facts.lifecycle.states.keys() {
        let id = bench.arrange(state);
        for (name, operation) in names().filter(|(_, o)| matches!(o.role, Role::Cancel | Role::Details)) {
            for _ in 0..2 {
                send(&get, &bench.view(&get, Some(&id)));
                send(&get, &bench.view(&get, Some(&id)));
                send(name, &bench.view(name, Some(&id)));
            }
            bench.stay(2.5);
            for _ in 0..2 {
                send(&get, &bench.view(&get, Some(&id)));
            }
            assert!(operation.target.is_some());
        }
    }
    for (name, operation) in names() {
        let mut views = vec![bench.view(name, Some(&unknown))];
        let malformed = facts.job.ids.malformed.iter().map(|id| bench.view(name, Some(id)));
        views.extend(malformed.filter(|_| operation.target.is_some()));
        for (parameter, fact) in &facts.parameters {
            if let (Some(at), Some(other)) = (operation.parent_place(parameter), &fact.unknown) {
                let mut view = bench.view(name, Some(&unknown));
                at.put(&mut view, other.clone());
                views.push(view);
            }
        }
        if let Some(at) = operation.client_token.as_ref().map(|token| &token.at) {
            for _ in 0..2 {
                let mut view = bench.view(name, None);
                at.put(&mut view, "t".repeat(40).into());
                views.push(view);
            }
        }
        for (part, members) in [
            ("query", json!({"page": "x", "per_page": 2})),
            ("query", json!({"per_page": 2, "page": 2})),
            ("query", json!({"per_page": 2, "page": 3})),
            ("body", json!({"maxResults": 2})),
            ("body", json!({"maxResults": "x", "uuid": 7, "knowledge_base_uuid": 7})),
            ("body", json!({"sortBy": {"attribute": "STARTED_AT"}})),
            ("body", json!({"sortBy": {"attribute": "STARTED_AT", "order": "ASCENDING"}})),
            ("body", json!({"filters": [{"attribute": "STATUS", "operator": "EQ", "values": ["FAILED"]}]})),
            ("body", json!({})),
        ] {
            if operation.role == Role::List || (part == "body" && operation.role == Role::Create) {
                let mut view = bench.view(name, Some(&unknown));
                view[part] = members;
                views.push(view);
            }
        }
        for mut view in views {
            if operation.role == Role::Create {
                // One job at a time may be allowed.
                bench.stay(10.0);
            }
            for _ in 0..8 {
                let answer = send(name, &view);
                let Some(token) = answer.get("nextToken") else { break };
                view["body"]["nextToken"] = token.clone();
            }
        }
    }
    for _ in 0..12 {
        bench.stay(0.5);
        // The last ones were created, and move.
        for id in bench.mock.ids().iter().rev().take(3) {
            send(&get, &bench.view(&get, Some(id)));
        }
    }
    bench.stay(10.0);
    let create = bench.name(Role::Create).to_owned();
    for _ in 0..2 {
        send(&create, &bench.view(&create, None));
    }
    for (parameter, fact) in &facts.parameters {
        let operation = &facts.operations[&get];
        if let (Some(_), Some(_)) = (operation.parent_place(parameter), &fact.foreign) {
            let id = bench.mock.ids()[0].clone();
            let mut view = bench.view(&get, Some(&id));
            for (parameter, fact) in &facts.parameters {
                if let (Some(at), Some(foreign)) = (operation.parent_place(parameter), &fact.foreign) {
                    at.put(&mut view, foreign.clone());
                }
            }
            send(&get, &view);
        }
    }
    for scheme in sign::schemes(&facts.auth) {
        for condition in [Condition::MissingCredentials, Condition::BadCredentials, Condition::BadSignature] {
            let mut request = bench.request(&get, &bench.view(&get, Some(&unknown)));
            if scheme.spoil(&mut request, condition) {
                let response = bench.mock.handle(&request);
                seen.push(format!("{} {}", response.status, String::from_utf8_lossy(&response.body)));
            }
        }
    }
    seen
}

#[rstest]
fn every_fault_shows(#[values("bedrock", "digitalocean")] vendor: &str) {
    let contract = contract(vendor);
    let sound = tour(&Bench::with(contract.clone(), None, 7), None);
    assert_eq!(sound, tour(&Bench::with(contract.clone(), None, 7), None));
    let hidden: Vec<String> = faults(&contract)
        .into_iter()
        .filter_map(|fault| {
            let id = fault.label().id.clone();
            (tour(&Bench::with(contract.clone(), Some(fault), 7), Some(&sound)) == sound).then_some(id)
        })
        .collect();
    assert!(hidden.is_empty(), "no trace of {hidden:?}");
}
