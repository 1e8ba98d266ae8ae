//! How long a whole check takes, judging one transcript, and validating one job body.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

use std::sync::Arc;

use jobproof::Suite;
use jobproof::contract::Contract;
use jobproof::contract::library::{builtin, vendors};
use jobproof::exchange::reading::read;
use jobproof::rule::registry::rules;
use jobproof::run::plan::Choice;
use jobproof::run::schedule::{Options, run};
use jobproof::story::Story;
use jobproof::suite::Subject;

fn main() {
    divan::main();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

fn contract(vendor: &str) -> Arc<Contract> {
    Arc::new(builtin(vendor).unwrap())
}

/// Every vendor against its mock over loopback HTTP, contracts loaded before.
#[divan::bench(sample_count = 10)]
fn check_all_over_http(bencher: divan::Bencher<'_, '_>) {
    let contracts: Vec<_> = vendors().into_iter().map(contract).collect();
    let runtime = runtime();
    bencher.bench_local(|| {
        let subjects = contracts.iter().map(|c| Subject::mock(c, 0, true)).collect();
        runtime.block_on(Suite::new(subjects).jobs(8).run())
    });
}

/// Loading and linting every vendor's contract.
#[divan::bench(sample_count = 10)]
fn load_all_contracts() -> usize {
    vendors().into_iter().map(|vendor| builtin(vendor).unwrap().facts.operations.len()).sum()
}

/// All rules on the transcript of one case: a refused stop, repeated.
#[divan::bench]
fn judge_one_transcript(bencher: divan::Bencher<'_, '_>) {
    let contract = contract("bedrock");
    let rules = rules();
    let (_keep, stop) = tokio::sync::watch::channel(None);
    let choice = Choice::new(&["*::refused::COMPLETE".to_owned()], &[], &[]).unwrap();
    let options = Options { choice, rules: rules.clone(), jobs: 1, events: None, stop };
    let ran = runtime().block_on(run(Subject::mock(&contract, 0, false).server, &options));
    let driven = ran.cases.into_iter().find(|d| !d.transcript.exchanges.is_empty()).unwrap();
    bencher.bench_local(|| {
        let story = Story::of(&contract, &driven.transcript);
        rules.iter().map(|rule| rule.judge(&story)).collect::<Vec<_>>()
    });
}

/// One job body against its schema.
#[divan::bench]
fn validate_one_job_body(bencher: divan::Bencher<'_, '_>) {
    let contract = contract("bedrock");
    let body = contract.sample("ingestion-job.response").unwrap().clone();
    bencher.bench_local(|| contract.shapes.is_valid("ingestion-job.response", &body));
}

/// One reading of one job.
#[divan::bench]
fn read_one_job(bencher: divan::Bencher<'_, '_>) {
    let contract = contract("bedrock");
    let job = contract.sample("ingestion-job.response").unwrap()["ingestionJob"].clone();
    bencher.bench_local(|| read(&job, &contract.facts.job));
}
