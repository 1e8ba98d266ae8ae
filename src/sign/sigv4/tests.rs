use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::exchange::headers::Headers;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// 2015-08-30T12:36:00Z, the time of the published examples.
const PUBLISHED: u64 = 1_440_938_160;

/// 2026-01-02T03:04:05Z, the time of what botocore signed for us.
const BOTOCORE: u64 = 1_767_323_045;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Request {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Request {
        service: None,
        method: method.into(),
        target: target.into(),
        headers: Headers(headers),
        body: body.as_bytes().to_vec(),
    }
}

fn credentials(region: &str, token: &str) -> Credentials {
    let mut credentials = Credentials::new([
        ("access_key_id", "AKIDEXAMPLE"),
        ("secret_access_key", SECRET),
        ("region", region),
    ]);
    if !token.is_empty() {
        credentials.0.insert("session_token".into(), token.into());
    }
    credentials
}

fn to(authority: &str) -> Destination<'_> {
    Destination { operation: "Any", authority, prefix: "" }
}

fn signature(request: &Request) -> &str {
    Authorization::parse(request.headers.get("authorization").unwrap()).unwrap().signature
}

/// A request as it arrives after `scheme` signed it for this host and prefix.
fn arrived(
    mut request: Request,
    scheme: &SigV4,
    host: &str,
    prefix: &str,
    who: &Credentials,
    now: u64,
) -> Request {
    let to = Destination { operation: "Any", authority: host, prefix };
    scheme.sign(&mut request, to, who, at(now)).unwrap();
    request.headers.push("host", host);
    request.target = format!("{prefix}{}", request.target);
    request
}

#[rstest]
#[case::get_vanilla("GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
#[case::get_vanilla_query_order_key_case(
    "GET",
    "/?Param2=value2&Param1=value1",
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
)]
#[case::post_vanilla("POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
fn signs_the_published_examples(#[case] method: &str, #[case] target: &str, #[case] expected: &str) {
    let mut request = request(method, target, &[], "");
    let who = credentials("us-east-1", "");
    SigV4::new("service").sign(&mut request, to("example.amazonaws.com"), &who, at(PUBLISHED)).unwrap();
    assert_eq!(signature(&request), expected);
    assert_eq!(request.headers.get("x-amz-date"), Some("20150830T123600Z"));
}

const JOBS: &str = "/knowledgebases/KB12345678/datasources/DS12345678/ingestionjobs";

/// What botocore 1.44.5 makes of such requests: `SigV4Auth` for service `bedrock` in `us-west-2`, at a fixed time.
#[rstest]
#[case::get("", "GET", "/AAAAAAAAAA", "", "13e4910ff5bb151ecba2d49510b63d3cab5036fd3b54153027b78042d42e7379")]
#[case::odd_id(
    "",
    "POST",
    "/bad%20id%2F../stop",
    "",
    "832514607734f92b32a09f6eb4b12864c232ef3f31699a41e09f14e74e0d5962"
)]
#[case::empty_id(
    "",
    "POST",
    "//stop",
    "",
    "9abd0544d70ad35da01d4c8845f802a4408721a7601148875b3ea76fe7dfe0bf"
)]
#[case::body(
    "",
    "PUT",
    "/",
    r#"{"clientToken":"0123456789-0123456789-0123456789"}"#,
    "a5e9ebc9028c0a5d9e17b9e697922b398b0e3151963a6f7fae5c523e9c977e0b"
)]
fn signs_as_botocore_does(
    #[case] token: &str,
    #[case] method: &str,
    #[case] target: &str,
    #[case] body: &str,
    #[case] expected: &str,
) {
    let headers: &[_] = if body.is_empty() { &[] } else { &[("Content-Type", "application/json")] };
    // A header that botocore would not have sent, and that must not be signed.
    let mut request = request(method, &format!("{JOBS}{target}"), headers, body);
    request.headers.push("accept", "application/json");
    let scheme = SigV4::new("bedrock");
    let who = credentials("us-west-2", token);
    let request = arrived(request, &scheme, "127.0.0.1:9000", "", &who, BOTOCORE);
    assert_eq!(signature(&request), expected);
    assert_eq!(scheme.verify(&request, &[who], at(BOTOCORE)), Ok(0));
}

