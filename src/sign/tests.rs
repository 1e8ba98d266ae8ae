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
    assert_eq!(names, ["bearer", "sigv4", "token-header"]);
    assert_eq!(unsupported(&every()), ["acs3", "sdk-hmac-sha256"]);
    assert!(schemes(&Auth::default()).is_empty() && unsupported(&Auth::default()).is_empty());
}

#[rstest]
fn an_example_is_verified_until_it_is_spoiled(
    #[values("bearer", "sigv4", "token-header")] name: &str,
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
    let mut request = plain();
    scheme.sign(&mut request, "h", "", &scheme.example(), now).unwrap();
    request.headers.push("host", "h");
    let known = [Credentials::default(), scheme.example()];
    assert_eq!(scheme.verify(&request, &known, now), Ok(1));
    let spoiled = scheme.spoil(&mut request, condition);
    let expected = if spoiled { Err(condition) } else { Ok(1) };
    assert_eq!(scheme.verify(&request, &known, now).map_err(|(condition, _)| condition), expected);
    assert_eq!(
        spoiled,
        name == "sigv4" && condition != Condition::ExpiredCredentials
            || matches!(condition, Condition::MissingCredentials | Condition::BadCredentials)
    );
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
#[case("sigv4", CurlAuth::AwsSigV4 { region: "us-east-1".into(), service: "s".into() })]
fn curl_takes_secrets_from_the_shell(#[case] name: &str, #[case] expected: CurlAuth) {
    let scheme = scheme(name);
    assert_eq!(scheme.curl(&scheme.example()), expected);
}

#[rstest]
fn secrets_that_are_missing_are_told(#[values("bearer", "sigv4", "token-header")] name: &str) {
    let mut request = plain();
    let told = scheme(name).sign(&mut request, "h", "", &Credentials::default(), SystemTime::UNIX_EPOCH);
    assert!(told.unwrap_err().starts_with("credentials lack `"));
    assert_eq!(request, plain());
}
