//! The same input and the same seed give the same bytes, however many cases are driven at the same time.

mod support;

use jobproof::Suite;
use jobproof::report::json;
use jobproof::suite::Subject;
use rstest::rstest;
use support::jobproof;

/// The report of one run in this process.
async fn in_process(vendor: &str, seed: u64, fault: Option<&str>, jobs: usize) -> String {
    let contract = jobproof::contract::library::builtin(vendor).expect("a vendor");
    let contract = std::sync::Arc::new(contract);
    let subject = match fault {
        Some(fault) => Subject::faulty_mock(&contract, seed, false, fault).expect("a fault"),
        None => Subject::mock(&contract, seed, false),
    };
    json::render(&Suite::new(vec![subject]).seed(seed).jobs(jobs).run().await).expect("a report")
}

#[rstest]
#[case::sound(None)]
#[case::faulty(Some("html-body::"))]
fn a_run_in_process_repeats(#[case] fault: Option<&str>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for vendor in jobproof::contract::library::vendors() {
        // A fault of this kind, whatever the vendor's states are called.
        let contract = jobproof::contract::library::builtin(vendor).unwrap();
        let faults = jobproof::mock::fault::faults(&contract);
        let fault = fault.map(|kind| {
            let found = faults.iter().map(|f| f.label().id.as_str()).find(|id| id.starts_with(kind));
            found.unwrap_or_else(|| panic!("{vendor} has no fault {kind}"))
        });
        let one = runtime.block_on(in_process(vendor, 7, fault, 1));
        assert_eq!(
            fault.is_some(),
            one.contains("\"level\": \"fail\""),
            "{vendor}: a fault, and nothing else"
        );
        for jobs in [1, 4, 16] {
            assert_same(&one, &runtime.block_on(in_process(vendor, 7, fault, jobs)), vendor);
        }
    }
}

#[rstest]
#[case::sound(&["check", "bedrock", "--seed", "7"])]
#[case::faulty(&["check", "bedrock", "--seed", "7", "--fault", "accepts-cancel::COMPLETE", "--only", "*::refused::*"])]
#[case::links(&["check", "digitalocean", "--seed", "7", "--fault", "content-type::ListIndexingJobs", "--only", "*::pages"])]
fn a_run_over_http_repeats(#[case] arguments: &[&str]) {
    for format in ["json", "junit", "terminal"] {
        let run = |jobs: &str| jobproof(&[arguments, &["--format", format, "--jobs", jobs]].concat()).out;
        let one = run("1");
        assert!(!one.is_empty());
        assert_same(&one, &run("16"), format);
    }
}

#[test]
fn several_vendors_are_reported_in_the_same_order() {
    let run = || jobproof(&["check", "--format", "json", "--only", "*::lifecycle"]).out;
    let one = run();
    assert_same(&one, &run(), "all vendors");
}

/// Fails with the first line that differs, not with two whole reports.
#[track_caller]
fn assert_same(one: &str, other: &str, what: &str) {
    let differing = one.lines().zip(other.lines()).enumerate().find(|(_, (a, b))| a != b);
    assert!(one == other, "{what}: the first difference, if not in length: {differing:?}");
}
