//! One server, judged in two editions: the verdicts are opposite where the documentation changed, and the report says
//! which edition was judged. And jobs of each kind, without a hook that arranges them.

mod support;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use jobproof::Suite;
use jobproof::contract::Contract;
use jobproof::contract::library::pack;
use jobproof::contract::load::load;
use jobproof::exchange::{JobIds, Request, Response, TransportError};
use jobproof::mock::{Clock, Mock, MockOptions};
use jobproof::report::model::{Report, Verdict};
use jobproof::run::setup::{Allow, Limits, Setup};
use jobproof::sign::schemes;
use jobproof::target::in_process::InProcess;
use jobproof::target::{Target, Wanted};
use rstest::rstest;
use serde_json::json;
use support::{folder, jobproof};

fn contract(edition: &str) -> Arc<Contract> {
    let pack = pack("ges").expect("the vendor is there");
    Arc::new(load(&pack, Some(edition)).expect("the edition loads").contract)
}

/// A mock, with or without the hook that arranges jobs.
struct Server {
    inner: InProcess,
    arranges: bool,
}

#[async_trait]
impl Target for Server {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.inner.send(request).await
    }

    async fn pause(&self, length: Duration) {
        self.inner.pause(length).await;
    }

    fn elapsed(&self) -> Duration {
        self.inner.elapsed()
    }

    fn authority(&self, service: Option<&str>) -> (&str, &str) {
        self.inner.authority(service)
    }

    fn now(&self) -> SystemTime {
        self.inner.now()
    }

    async fn arrange(&self, wanted: &Wanted) -> Result<Option<JobIds>, String> {
        if self.arranges { self.inner.arrange(wanted).await } else { Ok(None) }
    }
}

/// The mock of one edition, judged in another.
async fn judge(served: &str, judged: &str, arranges: bool, allow: Allow, only: &[&str]) -> Report {
    let clock = Arc::new(Clock::held());
    let options = MockOptions { clock: Arc::clone(&clock), ..MockOptions::held() };
    let mock = Arc::new(Mock::new(contract(served), options));
    let contract = contract(judged);
    let signer = schemes(&contract.facts.auth).into_iter().next().map(|scheme| {
        let credentials = scheme.example();
        (scheme, credentials)
    });
    let parameters = contract.facts.parameters.iter();
    let setup = Setup {
        parameters: parameters.map(|(name, fact)| (name.clone(), fact.example.clone())).collect(),
        other_parent: [].into(),
        target: Arc::new(Server { inner: InProcess::new(mock, clock), arranges }),
        signer,
        allow,
        fixtures: Vec::new(),
        create: json!({}),
        limits: Limits {
            max_jobs: 1_000,
            deadline: Duration::from_secs(600),
            poll_interval: Duration::from_secs(5),
            watch_after_end: Duration::from_secs(5),
            pace: None,
        },
        identities: [].into(),
        seed: 1,
        contract,
    };
    Suite::new(Vec::new()).target(setup).only(only).expect("the globs can be read").run().await
}

fn failed(report: &Report) -> Vec<(&str, &str)> {
    let failed = report.outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Fail);
    failed.map(|outcome| (outcome.case.as_str(), outcome.rule.as_str())).collect()
}

const MOVED: [&str; 2] =
    ["ges::DeleteJob::*::running::import-graph", "ges::DeleteJob::*::running::export-graph"];

#[rstest]
#[case("2021")]
#[case("2024")]
#[tokio::test]
async fn a_server_conforms_to_its_own_edition(#[case] edition: &str) {
    let report = judge(edition, edition, true, Allow::ALL, &MOVED).await;
    assert_eq!(failed(&report), []);
    assert!(report.summary.count(Verdict::Pass) >= 6, "{:?}", report.summary);
    assert_eq!(report.contracts[0].edition.as_deref(), Some(edition));
}

#[rstest]
#[case("2021", "2024", "accepted", "cancel/accepted-when-allowed")]
#[case("2024", "2021", "refused", "cancel/refused-for-kind")]
#[tokio::test]
async fn the_same_server_gets_the_opposite_verdict_in_the_other_edition(
    #[case] served: &str,
    #[case] judged: &str,
    #[case] what: &str,
    #[case] rule: &str,
) {
    let report = judge(served, judged, true, Allow::ALL, &MOVED).await;
    let failed = failed(&report);
    for kind in ["import-graph", "export-graph"] {
        let case = format!("ges::DeleteJob::{what}::running::{kind}");
        assert!(failed.contains(&(case.as_str(), rule)), "{case} {rule}: {failed:?}");
    }
    assert_eq!(report.contracts[0].edition.as_deref(), Some(judged));
}

