//! Each way to prove who sent a request, from end to end: a mock that asks for it raises no alarm, and one that forgets
//! a check is found out.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use jobproof::Suite;
use jobproof::contract::Contract;
use jobproof::contract::auth::{Acs3Auth, Auth, SdkHmacAuth, TokenHeaderAuth};
use jobproof::contract::library::builtin;
use jobproof::mock::fault::faults;
use jobproof::report::model::{Report, Verdict};
use jobproof::rule::Level;
use jobproof::run::plan::Choice;
use jobproof::suite::Subject;
use rstest::rstest;
use support::{Ended, Serving, files_below, folder, jobproof, program, repository};

/// A contract with rows for every condition, whose requests prove themselves in other ways.
fn contract(auth: Auth) -> Arc<Contract> {
    let mut contract = builtin("bedrock").unwrap();
    contract.facts.auth = auth;
    Arc::new(contract)
}

fn acs3() -> Auth {
    let facts = Acs3Auth { version: "2026-01-01".into(), reference: "model-auth".into() };
    Auth { acs3: Some(facts), ..Auth::default() }
}

fn sdk_hmac_sha256() -> Auth {
    Auth { sdk_hmac_sha256: Some(SdkHmacAuth { reference: "model-auth".into() }), ..Auth::default() }
}

fn token_or_keys() -> Auth {
    let facts = TokenHeaderAuth { header: "X-Auth-Token".into(), reference: "model-auth".into() };
    Auth { token_header: Some(facts), ..sdk_hmac_sha256() }
}

async fn check(subject: Subject) -> Report {
    let choice = Choice::new(&[], &[], &["auth".into()]).unwrap();
    Suite::new(vec![subject]).choice(choice).jobs(4).run().await
}

fn alarmed(report: &Report) -> BTreeSet<&str> {
    report.findings.iter().filter(|f| f.level > Level::Note).map(|f| f.rule.as_str()).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_sound_mock_raises_no_alarm(
    #[values(acs3(), sdk_hmac_sha256(), token_or_keys())] auth: Auth,
    #[values(false, true)] over_http: bool,
) {
    let contract = contract(auth);
    let report = check(Subject::mock(&contract, 0, over_http)).await;
    assert_eq!(alarmed(&report), BTreeSet::new());
    let passed = |rule: &str| {
        let passes = |o: &&_| matches!(o, jobproof::report::model::Outcome { verdict: Verdict::Pass, .. });
        report.outcomes.iter().filter(passes).filter(|o| o.rule == rule).count()
    };
    for rule in
        ["auth/missing-credentials", "auth/bad-credentials", "auth/bad-signature", "auth/expired-credentials"]
    {
        assert!(passed(rule) >= contract.facts.operations.len(), "{rule}: {}", passed(rule));
    }
    assert_eq!(report.summary.count(Verdict::Skip) + report.summary.count(Verdict::Error), 0);
}

#[rstest]
#[case::acs3(acs3(), 4)]
#[case::sdk_hmac_sha256(sdk_hmac_sha256(), 3)]
#[case::token_or_keys(token_or_keys(), 3)]
#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_is_forgotten_is_found_out(#[case] auth: Auth, #[case] expected: usize) {
    let contract = contract(auth);
    let checks =
        ["credentials-not-checked", "signature-not-checked", "expiry-not-checked", "body-hash-not-checked"];
    let labels: Vec<_> = faults(&contract).iter().map(|fault| fault.label().clone()).collect();
    let mut found = 0;
    for label in labels.iter().filter(|label| checks.contains(&label.id.as_str())) {
        let report = check(Subject::faulty_mock(&contract, 0, false, &label.id).unwrap()).await;
        assert_eq!(alarmed(&report), label.caught_by.iter().copied().collect(), "{}", label.id);
        // Nothing that was signed with may stand in a report.
        let whole = serde_json::to_string(&report).unwrap();
        assert!(!whole.contains("jobproof-example-secret") && !whole.contains("Signature="), "{}", label.id);
        found += 1;
    }
    assert_eq!(found, expected);
}