#[test]
fn signs_a_prefix_and_a_session_token_as_botocore_does() {
    let scheme = SigV4::new("bedrock");
    let who = credentials("us-west-2", "");
    let get = request("GET", &format!("{JOBS}/AAAAAAAAAA"), &[], "");
    let prefixed = arrived(get, &scheme, "gw.example", "/prefix/x", &who, BOTOCORE);
    assert_eq!(signature(&prefixed), "3c54ac40f04be66bfa6821db11d33d5d108c2a7b464a574192edc94fc0dae722");

    let who = credentials("us-west-2", "a/session+token==");
    let list = request("POST", "/knowledgebases/", &[("Content-Type", "application/json")], "{}");
    let host = "bedrock-agent.us-west-2.amazonaws.com";
    let tokened = arrived(list, &scheme, host, "", &who, BOTOCORE);
    assert_eq!(signature(&tokened), "2e525ddf5a9cb8db4fa4a9e3dfe9eda90de7791c8077dfe51cb3701bbb2985ac");
    assert_eq!(tokened.headers.get("x-amz-security-token"), Some("a/session+token=="));
    assert_eq!(scheme.verify(&tokened, std::slice::from_ref(&who), at(BOTOCORE)), Ok(0));
    let other = [credentials("us-west-2", "another"), credentials("us-west-2", "")];
    for known in other {
        assert_eq!(scheme.verify(&tokened, &[known], at(BOTOCORE)).unwrap_err().0, Condition::BadCredentials);
    }
}

/// Requests as botocore 1.44.5 put them on the wire, with headers that ours do not sign.
#[rstest]
#[case::dots("GET", "/knowledgebases/../a/./b~c", "host;x-amz-date", &[], "",
    "ebcb04e002353ebba50f820be5679d6c07d01dadee28086aa2a161f2469b015b")]
#[case::unicode("GET", "/knowledgebases/%C3%A9%E2%98%83/datasources/%2A%27%28%29%21", "host;x-amz-date", &[], "",
    "a7a1de0d1a67f9955ff95d26c86e0f09dd45507d8cc83123924bba9a3ab89cc3")]
#[case::query("GET", "/knowledgebases/?maxResults=10&filter=a%20b%2Fc&empty=&B=%C3%A9", "host;x-amz-date", &[], "",
    "07f817903f7b2e7bcab9dbe3bd86826f6ae2df0ffa6286f2b2a0a75c20121366")]
#[case::more_headers("POST", "/knowledgebases/",
    "accept;amz-sdk-request;content-type;host;x-amz-date;x-amz-user-agent",
    &[("Content-Type", "application/json"), ("X-Amz-User-Agent", "aws-sdk-js/3  x"), ("Accept", "a,  b"),
      ("amz-sdk-request", "attempt=1; max=3")], "{}",
    "2965e4c476aa038bde02cd63e96645c3a009364278eaa10a51ac3a3b6728816b")]
fn verifies_what_botocore_signed(
    #[case] method: &str,
    #[case] target: &str,
    #[case] signed: &str,
    #[case] headers: &[(&str, &str)],
    #[case] body: &str,
    #[case] signature: &str,
) {
    let mut request = request(method, target, headers, body);
    request.headers.push("Host", "127.0.0.1:9000");
    request.headers.push("X-Amz-Date", "20260102T030405Z");
    request.headers.push("User-Agent", "Boto3/1.44.5");
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-west-2/bedrock/aws4_request, \
         SignedHeaders={signed}, Signature={signature}"
    );
    request.headers.push("Authorization", authorization);
    let known = [Credentials::new([("access_key_id", "other")]), credentials("us-west-2", "")];
    assert_eq!(SigV4::new("bedrock").verify(&request, &known, at(BOTOCORE)), Ok(1));
}

/// A signed request, by the mock's example, with its scheme.
fn signed(body: &str) -> (Request, SigV4) {
    let scheme = SigV4::new("bedrock");
    let headers = [("content-type", "application/json"), ("x-amz-user-agent", "test")];
    let request = request("POST", "/a/bad%20id?x=1", &headers, body);
    (arrived(request, &scheme, "h:1", "/p", &scheme.example(), BOTOCORE), scheme)
}

fn verdict(request: &Request, scheme: &SigV4, now: u64) -> Result<usize, Condition> {
    scheme.verify(request, &[scheme.example()], at(now)).map_err(|(condition, _)| condition)
}

#[rstest]
#[case(0, Ok(0))]
#[case(15 * 60, Ok(0))]
#[case(15 * 60 + 1, Err(Condition::ExpiredCredentials))]
#[case(-15 * 60, Ok(0))]
#[case(-15 * 60 - 1, Err(Condition::ExpiredCredentials))]
fn a_signature_lasts_a_quarter_of_an_hour(#[case] later: i64, #[case] expected: Result<usize, Condition>) {
    let (request, scheme) = signed("{}");
    assert_eq!(verdict(&request, &scheme, BOTOCORE.saturating_add_signed(later)), expected);
}

