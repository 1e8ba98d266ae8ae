//! Jobs: arranged, created, moved by the clock, cancelled.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

use super::{Bench, contract};
use crate::contract::cancel::Expect;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;
use crate::exchange::refusal::refusal;

#[rstest]
fn every_body_is_valid_in_every_state(#[values("bedrock", "digitalocean")] vendor: &str) {
    let bench = Bench::of(vendor);
    let states: Vec<String> = bench.contract.facts.lifecycle.states.keys().cloned().collect();
    for state in states {
        for (name, operation) in &bench.contract.facts.operations {
            bench.advance(60.0);
            let id = bench.arrange(&state);
            let response = bench.send(name, &bench.view(name, Some(&id)));
            bench.valid(name, &response);
            if matches!(operation.role, Role::Get | Role::Details | Role::List | Role::Create) {
                assert!(response.is_success(), "{name} in {state}: {}", response.status);
            }
            if operation.role == Role::Get {
                let job = bench.job(name, &response);
                assert_eq!((job.id.as_str(), job.state.as_deref()), (id.as_str(), Some(state.as_str())));
                bench.consistent(&job);
                for (word, fact) in &bench.contract.facts.job.words {
                    for (_, value) in fact.at.select(&job.job) {
                        let value = value.as_str().unwrap().to_owned();
                        assert!(fact.agrees.get(&state).is_none_or(|v| v.contains(&value)), "{word} {state}");
                    }
                }
            }
        }
    }
}

#[rstest]
fn a_created_job_runs_to_its_end(#[values("bedrock", "digitalocean")] vendor: &str) {
    let bench = Bench::of(vendor);
    let created = bench.create();
    let lifecycle = &bench.contract.facts.lifecycle;
    assert!(lifecycle.initial.contains(created.state.as_ref().unwrap()));
    let mut last = created.clone();
    for _ in 0..40 {
        bench.advance(0.25);
        let job = bench.get(&created.id);
        bench.consistent(&job);
        let (from, to) = (last.state.as_ref().unwrap(), job.state.as_ref().unwrap());
        assert!(lifecycle.path(from, to).is_some(), "{from} to {to}");
        for (counter, value) in &job.counters {
            assert!(last.counters.get(counter).is_none_or(|before| before <= value), "{counter} fell");
        }
        for (name, time) in &job.times {
            assert!(last.times.get(name).is_none_or(|before| before <= time), "{name} went back");
            assert!(*name == "updated" || last.times.get(name).is_none_or(|before| before == time), "{name}");
        }
        last = job;
    }
    assert_eq!(lifecycle.phase(last.state.as_ref().unwrap()), Phase::Succeeded);
    assert!(last.counters.values().any(|value| *value > 0));
}

#[test]
fn a_job_that_has_worked_ends_as_working_jobs_do() {
    let bench = Bench::of("digitalocean");
    let created = bench.create();
    bench.advance(3600.0);
    assert_eq!(bench.get(&created.id).state.as_deref(), Some("INDEX_JOB_STATUS_COMPLETED"));
}

#[rstest]
fn cancels_by_the_truth_table(#[values("bedrock", "digitalocean")] vendor: &str) {
    let bench = Bench::of(vendor);
    let cancel = bench.name(Role::Cancel).to_owned();
    let states: Vec<String> = bench.contract.facts.lifecycle.states.keys().cloned().collect();
    for state in states {
        let id = bench.arrange(&state);
        let before = bench.get(&id);
        bench.advance(1.0);
        let response = bench.call(Role::Cancel, Some(&id));
        bench.valid(&cancel, &response);
        let after = bench.get(&id);
        match &bench.contract.cancel_row(&state, &BTreeMap::new()).unwrap().expect {
            Expect::Accepted(accepted) => {
                assert!(response.is_success());
                assert_eq!(bench.job(&cancel, &response).state.as_ref(), accepted.leads_to.first());
                bench.advance(3.0);
                let settled = bench.get(&id);
                assert_eq!(settled.state.as_ref(), accepted.settles_in.first());
                bench.consistent(&settled);
                assert_eq!(settled.counters, after.counters, "work goes on after the cancel");
                assert!(before.counters.iter().all(|(name, value)| *value <= settled.counters[name]));
                bench.advance(60.0);
                assert_eq!(bench.get(&id).job, settled.job);
            }
            Expect::Refused(condition) => {
                assert_eq!(before.job, after.job);
                let row = bench.contract.error_row(*condition, &cancel).unwrap();
                let said = refusal(&response, &bench.contract.facts.error_body);
                assert_eq!(Some(response.status), row.any_of[0].status);
                assert_eq!(said.code, row.any_of[0].code);
                assert!(said.message.unwrap().contains(&id));
            }
            Expect::Undocumented(_) => {
                assert!(response.is_success());
                assert_eq!(before.job, after.job);
                bench.advance(300.0);
                let end = bench.get(&id).state.unwrap();
                assert!(bench.contract.facts.lifecycle.is_terminal(&end), "{state} goes on to {end}");
            }
        }
    }
}

