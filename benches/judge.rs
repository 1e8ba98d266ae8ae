//! How the time of judging grows with the length of a transcript: many jobs of ten exchanges each, by all rules.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

use std::time::Duration;

use jobproof::contract::Contract;
use jobproof::contract::library::builtin;
use jobproof::exchange::compose::compose;
use jobproof::exchange::headers::Headers;
use jobproof::exchange::route::asked;
use jobproof::exchange::{Exchange, Response, Transcript};
use jobproof::rule::registry::rules;
use jobproof::story::Story;
use serde_json::{Value, json};

/// How many exchanges each job has: a start and readings.
const READINGS: usize = 10;

fn main() {
    divan::main();
}

/// All rules on one transcript of so many exchanges. The rows must grow as their arguments do.
#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 3, sample_size = 1)]
fn judge_transcript(bencher: divan::Bencher<'_, '_>, exchanges: usize) {
    let contract = builtin("bedrock").unwrap();
    let rules = rules();
    bencher.with_inputs(|| transcript(&contract, exchanges / READINGS)).bench_local_refs(|transcript| {
        let story = Story::of(&contract, transcript);
        rules.iter().map(|rule| rule.judge(&story).found.len()).sum::<usize>()
    });
}

/// Jobs that are started, run and end, one after the other.
fn transcript(contract: &Contract, jobs: usize) -> Transcript {
    let start = sample(contract, "StartIngestionJob").unwrap();
    let mut exchanges = Vec::new();
    for job in 0..jobs {
        let id = format!("J{job:09}");
        for reading in 0..READINGS {
            let state = match reading {
                0 => "STARTING",
                1..=5 => "IN_PROGRESS",
                _ => "COMPLETE",
            };
            let mut body = start.clone();
            body["ingestionJob"]["ingestionJobId"] = json!(id);
            body["ingestionJob"]["status"] = json!(state);
            let operation = if reading == 0 { "StartIngestionJob" } else { "GetIngestionJob" };
            exchanges.push(exchange(contract, operation, &id, &body, exchanges.len()));
        }
    }
    Transcript::new(exchanges)
}

fn sample<'c>(contract: &'c Contract, operation: &str) -> Option<&'c Value> {
    let operation = &contract.facts.operations[operation];
    contract.sample(operation.response_schema(operation.success_statuses().next()?)?)
}

fn exchange(contract: &Contract, name: &str, id: &str, body: &Value, number: usize) -> Exchange {
    let operation = &contract.facts.operations[name];
    let mut view = json!({ "path": {}, "query": {}, "headers": {} });
    for parent in contract.facts.job.parent_names() {
        if let Some(place) = operation.parent_place(parent) {
            place.put(&mut view, contract.facts.parameters[parent].example.clone());
        }
    }
    if let Some(place) = &operation.target {
        place.put(&mut view, json!(id));
    }
    let request = compose(operation, &view);
    let mut headers = Headers::default();
    headers.push("content-type", "application/json");
    let status = operation.success_statuses().next().unwrap();
    let sent = Duration::from_millis(number as u64 * 20);
    Exchange {
        asked: asked(contract, &request),
        meant: None,
        request,
        outcome: Ok(Response::new(status, headers, body.to_string().into_bytes())),
        sent,
        received: sent + Duration::from_millis(10),
    }
}