#[rstest]
#[case(Condition::MissingCredentials, true)]
#[case(Condition::BadCredentials, true)]
#[case(Condition::BadSignature, true)]
#[case(Condition::ExpiredCredentials, false)]
#[case(Condition::Throttled, false)]
fn spoils_for_the_condition_asked_for(#[case] condition: Condition, #[case] can: bool) {
    let (mut request, scheme) = signed("{}");
    assert_eq!(scheme.spoil(&mut request, condition), can);
    let expected = if can { Err(condition) } else { Ok(0) };
    assert_eq!(verdict(&request, &scheme, BOTOCORE), expected);
}

#[rstest]
#[case::other_scheme("Bearer x", Condition::MissingCredentials)]
#[case::empty("", Condition::MissingCredentials)]
#[case::no_parts("AWS4-HMAC-SHA256 nonsense", Condition::BadCredentials)]
#[case::half(
    "AWS4-HMAC-SHA256 Credential=AKIDJOBPROOFEXAMPLE/20260102/us-east-1/bedrock/aws4_request",
    Condition::BadCredentials
)]
#[case::sixty_four_digits(
    "AWS4-HMAC-SHA256 Credential=AKIDJOBPROOFEXAMPLE/20260102/us-east-1/bedrock/aws4_request, \
     SignedHeaders=host;x-amz-date, Signature=0000000000000000000000000000000000000000000000000000000000000000",
    Condition::BadSignature
)]
#[case::other_service(
    "AWS4-HMAC-SHA256 Credential=AKIDJOBPROOFEXAMPLE/20260102/us-east-1/s3/aws4_request, \
     SignedHeaders=host;x-amz-date, Signature=00",
    Condition::BadSignature
)]
#[case::other_day(
    "AWS4-HMAC-SHA256 Credential=AKIDJOBPROOFEXAMPLE/20260103/us-east-1/bedrock/aws4_request, \
     SignedHeaders=host;x-amz-date, Signature=00",
    Condition::BadSignature
)]
#[case::host_not_signed(
    "AWS4-HMAC-SHA256 Credential=AKIDJOBPROOFEXAMPLE/20260102/us-east-1/bedrock/aws4_request, \
     SignedHeaders=x-amz-date, Signature=00",
    Condition::BadSignature
)]
#[case::not_sent(
    "AWS4-HMAC-SHA256 Credential=AKIDJOBPROOFEXAMPLE/20260102/us-east-1/bedrock/aws4_request, \
     SignedHeaders=host;x-amz-date;x-none, Signature=00",
    Condition::BadSignature
)]
fn tells_conditions_apart(#[case] authorization: &str, #[case] expected: Condition) {
    let (mut request, scheme) = signed("");
    request.headers.set("authorization", authorization);
    assert_eq!(verdict(&request, &scheme, BOTOCORE), Err(expected));
}

#[rstest]
#[case::short("20260102")]
#[case::fraction("20260102T030405.0Z")]
#[case::no_such_day("20261332T030405Z")]
#[case::signs("+0260102T030405Z")]
#[case::not_ascii("2026é102T030405Z")]
fn a_time_that_cannot_be_read_is_a_bad_signature(#[case] time: &str) {
    let (mut request, scheme) = signed("");
    request.headers.set("x-amz-date", time);
    assert_eq!(verdict(&request, &scheme, BOTOCORE), Err(Condition::BadSignature));
}

#[rstest]
#[case::unsigned("UNSIGNED-PAYLOAD", "{}", Ok(0))]
#[case::its_hash("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "{}", Ok(0))]
#[case::another_body(
    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    "{ }",
    Err(Condition::BadSignature)
)]
fn a_stated_hash_must_be_that_of_the_body(
    #[case] stated: &str,
    #[case] body: &str,
    #[case] expected: Result<usize, Condition>,
) {
    let scheme = SigV4::new("bedrock");
    let plain = request("POST", "/", &[("x-amz-content-sha256", stated)], "{}");
    let mut arrived = arrived(plain, &scheme, "h", "", &scheme.example(), BOTOCORE);
    arrived.body = body.into();
    assert_eq!(verdict(&arrived, &scheme, BOTOCORE), expected);
}

#[test]
fn what_is_missing_is_told() {
    let mut plain = request("GET", "/", &[], "");
    let half = Credentials::new([("access_key_id", "a"), ("region", "r")]);
    let told = SigV4::new("s").sign(&mut plain, to("h"), &half, at(BOTOCORE)).unwrap_err();
    assert_eq!(told, "credentials lack `secret_access_key`");
    assert_eq!(plain.headers, Headers::default());
}

