use std::time::SystemTime;

use rstest::rstest;

use super::*;
use crate::contract::auth::{Acs3Auth, BearerAuth, SdkHmacAuth, SigV4Auth, TokenHeaderAuth};
use crate::exchange::curl::CurlAuth;
use crate::exchange::headers::Headers;

fn every() -> Auth {
    let reference = || "doc".to_owned();
    Auth {
        bearer: Some(BearerAuth { reference: reference() }),
        sigv4: Some(SigV4Auth { service: "s".into(), reference: reference() }),
        token_header: Some(TokenHeaderAuth { header: "X-Token".into(), reference: reference() }),
        acs3: Some(Acs3Auth { version: "v".into(), reference: reference() }),
        sdk_hmac_sha256: Some(SdkHmacAuth { reference: reference() }),
    }
}

const TO: Destination<'_> = Destination { operation: "Any", authority: "h", prefix: "" };

fn plain() -> Request {
    Request {
        service: None,
        method: "GET".into(),
        target: "/a".into(),
        headers: Headers::default(),
        body: Vec::new(),
    }
}

fn scheme(name: &str) -> Box<dyn Scheme> {
    schemes(&every()).into_iter().find(|scheme| scheme.name() == name).unwrap()
}

#[test]
fn schemes_are_those_of_the_contract() {
    let names: Vec<_> = schemes(&every()).iter().map(|scheme| scheme.name()).collect();
    assert_eq!(names, ["bearer", "sigv4", "token-header", "acs3", "sdk-hmac-sha256"]);
    assert!(schemes(&Auth::default()).is_empty());
    let signs = schemes(&every()).iter().map(|scheme| scheme.signs()).collect::<Vec<_>>();
    assert_eq!(signs, [false, true, false, true, true]);
    assert!(every().signs() && !Auth::default().signs());
}

#[rstest]
fn an_example_is_verified_until_it_is_spoiled(
    #[values("bearer", "sigv4", "token-header", "acs3", "sdk-hmac-sha256")] name: &str,
    #[values(
        Condition::MissingCredentials,
        Condition::BadCredentials,
        Condition::BadSignature,
        Condition::ExpiredCredentials
    )]
    condition: Condition,
) {
    let scheme = scheme(name);
    let now = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_800_000_000);
    let arrived = |mut request: Request| {
        request.headers.push("host", "h");
        request
    };
    let (mut request, mut spoiled) = (plain(), plain());
    scheme.sign(&mut request, TO, &scheme.example(), now).unwrap();
    let known = [Credentials::default(), scheme.example()];
    assert_eq!(scheme.verify(&arrived(request), &known, now), Ok(1));
    let can = sign_badly(scheme.as_ref(), &mut spoiled, TO, &scheme.example(), now, condition).unwrap();
    assert_eq!(
        can,
        scheme.signs() || matches!(condition, Condition::MissingCredentials | Condition::BadCredentials)
    );
    if can {
        let verdict = scheme.verify(&arrived(spoiled), &known, now);
        assert_eq!(verdict.map_err(|(condition, _)| condition), Err(condition));
    }
}

#[rstest]
#[case::other_word("Basic x", Err(Condition::BadCredentials))]
#[case::no_token("Bearer ", Err(Condition::BadCredentials))]
#[case::word_only("Bearer", Err(Condition::BadCredentials))]
#[case::small_letters("bearer  jobproof-token", Ok(0))]
#[case::longer("Bearer jobproof-token2", Err(Condition::BadCredentials))]
fn reads_bearer_tokens(#[case] value: &str, #[case] expected: Result<usize, Condition>) {
    let mut request = plain();
    request.headers.push("Authorization", value);
    let scheme = scheme("bearer");
    let verdict = scheme.verify(&request, &[scheme.example()], SystemTime::UNIX_EPOCH);
    assert_eq!(verdict.map_err(|(condition, _)| condition), expected);
}

#[rstest]
#[case("bearer", CurlAuth::Header { name: "Authorization".into(), prefix: "Bearer ".into(), variable: "JOBPROOF_TOKEN".into() })]
#[case("token-header", CurlAuth::Header { name: "X-Token".into(), prefix: String::new(), variable: "JOBPROOF_TOKEN".into() })]
#[case("acs3", CurlAuth::Headers(vec![
    ("x-acs-date".into(), "JOBPROOF_DATE".into()),
    ("x-acs-signature-nonce".into(), "JOBPROOF_NONCE".into()),
    ("Authorization".into(), "JOBPROOF_AUTHORIZATION".into()),
]))]
#[case("sdk-hmac-sha256", CurlAuth::Headers(vec![
    ("X-Sdk-Date".into(), "JOBPROOF_DATE".into()),
    ("Authorization".into(), "JOBPROOF_AUTHORIZATION".into()),
]))]
#[case("sigv4", CurlAuth::AwsSigV4 { region: "us-east-1".into(), service: "s".into() })]
fn curl_takes_secrets_from_the_shell(#[case] name: &str, #[case] expected: CurlAuth) {
    let scheme = scheme(name);
    assert_eq!(scheme.curl(&scheme.example()), expected);
}

#[rstest]
fn secrets_that_are_missing_are_told(
    #[values("bearer", "sigv4", "token-header", "acs3", "sdk-hmac-sha256")] name: &str,
) {
    let mut request = plain();
    let told = scheme(name).sign(&mut request, TO, &Credentials::default(), SystemTime::UNIX_EPOCH);
    assert!(told.unwrap_err().starts_with("credentials lack `"));
    assert_eq!(request, plain());
}