/// A folder of contracts with one that asks for these schemes.
fn folder_with(name: &str, auth: &str) -> PathBuf {
    let (from, to) = (repository("schemas/bedrock"), folder(name));
    for path in files_below(&from) {
        let copy = to.join("signed").join(path.strip_prefix(&from).unwrap());
        std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(copy, text.replace("jobproof:bedrock/", "jobproof:signed/")).unwrap();
    }
    let file = to.join("signed/contract.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once("[auth.sigv4]").unwrap();
    let after = rest.split_once("ref = \"model-auth\"").unwrap().1;
    let text = format!("{before}{auth}{after}").replacen("id = \"bedrock\"", "id = \"signed\"", 1);
    std::fs::write(file, text).unwrap();
    to
}

/// With a contract of its own, a target file as `init` writes it, keys in variables, and the real time.
#[rstest]
#[case::acs3("acs3", "version = \"2026-01-01\"\n", &[
    ("JOBPROOF_ACCESS_KEY_ID", "JOBPROOFEXAMPLEKEY0001"),
    ("JOBPROOF_ACCESS_KEY_SECRET", "jobproof-example-secret-0001"),
])]
#[case::sdk_hmac_sha256("sdk-hmac-sha256", "", &[
    ("JOBPROOF_ACCESS_KEY", "JOBPROOFEXAMPLEKEY01"),
    ("JOBPROOF_SECRET_KEY", "jobproof-example-secret-key-of-40-chars0"),
])]
fn an_endpoint_is_called_with_keys_from_variables(
    #[case] scheme: &str,
    #[case] more: &str,
    #[case] keys: &[(&str, &str)],
) {
    let folder = folder_with(scheme, &format!("[auth.{scheme}]\n{more}ref = \"model-auth\""));
    let contracts = folder.to_str().unwrap();
    let serving = Serving::start(&["signed", "--contracts", contracts]);
    let begun = jobproof(&["init", "signed", "--contracts", contracts]);
    assert!(begun.out.contains("\n# security_token = \"env:JOBPROOF_SECURITY_TOKEN\""), "{begun:#?}");
    let target = folder.join("target.toml");
    let text = begun.out.replace("http://127.0.0.1:9000\"\n# What", &format!("{}\"\n# What", serving.1));
    std::fs::write(&target, text.replace("requests_per_second = 2", "requests_per_second = 1000")).unwrap();
    let check = |keys: &[(&str, &str)]| {
        let target = target.to_str().unwrap();
        let chosen = ["--only", "ListIngestionJobs", "--format", "json", "--seed", "1"];
        let mut command = program(&["check", "--contracts", contracts, "--target", target]);
        Ended::of(&command.args(chosen).envs(keys.iter().copied()).output().unwrap())
    };
    let ended = check(keys);
    let report = ended.report();
    let judged = |verdict: &str| {
        let outcomes = report["outcomes"].as_array().unwrap().iter();
        outcomes
            .filter(|outcome| outcome["verdict"] == verdict)
            .map(|outcome| outcome["rule"].as_str().unwrap_or_default().to_owned())
            .collect::<BTreeSet<String>>()
    };
    assert_eq!(judged("fail"), BTreeSet::new(), "{ended:#?}");
    for rule in ["auth/bad-signature", "auth/expired-credentials", "fields/body-schema"] {
        assert!(judged("pass").contains(rule), "{rule}: {:?}", judged("pass"));
    }
    // With another secret nothing works, and neither secret is shown.
    let wrong: Vec<(&str, &str)> = vec![keys[0], (keys[1].0, "canary-of-another-secret")];
    let refused = check(&wrong);
    assert_ne!(refused.code, Some(0));
    for (ended, secret) in [(&ended, keys[1].1), (&refused, wrong[1].1)] {
        assert!(!ended.out.contains(secret) && !ended.out.contains("Signature="), "{secret} is shown");
    }
    assert!(refused.out.contains("$JOBPROOF_AUTHORIZATION"), "a line to repeat it by: {refused:#?}");
}