#[rstest]
fn the_longest_target_can_be_signed(#[values("/&", "%FF&", "é=", "%", "a+&")] part: &str) {
    let target = format!("/?{}", part.repeat((LONGEST_TARGET - 2) / part.len()));
    let (scheme, who) = (SigV4::new("bedrock"), SigV4::new("bedrock").example());
    let arrived = arrived(request("GET", &target, &[], ""), &scheme, "h", "", &who, BOTOCORE);
    assert_eq!(verdict(&arrived, &scheme, BOTOCORE), Ok(0));
}

#[rstest]
#[case::not_a_path("a".into())]
#[case::absolute("http://h/a".into())]
#[case::empty(String::new())]
#[case::not_an_address("/a b\u{7f}".into())]
#[case::grows_when_encoded(format!("/?{}", "/&".repeat(30_000)))]
#[case::long(format!("/{}", "a".repeat(100_000)))]
fn what_cannot_be_signed_is_refused(#[case] target: String) {
    let scheme = SigV4::new("bedrock");
    let mut sent = request("GET", &target, &[], "");
    let refused = scheme.sign(&mut sent, to("h"), &scheme.example(), at(BOTOCORE));
    // Without a leading slash a target could run into the prefix.
    assert!(refused.is_err(), "{refused:?}");
    let (mut arrived, scheme) = signed("");
    arrived.target = target;
    assert_eq!(verdict(&arrived, &scheme, BOTOCORE), Err(Condition::BadSignature));
}

proptest! {
    #[test]
    fn what_is_signed_is_verified(
        segments in prop::collection::vec("[a-zA-Z0-9_~.-]{0,5}(%[2-7][0-9A-F])?", 0..5),
        query in "([a-z]=(%C3%A9|[a-zA-Z0-9._~-]){0,3}(&[b-d]=[0-9]{0,2}){0,3})?",
        body: Vec<u8>,
        content_type in proptest::option::of("[a-z]{1,6}/[ -~]{0,9}"),
        prefix in "(/[a-z]{1,5}){0,2}",
        token in "[!-~]{0,12}",
        now in 0u64..250_000_000_000,
    ) {
        let mut target = format!("/{}", segments.join("/"));
        if !query.is_empty() {
            target.push_str(&format!("?{query}"));
        }
        let scheme = SigV4::new("bedrock");
        let mut plain = request("POST", &target, &[], "");
        plain.body = body;
        plain.headers.0.extend(content_type.map(|value| ("Content-Type".to_owned(), value)));
        let who = credentials("eu-north-1", &token);
        let arrived = arrived(plain, &scheme, "h.example:8443", &prefix, &who, now);
        prop_assert_eq!(scheme.verify(&arrived, &[who], at(now)), Ok(0));
    }

    #[test]
    fn any_change_spoils_the_signature(
        what in 0..6usize,
        id in "[a-zA-Z0-9]{1,6}",
        change in "[a-z0-9]{1,4}",
        place in 0..64usize,
    ) {
        let scheme = SigV4::new("bedrock");
        let headers = [("content-type", "application/json"), ("x-amz-user-agent", "a")];
        let plain = request("POST", &format!("/a/{id}/stop?page=1"), &headers, "{\"a\":1}");
        let mut request = arrived(plain, &scheme, "h", "", &scheme.example(), BOTOCORE);
        match what {
            0 => request.target = request.target.replacen("/a/", &format!("/a/{change}"), 1),
            1 => request.target.push_str(&change),
            2 => request.body.extend(change.bytes()),
            3 => request.headers.set("content-type", change),
            4 => request.headers.set("host", format!("{change}.h")),
            _ => {
                let flipped: String = signature(&request)
                    .char_indices()
                    .map(|(at, digit)| if at == place { flipped(digit) } else { digit })
                    .collect();
                let whole = request.headers.get("authorization").unwrap().to_owned();
                let parts = Authorization { signature: &flipped, ..Authorization::parse(&whole).unwrap() };
                request.headers.set("authorization", parts.to_string());
            }
        }
        prop_assert_eq!(verdict(&request, &scheme, BOTOCORE), Err(Condition::BadSignature));
    }

    #[test]
    fn nothing_that_arrives_breaks_verification(
        target: String, value: String, authorization in "(AWS4-HMAC-SHA256 Credential=)?[ -~]{0,80}", body: Vec<u8>,
    ) {
        let scheme = SigV4::new("bedrock");
        let (mut request, _) = signed("");
        request.target = target;
        request.body = body;
        request.headers.set("content-type", value);
        prop_assert!(verdict(&request, &scheme, BOTOCORE).is_err());
        request.headers.set("authorization", authorization);
        prop_assert!(verdict(&request, &scheme, BOTOCORE).is_err());
    }
}
