//! What is refused, and as what.

use rstest::rstest;

use super::*;
use crate::sign::sign_badly;

#[test]
fn names_the_operation_and_a_nonce() {
    let scheme = Acs3::new("2026-01-01");
    let who = scheme.example();
    let nonce = |request: &Request| request.headers.get("x-acs-signature-nonce").unwrap().to_owned();
    let first = arrived(&scheme, request("GET", "/a?b=1", b""), &who);
    assert_eq!(first.headers.get("x-acs-action"), Some("GetJob"));
    assert_eq!(first.headers.get("x-acs-version"), Some("2026-01-01"));
    assert_eq!(first, arrived(&scheme, request("GET", "/a?b=1", b""), &who));
    assert_eq!(nonce(&first).len(), 32);
    for other in
        [request("POST", "/a?b=1", b""), request("GET", "/a?b=2", b""), request("GET", "/a?b=1", b"x")]
    {
        assert_ne!(nonce(&arrived(&scheme, other, &who)), nonce(&first));
    }
    let mut later = request("GET", "/a?b=1", b"");
    scheme.sign(&mut later, TO, &who, at(NOON) + Duration::from_nanos(100)).unwrap();
    assert_ne!(nonce(&later), nonce(&first));
    // What the contract has the request say stays.
    let mut named = request("GET", "/", b"");
    named.headers.push("x-acs-action", "Other");
    let named = arrived(&scheme, named, &who);
    assert_eq!((named.headers.get("x-acs-action"), verdict(&scheme, &named, &who)), (Some("Other"), Ok(0)));
}

#[test]
fn the_token_goes_with_its_key() {
    for (scheme, recipe) in each() {
        let (lasting, temporary) = (scheme.example(), temporary(scheme.as_ref()));
        let signed = arrived(scheme.as_ref(), request("GET", "/", b""), &temporary);
        assert_eq!(verdict(scheme.as_ref(), &signed, &temporary), Ok(0));
        assert_eq!(verdict(scheme.as_ref(), &signed, &lasting), Err(Condition::BadCredentials));
        let without = arrived(scheme.as_ref(), request("GET", "/", b""), &lasting);
        assert_eq!(verdict(scheme.as_ref(), &without, &temporary), Err(Condition::BadCredentials));
        // A token that is sent has to be signed.
        let mut unsigned = signed.clone();
        let header = unsigned.headers.get("authorization").unwrap();
        let header = header.replace(&format!(";{}", recipe.token.to_ascii_lowercase()), "");
        unsigned.headers.set("authorization", header);
        assert_eq!(verdict(scheme.as_ref(), &unsigned, &temporary), Err(Condition::BadSignature));
        let mut bare = signed.clone();
        assert!(scheme.spoil(&mut bare, Condition::MissingCredentials));
        assert_eq!(bare.headers.get(recipe.token), None);
    }
    let scheme = Acs3::new("v");
    let who = temporary(&scheme);
    let mut two_keys = arrived(&scheme, request("GET", "/", b""), &who);
    assert_eq!(two_keys.headers.get("x-acs-accesskey-id"), Some("JOBPROOFEXAMPLEKEY0001"));
    two_keys.headers.set("x-acs-accesskey-id", "another");
    assert_eq!(verdict(&scheme, &two_keys, &who), Err(Condition::BadCredentials));
}

#[rstest]
fn a_request_is_refused_as_it_was_spoiled(
    #[values(
        Condition::MissingCredentials,
        Condition::BadCredentials,
        Condition::BadSignature,
        Condition::ExpiredCredentials
    )]
    condition: Condition,
    #[values(false, true)] is_temporary: bool,
) {
    for (scheme, _) in each() {
        let who = if is_temporary { temporary(scheme.as_ref()) } else { scheme.example() };
        let mut spoiled = request("POST", "/a?b=c", b"{}");
        assert_eq!(sign_badly(scheme.as_ref(), &mut spoiled, TO, &who, at(NOON), condition), Ok(true));
        spoiled.headers.push("host", TO.authority);
        spoiled.target = format!("{}{}", TO.prefix, spoiled.target);
        assert_eq!(verdict(scheme.as_ref(), &spoiled, &who), Err(condition));
    }
}

#[rstest]
#[case::empty("", Condition::MissingCredentials)]
#[case::other_scheme("Bearer x", Condition::MissingCredentials)]
#[case::no_parts("ALGORITHM nonsense", Condition::BadCredentials)]
#[case::no_signature("ALGORITHM PART=KEY,SignedHeaders=HEADERS", Condition::BadCredentials)]
#[case::unknown_key("ALGORITHM PART=other,SignedHeaders=HEADERS,Signature=00", Condition::BadCredentials)]
#[case::short("ALGORITHM PART=KEY, SignedHeaders=HEADERS, Signature=00", Condition::BadSignature)]
#[case::nothing_signed("ALGORITHM PART=KEY,SignedHeaders=,Signature=00", Condition::BadSignature)]
#[case::no_order("ALGORITHM PART=KEY,SignedHeaders=HEADERS;accept,Signature=00", Condition::BadSignature)]
#[case::not_sent("ALGORITHM PART=KEY,SignedHeaders=HEADERS;x-zz,Signature=00", Condition::BadSignature)]
#[case::sixty_four(
    "ALGORITHM PART=KEY,SignedHeaders=HEADERS,Signature=0000000000000000000000000000000000000000000000000000000000000000",
    Condition::BadSignature
)]
fn tells_conditions_apart(#[case] header: &str, #[case] expected: Condition) {
    for (scheme, recipe) in each() {
        let who = scheme.example();
        let mut request = arrived(scheme.as_ref(), request("GET", "/", b""), &who);
        let whole = request.headers.get("authorization").unwrap().to_owned();
        let parts = recipe.read(&whole).unwrap();
        let header = header
            .replace("ALGORITHM", recipe.algorithm)
            .replace("PART", recipe.key_part)
            .replace("KEY", parts.key)
            .replace("HEADERS", parts.signed_headers);
        request.headers.set("authorization", header);
        assert_eq!(verdict(scheme.as_ref(), &request, &who), Err(expected));
    }
}