#[rstest]
fn a_held_job_stays_until_it_is_cancelled(#[values("bedrock", "digitalocean")] vendor: &str) {
    let bench = Bench::of(vendor);
    let running = bench.contract.facts.lifecycle.of_phase(Phase::Running).next().unwrap().to_owned();
    let id = bench.arrange(&running);
    let before = bench.get(&id);
    bench.advance(3_600.0);
    assert_eq!(bench.get(&id).job, before.job);
    assert!(before.counters.values().any(|value| *value > 0), "{:?}", before.counters);
}

#[rstest]
fn the_same_token_gives_the_same_job() {
    let bench = Bench::of("bedrock");
    let name = bench.name(Role::Create).to_owned();
    let mut view = bench.view(&name, None);
    view["body"] = json!({"clientToken": "a".repeat(40), "description": "of the caller"});
    let first = bench.job(&name, &bench.send(&name, &view));
    let again = bench.job(&name, &bench.send(&name, &view));
    assert_eq!(first.id, again.id);
    assert_eq!(first.job["description"], "of the caller");
    view["body"]["clientToken"] = "b".repeat(40).into();
    assert_eq!(bench.send(&name, &view).status, 409, "one job at a time");
    bench.advance(60.0);
    assert_ne!(bench.job(&name, &bench.send(&name, &view)).id, first.id);
}

#[rstest]
fn says_what_cannot_be_arranged() {
    let bench = Bench::of("bedrock");
    let none = BTreeMap::new();
    assert!(bench.mock.arrange("WHAT", &none, &BTreeMap::new()).unwrap_err().contains("STARTING"));
    let facets = BTreeMap::from([("kind".to_owned(), vec!["x".to_owned()])]);
    assert!(bench.mock.arrange("COMPLETE", &facets, &BTreeMap::new()).is_err());
    let parents = BTreeMap::from([("knowledgeBaseId".to_owned(), "KB00000000".to_owned())]);
    assert!(bench.mock.arrange("COMPLETE", &none, &parents).is_err());
    bench.arrange("COMPLETE");
    bench.mock.reset();
    let list = bench.name(Role::List).to_owned();
    assert!(bench.list(&list, &bench.view(&list, None)).0.is_empty());
}

#[derive(Debug, Clone)]
enum Act {
    Create,
    Arrange(usize),
    Call(usize, usize),
    Wait(u32),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        Just(Act::Create),
        (0..8_usize).prop_map(Act::Arrange),
        (0..8_usize, 0..6_usize).prop_map(|(operation, job)| Act::Call(operation, job)),
        (0..4_000_u32).prop_map(Act::Wait),
    ];
    proptest::collection::vec(act, 1..30)
}

/// Does what is asked, and gives every byte that was answered.
fn play(vendor: &str, seed: u64, acts: &[Act]) -> Vec<Vec<u8>> {
    let bench = Bench::with(contract(vendor), None, seed);
    let states: Vec<String> = bench.contract.facts.lifecycle.states.keys().cloned().collect();
    let names: Vec<String> = bench.contract.facts.operations.keys().cloned().collect();
    let mut ids = vec!["unknown".to_owned()];
    let mut bytes = Vec::new();
    for act in acts {
        match act {
            Act::Create => ids.push(bench.create().id),
            Act::Arrange(state) => ids.push(bench.arrange(&states[state % states.len()])),
            Act::Wait(ms) => bench.advance(f64::from(*ms) / 1_000.0),
            Act::Call(operation, job) => {
                let name = &names[operation % names.len()];
                let response = bench.send(name, &bench.view(name, Some(&ids[job % ids.len()])));
                bench.valid(name, &response);
                let headers = response.headers.iter().flat_map(|(n, v)| [n, v]).collect::<String>();
                bytes.push([headers.as_bytes(), &response.body].concat());
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn every_answer_is_valid_and_the_same_seed_gives_the_same_bytes(seed: u64, acts in acts()) {
        for vendor in ["bedrock", "digitalocean"] {
            prop_assert_eq!(play(vendor, seed, &acts), play(vendor, seed, &acts));
        }
    }
}
