use std::time::Duration;

use proptest::prelude::*;
use rstest::rstest;
use serde::Deserialize;

use super::*;
use crate::exchange::compose::encode;
use crate::exchange::headers::Headers;
use crate::sign::acs3::{self, Acs3};
use crate::sign::sdk_hmac_sha256::{self, SdkHmacSha256};
use crate::sign::{Scheme, sign_badly};

/// 2026-01-02T03:04:05Z.
const NOON: u64 = 1_767_323_045;

/// What the vendors' own clients made of a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: String,
    key: String,
    secret: String,
    signed_headers: String,
    canonical_request: String,
    string_to_sign: String,
    signature: String,
    authorization: String,
}

impl Vector {
    /// The request without its signature; blanks in the query are written as `blank`.
    fn request(&self, blank: &str) -> Request {
        let form = |text: &str| encode(text).replace("%20", blank);
        let query: Vec<String> =
            self.query.iter().map(|(name, value)| format!("{}={}", form(name), form(value))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        Request {
            service: None,
            method: self.method.clone(),
            target: format!("{}{mark}{}", self.path, query.join("&")),
            headers: Headers(self.headers.clone()),
            body: self.body.clone().into_bytes(),
        }
    }

    fn credentials(&self, recipe: &Recipe) -> Credentials {
        let mut who = Credentials::new([(recipe.key, &self.key), (recipe.secret, &self.secret)]);
        if let Some((_, token)) =
            self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(recipe.token))
        {
            who.0.insert(TOKEN.into(), token.clone());
        }
        who
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn each() -> [(Box<dyn Scheme>, &'static Recipe); 2] {
    [(Box::new(Acs3::new("2026-01-01")), &acs3::RECIPE), (Box::new(SdkHmacSha256), &sdk_hmac_sha256::RECIPE)]
}

fn vectors(recipe: &Recipe) -> Vec<Vector> {
    let text = match recipe.algorithm {
        "ACS3-HMAC-SHA256" => include_str!("vectors/acs3.json"),
        _ => include_str!("vectors/sdk-hmac-sha256.json"),
    };
    serde_json::from_str(text).unwrap()
}

#[test]
fn makes_what_the_vendors_clients_make() {
    let mut told = Vec::new();
    for (_, recipe) in each() {
        for vector in vectors(recipe) {
            let (name, request) = (&vector.name, vector.request("%20"));
            let signed = recipe.signed(&request, &vector.signed_headers).unwrap();
            let path = (recipe.paths)(request.path()).remove(0);
            let query = canonical::query(request.query().unwrap_or_default());
            let hash = recipe.payload(&request).unwrap();
            let canonical = canonical::request(&request.method, &path, &query, &signed, &hash);
            assert_eq!(canonical, vector.canonical_request, "{name}");
            let date = request.headers.get(recipe.date).unwrap();
            let hashed = canonical::sha256(canonical.as_bytes());
            assert_eq!((recipe.text)(date, &hashed), vector.string_to_sign, "{name}");
            let signature = recipe.signature(&vector.secret, date, &canonical).unwrap();
            assert_eq!(signature, vector.signature, "{name}");
            told.push(name.clone());
        }
    }
    assert_eq!(told.len(), 9 + 8, "{told:?}");
}

#[test]
fn writes_the_header_that_the_vendors_clients_write() {
    let mut not_ours = Vec::new();
    for (_, recipe) in each() {
        for vector in vectors(recipe) {
            let mut request = vector.request("%20");
            let host = request.headers.get("host").unwrap().to_owned();
            let now = time::read(request.headers.get(recipe.date).unwrap(), recipe.written).unwrap();
            request.headers.remove("host");
            request.headers.remove(recipe.date);
            // With a part of the path as that of the base URL.
            let whole = request.target.clone();
            let split = whole.rfind('/').unwrap();
            request.target = whole[split..].to_owned();
            let to = Destination { operation: "Any", authority: &host, prefix: &whole[..split] };
            recipe.sign(&mut request, to, &vector.credentials(recipe), now, Vec::new()).unwrap();
            if request.headers.get("authorization") != Some(&vector.authorization) {
                not_ours.push(vector.name);
            }
        }
    }
    // Those clients sign headers that others on the way may change.
    assert_eq!(not_ours, ["get-index-job-status-python-sdk-headers", "job-status-sdk-headers"]);
}

#[test]
fn accepts_what_the_vendors_clients_send() {
    let mut tried = 0;
    for (scheme, recipe) in each() {
        for vector in vectors(recipe) {
            let who = vector.credentials(recipe);
            let now = vector.request("").headers.get(recipe.date).map(|d| time::read(d, recipe.written));
            let now = now.flatten().unwrap();
            // One client writes blanks in queries as plus signs.
            for blank in ["%20", "+"] {
                let mut request = vector.request(blank);
                request.headers.push("Authorization", vector.authorization.as_str());
                let known = [Credentials::default(), who.clone()];
                assert_eq!(scheme.verify(&request, &known, now), Ok(1), "{}", vector.name);
                let later = now + Duration::from_secs(901);
                let refused = scheme.verify(&request, &known, later).unwrap_err().0;
                assert_eq!(refused, Condition::ExpiredCredentials, "{}", vector.name);
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 2 * 17);
}

#[test]
fn accepts_a_path_and_query_written_in_other_ways() {
    let find = |recipe, name: &str| vectors(recipe).into_iter().find(|vector| vector.name == name).unwrap();
    // What one client sends for this query: it leaves some signs bare.
    let vector = find(&acs3::RECIPE, "query-reserved-characters");
    let mut request = vector.request("%20");
    request.headers.push("Authorization", vector.authorization.as_str());
    request.target = request.target.replace("%2A", "*").replace("~", "%7e");
    let known = [vector.credentials(&acs3::RECIPE)];
    assert_eq!(Acs3::new("").verify(&request, &known, at(NOON)), Ok(0));

    let vector = find(&sdk_hmac_sha256::RECIPE, "reserved-characters");
    let mut request = vector.request("%20");
    request.headers.push("Authorization", vector.authorization.as_str());
    request.target = request.target.replace("/a b+c~d/", "/a%20b%2Bc~d/").replace("中", "%e4%b8%ad");
    let known = [vector.credentials(&sdk_hmac_sha256::RECIPE)];
    assert_eq!(SdkHmacSha256.verify(&request, &known, at(NOON)), Ok(0));
}

fn request(method: &str, target: &str, body: &[u8]) -> Request {
    let mut headers = Headers::default();
    headers.push("accept", "application/json");
    headers.push("Content-Type", "application/json");
    let (method, target) = (method.into(), target.into());
    Request { service: None, method, target, headers, body: body.to_vec() }
}

const TO: Destination<'_> = Destination { operation: "GetJob", authority: "h.example:8443", prefix: "/v1" };

/// A request as it arrives after it was signed.
fn arrived(scheme: &dyn Scheme, mut request: Request, who: &Credentials) -> Request {
    scheme.sign(&mut request, TO, who, at(NOON)).unwrap();
    request.headers.push("host", TO.authority);
    request.target = format!("{}{}", TO.prefix, request.target);
    request
}

fn temporary(scheme: &dyn Scheme) -> Credentials {
    let mut who = scheme.example();
    who.0.insert(TOKEN.into(), "a/token+of==".into());
    who
}

fn verdict(scheme: &dyn Scheme, request: &Request, who: &Credentials) -> Result<usize, Condition> {
    scheme.verify(request, std::slice::from_ref(who), at(NOON)).map_err(|(condition, _)| condition)
}

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

/// What a path and a query say, however they are written.
fn meaning(target: &str) -> (Vec<Vec<u8>>, Vec<(Vec<u8>, Vec<u8>)>) {
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut members: Vec<_> = query
        .split('&')
        .filter(|member| !member.is_empty())
        .map(|member| {
            let (name, value) = member.split_once('=').unwrap_or((member, ""));
            (decoded(&name.replace('+', "%20")), decoded(&value.replace('+', "%20")))
        })
        .collect();
    members.sort();
    (path.split('/').map(decoded).collect(), members)
}

proptest! {
    #[test]
    fn what_is_signed_is_verified(
        method in "[A-Z]{1,8}",
        path in "(/[!-~&&[^?#]]{0,6}|/%[2-7][0-9A-Fa-f]|/é){1,4}",
        query in "(\\?[!-~&&[^#]]{0,20})?",
        body: Vec<u8>,
        content_type in proptest::option::of("[ -~]{0,12}"),
        is_temporary: bool,
    ) {
        for (scheme, _) in each() {
            let mut plain = request(&method, &format!("{path}{query}"), &body);
            plain.headers.remove("content-type");
            plain.headers.0.extend(content_type.iter().map(|value| ("content-type".to_owned(), value.clone())));
            let who = if is_temporary { temporary(scheme.as_ref()) } else { scheme.example() };
            let arrived = arrived(scheme.as_ref(), plain, &who);
            prop_assert_eq!(verdict(scheme.as_ref(), &arrived, &who), Ok(0));
        }
    }

    #[test]
    fn any_other_byte_in_the_path_or_query_is_refused(
        segment in "[a-zA-Z0-9%]{1,6}", value in "[a-zA-Z0-9%+=&]{1,8}", place in 1usize..64, byte in b'!'..=b'~',
    ) {
        for (scheme, _) in each() {
            let who = scheme.example();
            let mut changed =
                arrived(scheme.as_ref(), request("GET", &format!("/{segment}/x?a=1&b={value}"), b""), &who);
            let sent = changed.target.clone();
            let place = place % sent.len();
            let mut bytes = sent.clone().into_bytes();
            bytes[place] = byte;
            changed.target = String::from_utf8(bytes).unwrap();
            let is_same = meaning(&sent) == meaning(&changed.target);
            let expected = if is_same { Ok(0) } else { Err(Condition::BadSignature) };
            prop_assert_eq!(verdict(scheme.as_ref(), &changed, &who), expected, "{}", changed.target);
        }
    }

    #[test]
    fn any_other_byte_in_the_body_is_refused(body in prop::collection::vec(any::<u8>(), 1..40), place: usize, flip in 1u8..) {
        for (scheme, _) in each() {
            let who = scheme.example();
            let mut changed = arrived(scheme.as_ref(), request("POST", "/", &body), &who);
            let place = place % body.len();
            changed.body[place] ^= flip;
            prop_assert_eq!(verdict(scheme.as_ref(), &changed, &who), Err(Condition::BadSignature));
        }
    }

    #[test]
    fn any_other_byte_in_a_signed_header_is_refused(place: usize, byte in b'!'..=b'~') {
        for (scheme, recipe) in each() {
            let who = temporary(scheme.as_ref());
            let signed = arrived(scheme.as_ref(), request("POST", "/", b"{}"), &who);
            let header = signed.headers.get("authorization").unwrap().to_owned();
            for name in recipe.read(&header).unwrap().signed_headers.split(';') {
                let mut value = signed.headers.get(name).unwrap().to_owned().into_bytes();
                let place = place % value.len();
                if value[place] == byte {
                    continue;
                }
                value[place] = byte;
                let mut changed = signed.clone();
                changed.headers.set(name, String::from_utf8(value).unwrap());
                prop_assert!(verdict(scheme.as_ref(), &changed, &who).is_err(), "{}", name);
            }
            // A second header of the same name is no way in either.
            let mut twice = signed.clone();
            twice.headers.push("content-type", "text/plain");
            prop_assert_eq!(verdict(scheme.as_ref(), &twice, &who), Err(Condition::BadSignature));
        }
    }

    #[test]
    fn nothing_that_arrives_breaks_verification(
        target: String, value: String, parts in "[ -~]{0,80}", body: Vec<u8>, now: u64,
    ) {
        for (scheme, recipe) in each() {
            let who = scheme.example();
            let mut request = arrived(scheme.as_ref(), request("GET", "/", b""), &who);
            let now = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(now)).unwrap_or(at(NOON));
            request.target = target.clone();
            request.body = body.clone();
            request.headers.set("content-type", value.as_str());
            prop_assert!(scheme.verify(&request, std::slice::from_ref(&who), now).is_err());
            request.headers.set(recipe.date, value.as_str());
            prop_assert!(verdict(scheme.as_ref(), &request, &who).is_err());
            request.headers.set("authorization", format!("{} {}={parts}", recipe.algorithm, recipe.key_part));
            prop_assert!(verdict(scheme.as_ref(), &request, &who).is_err());
            // A time that cannot be written is told, and no more.
            let _ = scheme.sign(&mut request, TO, &who, now);
        }
    }
}