#[tokio::test]
async fn without_a_hook_a_job_is_started_by_the_call_for_its_kind() {
    let only = ["ges::DeleteJob::*::running::*", "ges::DeleteJob::*::pending::*"];
    let report = judge("2021", "2021", false, Allow::ALL, &only).await;
    assert_eq!(failed(&report), []);
    let kinds = contract("2021").facts.job.facets["kind"].values.clone();
    for kind in kinds {
        // The result of a job is exported from another job, which the driver does not make for it.
        let expected = if kind == "export-result" { Verdict::Skip } else { Verdict::Pass };
        let mine = report.outcomes.iter().filter(|o| o.case.ends_with(&format!("running::{kind}")));
        let mine: Vec<_> = mine.filter(|o| o.rule.starts_with("cancel/")).collect();
        assert!(!mine.is_empty(), "{kind}");
        assert!(mine.iter().all(|o| o.verdict == expected), "{kind}: {mine:?}");
    }
}

#[tokio::test]
async fn nothing_that_destroys_data_is_sent_unless_that_is_allowed() {
    let allow = Allow { destroy: false, ..Allow::ALL };
    let only = ["ges::DeleteVertices::lifecycle", "ges::DeleteJob::refused::running::delete-vertices"];
    let report = judge("2021", "2021", false, allow, &only).await;
    assert_eq!(report.run.requests, 0);
    let reasons: Vec<&str> = report.not_tested.iter().map(|n| n.reason.as_str()).collect();
    let asks = "the target file does not allow it: add \"destroy\" to `allow`";
    assert!(reasons.contains(&asks), "{reasons:?}");
    assert!(report.outcomes.iter().all(|o| o.verdict == Verdict::Skip), "{:?}", report.outcomes);
}

#[test]
fn the_commands_take_an_edition_and_say_which() {
    let only = ["--only", "ges::DeleteJob::*::running::import-graph"];
    let check =
        |edition: &[&str], more: &[&str]| jobproof(&[&["check", "ges"], edition, &only, more].concat());
    let ended = check(&["--edition", "2024"], &[]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.out.contains("ges [2024]"), "{}", ended.out);
    let default = check(&[], &["--format", "json"]).report();
    assert_eq!(default["contracts"][0]["edition"], "2021");
    let report = check(&["--edition", "2024"], &["--format", "json"]).report();
    assert_eq!(report["contracts"][0]["edition"], "2024");

    let plan = jobproof(&["plan", "ges", "--edition", "2024"]);
    assert!(plan.out.contains("[2024]"), "{}", plan.out);
    let cases = |edition: &str| jobproof(&["list", "cases", "ges", "--edition", edition]).out;
    assert!(cases("2024").contains("DeleteJob::accepted::running::import-graph"));
    assert!(cases("2021").contains("DeleteJob::refused::running::import-graph"));
    let case = "ges::DeleteJob::accepted::running::import-graph";
    assert_eq!(jobproof(&["explain", case, "--edition", "2024"]).code, Some(0));
    assert_eq!(jobproof(&["explain", case]).code, Some(2));
}

#[test]
fn a_target_file_names_the_edition_and_the_kinds_of_its_jobs() {
    let path = folder("edition").join("target.toml");
    let text = r#"
vendor = "ges"
edition = "2024"
base_url = "http://127.0.0.1:1"
allow = ["read", "cancel"]

[auth.token-header]
token = "env:GES_TOKEN"

[parameters]
project_id = "0123456789abcdef0123456789abcdef"
graph_name = "movie"
graph_id = "4448c9fb-0b16-4a78-8d89-2a137c53454a"
indexName = "ageIndex"

[[fixtures]]
state = "running"
kind = "import-graph"
jobs = ["2c90803d94eea6f80194f31256260005"]

[[fixtures]]
state = "running"
facets = { kind = "algorithm", algorithm = "topicrank" }
jobs = ["2c90803d94eea6f80194f31256260006"]
"#;
    let plan = |text: &str| {
        std::fs::write(&path, text).expect("the target file can be written");
        let shown = path.to_str().expect("the path is UTF-8");
        let mut command = support::program(&["plan", "--target", shown]);
        command.env("GES_TOKEN", "canary");
        support::Ended::of(&command.output().expect("the program starts"))
    };
    let ended = plan(text);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.out.contains("[2024]"), "{}", ended.out);
    // The older edition knows no such algorithm.
    let older = plan(&text.replace("\"2024\"", "\"2021\""));
    assert_eq!(older.code, Some(2), "{older:#?}");
    assert!(older.err.contains("`topicrank` is not a value of the facet `algorithm`"), "{}", older.err);
}