#[test]
fn what_must_be_signed_is() {
    for (scheme, recipe) in each() {
        let who = scheme.example();
        let whole = arrived(scheme.as_ref(), request("GET", "/", b""), &who);
        for name in recipe.required {
            // As an attacker would who knows the key, too: the signature fits the shorter list.
            let mut shorter = whole.clone();
            let header = whole.headers.get("authorization").unwrap().to_owned();
            let parts = recipe.read(&header).unwrap();
            let names: Vec<&str> = parts.signed_headers.split(';').filter(|n| n != name).collect();
            let told = recipe.signed(&shorter, &names.join(";")).unwrap_err();
            assert_eq!(told, format!("`{name}` is not signed"));
            shorter.headers.remove(name);
            assert_eq!(verdict(scheme.as_ref(), &shorter, &who), Err(Condition::BadSignature), "{name}");
        }
    }
    let scheme = Acs3::new("v");
    let mut added = arrived(&scheme, request("GET", "/", b""), &scheme.example());
    added.headers.push("X-Acs-Extra", "1");
    assert_eq!(verdict(&scheme, &added, &scheme.example()), Err(Condition::BadSignature));
}

#[rstest]
#[case(0, Ok(0))]
#[case(15 * 60, Ok(0))]
#[case(15 * 60 + 1, Err(Condition::ExpiredCredentials))]
#[case(-15 * 60, Ok(0))]
#[case(-15 * 60 - 1, Err(Condition::ExpiredCredentials))]
fn a_signature_lasts_a_quarter_of_an_hour(#[case] later: i64, #[case] expected: Result<usize, Condition>) {
    for (scheme, _) in each() {
        let who = scheme.example();
        let request = arrived(scheme.as_ref(), request("GET", "/", b""), &who);
        let now = at(NOON.saturating_add_signed(later));
        let found = scheme.verify(&request, std::slice::from_ref(&who), now).map_err(|(c, _)| c);
        assert_eq!(found, expected);
    }
}

#[rstest]
#[case("")]
#[case("2026-01-02")]
#[case("2026-01-02T03:04:05.0Z")]
#[case("2026-13-02T03:04:05Z")]
#[case("+026-01-02T03:04:05Z")]
#[case("20261302T030405Z")]
#[case("20260102T03045Z")]
#[case("2026é102T030405Z")]
fn a_date_that_cannot_be_read_is_a_bad_signature(#[case] date: &str) {
    for (scheme, recipe) in each() {
        let who = scheme.example();
        let mut request = arrived(scheme.as_ref(), request("GET", "/", b""), &who);
        request.headers.set(recipe.date, date);
        assert_eq!(verdict(scheme.as_ref(), &request, &who), Err(Condition::BadSignature));
    }
}

#[test]
fn a_stated_hash_must_be_that_of_the_body() {
    let scheme = SdkHmacSha256;
    for (stated, body, expected) in [
        ("UNSIGNED-PAYLOAD", "{ }", Ok(0)),
        ("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "{}", Ok(0)),
        (
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
            "{ }",
            Err(Condition::BadSignature),
        ),
    ] {
        let mut plain = request("POST", "/", b"{}");
        plain.headers.push("X-Sdk-Content-Sha256", stated);
        let mut arrived = arrived(&scheme, plain, &scheme.example());
        arrived.body = body.into();
        assert_eq!(verdict(&scheme, &arrived, &scheme.example()), expected);
    }
    let scheme = Acs3::new("v");
    let mut unsigned = arrived(&scheme, request("POST", "/", b"{}"), &scheme.example());
    unsigned.headers.set("x-acs-content-sha256", "UNSIGNED-PAYLOAD");
    assert_eq!(verdict(&scheme, &unsigned, &scheme.example()), Err(Condition::BadSignature));
}

#[test]
fn what_cannot_be_signed_is_left_alone() {
    for (scheme, recipe) in each() {
        let plain = request("GET", "http://h/", b"");
        let mut sent = plain.clone();
        assert!(scheme.sign(&mut sent, TO, &scheme.example(), at(NOON)).is_err());
        let mut half = scheme.example();
        half.0.remove(recipe.secret);
        let told = scheme.sign(&mut sent, TO, &half, at(NOON)).unwrap_err();
        assert_eq!(told, format!("credentials lack `{}`", recipe.secret));
        assert_eq!(sent, plain);
    }
}
