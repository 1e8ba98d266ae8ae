//! What the mock refuses, and how.

use rstest::rstest;
use serde_json::{Value, json};

use super::{Bench, routed};
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::refusal::refusal;
use crate::exchange::{Request, headers::Headers};

#[rstest]
#[case("bedrock", "GetIngestionJob", json!({"path": {"ingestionJobId": "AAAAAAAAAA"}}), Condition::UnknownJob)]
#[case("bedrock", "GetIngestionJob", json!({"path": {"ingestionJobId": "short"}}), Condition::MalformedId)]
#[case("bedrock", "GetIngestionJob", json!({"path": {"ingestionJobId": "AAAAAAAAAA", "knowledgeBaseId": "KB00000000"}}), Condition::UnknownParent)]
#[case("bedrock", "ListIngestionJobs", json!({"body": {"maxResults": 1001}}), Condition::InvalidParameter)]
#[case("bedrock", "ListIngestionJobs", json!({"body": {"sortBy": {"attribute": "STATUS"}}}), Condition::MissingParameter)]
#[case("digitalocean", "GetIndexingJob", json!({"path": {"uuid": "123e4567-e89b-12d3-a456-426614174999"}}), Condition::UnknownJob)]
fn refuses_as_documented(
    #[case] vendor: &str,
    #[case] operation: &str,
    #[case] parts: Value,
    #[case] condition: Condition,
) {
    let bench = Bench::of(vendor);
    let mut view = bench.view(operation, None);
    for (part, members) in parts.as_object().unwrap() {
        for (name, value) in members.as_object().unwrap() {
            view[part][name] = value.clone();
        }
    }
    let response = bench.send(operation, &view);
    bench.valid(operation, &response);
    let row = bench.contract.error_row(condition, operation).unwrap();
    let said = refusal(&response, &bench.contract.facts.error_body);
    assert_eq!((Some(response.status), said.code), (row.any_of[0].status, row.any_of[0].code.clone()));
    assert!(said.message.is_some());
}

#[rstest]
#[case("GET", "/nowhere", 404)]
#[case("DELETE", "/v2/gen-ai/indexing_jobs", 405)]
#[case("HEAD", "/v2/gen-ai/indexing_jobs", 405)]
#[case("GET", "", 404)]
#[case("GET", "?", 404)]
fn says_what_is_not_in_the_contract(#[case] method: &str, #[case] target: &str, #[case] status: u16) {
    let bench = Bench::of("digitalocean");
    let request = Request {
        service: None,
        method: method.into(),
        target: target.into(),
        headers: Headers::default(),
        body: Vec::new(),
    };
    assert_eq!(routed(&bench, &request), None);
    let response = bench.mock.handle(&request);
    assert_eq!(response.status, status);
    assert_eq!(response.headers.get("x-jobproof"), Some("not-in-contract"));
    assert_eq!(response.json().unwrap()["jobproof"], "not in contract");
}

#[test]
fn sends_the_documented_headers() {
    let bench = Bench::of("digitalocean");
    let response = bench.call(Role::Get, Some("123e4567-e89b-12d3-a456-426614174999"));
    assert_eq!(response.headers.get("ratelimit-limit"), Some("5000"));
    assert_eq!(response.headers.get("retry-after"), None);
    let id = response.headers.get("x-request-id").unwrap();
    assert_eq!(response.json().unwrap()["request_id"], id);
}

#[test]
fn a_job_is_not_found_under_other_parents() {
    let bench = Bench::of("bedrock");
    let id = bench.arrange("COMPLETE");
    let mut view = bench.view("GetIngestionJob", Some(&id));
    view["path"]["knowledgeBaseId"] = "KB99999999".into();
    view["path"]["dataSourceId"] = "DS99999999".into();
    assert_eq!(bench.send("GetIngestionJob", &view).status, 404);
}

#[test]
fn any_of_several_schemes_will_do() {
    let mut contract = crate::contract::library::builtin("bedrock").unwrap();
    let facts = json!({
        "token-header": { "header": "X-Auth-Token", "ref": "model-auth" },
        "sdk-hmac-sha256": { "ref": "model-auth" },
    });
    contract.facts.auth = serde_json::from_value(facts).unwrap();
    let bench = Bench::with(std::sync::Arc::new(contract), None, 7);
    let view = bench.view("ListIngestionJobs", None);
    let with_token = bench.request("ListIngestionJobs", &view);
    assert!(with_token.headers.get("x-auth-token").is_some());
    assert_eq!(bench.mock.handle(&with_token).status, 200);
    // A client may send its other header empty.
    let mut with_both = with_token.clone();
    with_both.headers.push("authorization", "");
    assert_eq!(bench.mock.handle(&with_both).status, 200);

    let code = |request: &Request| {
        let response = bench.mock.handle(request);
        refusal(&response, &bench.contract.facts.error_body).code.unwrap_or_default()
    };
    let mut wrong = with_both.clone();
    wrong.headers.set("x-auth-token", "another");
    assert_eq!(code(&wrong), "UnrecognizedClientException");
    wrong.headers.remove("x-auth-token");
    assert_eq!(code(&wrong), "MissingAuthenticationTokenException");

    let schemes = crate::sign::schemes(&bench.contract.facts.auth);
    let to = crate::sign::Destination { operation: "ListIngestionJobs", authority: "localhost", prefix: "" };
    let now = bench.mock.clock().now();
    let mut signed = wrong.clone();
    schemes[1].sign(&mut signed, to, &schemes[1].example(), now).unwrap();
    assert_eq!(bench.mock.handle(&signed).status, 200);
    // The scheme that was meant says what is wrong.
    signed.body.push(b' ');
    assert_eq!(code(&signed), "InvalidSignatureException");
}
