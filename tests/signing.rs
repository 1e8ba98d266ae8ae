//! Each way to prove who sent a request, from end to end: a mock that asks for it raises no alarm, and one that forgets
//! a check is found out.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

use std::collections::BTreeSet;
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
