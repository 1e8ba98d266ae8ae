//! The GraphQL side of the mock, against a made-up service.

use rstest::rstest;
use serde_json::{Value, json};

use super::Bench;
use crate::exchange::headers::Headers;
use crate::exchange::{Request, Response};
use crate::sign;

/// A request with a body as it goes over the wire.
fn raw(bench: &Bench, body: &str, label: &str, with_token: bool) -> Response {
    let mut headers = Headers::default();
    headers.push("content-type", label);
    headers.push("host", "localhost");
    let mut request = Request {
        service: None,
        method: "POST".into(),
        target: "/v3/graphql".into(),
        headers,
        body: body.as_bytes().to_vec(),
    };
    if with_token {
        let scheme = &sign::schemes(&bench.contract.facts.auth)[0];
        let to = sign::Destination { operation: "", authority: "localhost", prefix: "" };
        scheme.sign(&mut request, to, &scheme.example(), bench.mock.clock().now()).unwrap();
    }
    bench.mock.handle(&request)
}

fn post(bench: &Bench, body: &Value) -> Response {
    raw(bench, &body.to_string(), "application/json", true)
}

fn ask(bench: &Bench, query: &str) -> (u16, Value) {
    let response = post(bench, &json!({ "query": query }));
    (response.status, response.json().unwrap().clone())
}

#[rstest]
#[case("not json")]
#[case("[]")]
#[case("{}")]
#[case(r#"{"query": 7}"#)]
#[case(r#"{"query": ""}"#)]
#[case(r#"{"query": "{ job("}"#)]
#[case(r#"{"query": "{ nothing }"}"#)]
#[case(r#"{"query": "query($x: ID) { __typename }"}"#)]
#[case(r#"{"query": "{ __typename }", "variables": [1]}"#)]
#[case(r#"{"query": "{ __typename }", "operationName": 7}"#)]
#[case(r#"{"query": "query A { __typename } query B { __typename }"}"#)]
#[case(r#"{"query": "query A { __typename }", "operationName": "B"}"#)]
#[case(r#"{"query": "query($id: ID!) { job(id: $id) { id } }"}"#)]
#[case(r#"{"query": "query($id: ID!) { job(id: $id) { id } }", "variables": {"id": {}}}"#)]
#[case(r#"{"query": "query($id: ID!) { job(id: $id) { id } }", "variables": "no json"}"#)]
fn what_is_no_request_is_refused(#[case] body: &str) {
    let bench = Bench::of("atelier");
    let response = raw(&bench, body, "application/json", true);
    assert_eq!(response.status, 400);
    let answer = response.json().unwrap();
    assert!(answer.get("data").is_none());
    assert_eq!(answer["errors"][0]["name"], "invalid_input");
    assert!(answer["errors"][0]["message"].as_str().is_some_and(|text| !text.is_empty()));
    assert!(answer["errors"][0].get("extensions").is_none());
}

#[rstest]
#[case("text/plain", 400)]
#[case("application/x-www-form-urlencoded", 400)]
#[case("", 400)]
#[case("application/json; charset=utf-8", 200)]
#[case("Application/JSON", 200)]
fn content_types_count(#[case] label: &str, #[case] status: u16) {
    let bench = Bench::of("atelier");
    assert_eq!(raw(&bench, r#"{"query": "{ __typename }"}"#, label, true).status, status);
}

#[test]
fn only_post_is_served() {
    let bench = Bench::of("atelier");
    let mut request = bench.request("job", &bench.view("job", Some("x")));
    request.method = "GET".into();
    assert_eq!(bench.mock.handle(&request).status, 405);
}

#[test]
fn a_job_goes_its_way() {
    let bench = Bench::of("atelier");
    let created = bench.create();
    assert_eq!(created.state.as_deref(), Some("queued"));
    assert_eq!(bench.get(&created.id).state.as_deref(), Some("queued"));
    let (status, body) = ask(&bench, &format!("mutation {{ cancelJob(id: \"{}\") {{ id }} }}", created.id));
    assert_eq!((status, body), (200, json!({"data": {"cancelJob": {"id": created.id}}})));
    assert_eq!(bench.get(&created.id).state.as_deref(), Some("aborted"));
    let (status, body) = ask(&bench, &format!("mutation {{ cancelJob(id: \"{}\") {{ id }} }}", created.id));
    assert_eq!(status, 200);
    assert_eq!(body["data"], json!({"cancelJob": null}));
    let error = &body["errors"][0];
    assert_eq!(error["name"], "not_allowed");
    assert_eq!(error["message"], format!("The job {} cannot be cancelled.", created.id));
    assert_eq!(
        (&error["path"], &error["locations"]),
        (&json!(["cancelJob"]), &json!([{"line": 1, "column": 12}]))
    );
}

#[test]
fn an_unknown_job_is_an_error_in_a_success() {
    let bench = Bench::of("atelier");
    let (status, body) = ask(&bench, r#"{ j: job(id: "23041407_unknown000") { id } }"#);
    assert_eq!((status, &body["data"]), (200, &json!({"j": null})));
    let error = &body["errors"][0];
    assert_eq!((&error["name"], &error["path"]), (&json!("not_found"), &json!(["j"])));
    assert_eq!(error["data"]["objectId"], "23041407_unknown000");
    assert_ne!(error["data"]["errorId"], "f81d4fae-7dec-41d0-a765-00a0c91e6bf6");
    assert!(error["time_thrown"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn two_root_fields_of_which_one_fails() {
    let bench = Bench::of("atelier");
    let id = bench.arrange("running");
    let query = format!(r#"{{ a: job(id: "{id}") {{ id status }} b: job(id: "nobody") {{ id }} }}"#);
    let (status, body) = ask(&bench, &query);
    assert_eq!(status, 200);
    assert_eq!(body["data"], json!({"a": {"id": id, "status": "running"}, "b": null}));
    assert_eq!(body["errors"].as_array().unwrap().len(), 1);
    assert_eq!(body["errors"][0]["path"], json!(["b"]));
}

#[test]
fn mutations_run_one_after_the_other() {
    let bench = Bench::of("atelier");
    let id = bench.arrange("running");
    let query =
        format!(r#"mutation {{ a: cancelJob(id: "{id}") {{ id }} b: cancelJob(id: "{id}") {{ id }} }}"#);
    let (_, body) = ask(&bench, &query);
    assert_eq!(body["data"], json!({"a": {"id": id}, "b": null}));
}

#[test]
fn the_engine_does_fragments_names_and_introspection() {
    let bench = Bench::of("atelier");
    let id = bench.arrange("complete");
    let query = format!(
        r#"query($none: Boolean = false) {{ job(id: "{id}") {{ ...J __typename tasks {{ ... on Page {{ count }} }} name @include(if: $none) }}
           __type(name: "Receipt") {{ fields {{ name }} }} }} fragment J on Job {{ state: status }}"#
    );
    let (_, body) = ask(&bench, &query);
    assert_eq!(
        body["data"],
        json!({
            "job": {"state": "complete", "__typename": "Job", "tasks": {"count": 3}},
            "__type": {"fields": [{"name": "id"}, {"name": "message"}]},
        })
    );
    assert!(body.get("errors").is_none());
}

#[test]
fn lists_further_down_are_cut_too() {
    let bench = Bench::of("atelier");
    let id = bench.arrange("complete");
    let (_, body) = ask(
        &bench,
        &format!(
            r#"{{ job(id: "{id}") {{ tasks(offset: 1, limit: 5) {{ count offset limit records {{ id job {{ id }} }} }} }} }}"#
        ),
    );
    let tasks = &body["data"]["job"]["tasks"];
    assert_eq!((&tasks["count"], &tasks["offset"], &tasks["limit"]), (&json!(2), &json!(1), &json!(5)));
    assert_eq!(tasks["records"], json!([{"id": "2", "job": null}, {"id": "3", "job": null}]));
}

#[test]
fn a_list_below_its_root_field_is_cut_once() {
    let bench = Bench::of("atelier");
    let ids: Vec<String> = (0..3).map(|_| bench.arrange("running")).collect();
    let mut view = bench.view("shelf", None);
    view["body"]["variables"]["offset"] = json!(1);
    view["body"]["variables"]["limit"] = json!(1);
    let (shown, body) = bench.list("shelf", &view);
    assert_eq!(shown, [ids[1].clone()]);
    let jobs = &body["data"]["shelf"]["jobs"];
    assert_eq!((&jobs["count"], &jobs["offset"], &jobs["limit"]), (&json!(1), &json!(1), &json!(1)));
}

#[test]
fn lists_are_paged() {
    let bench = Bench::of("atelier");
    let ids: Vec<String> = (0..3).map(|_| bench.arrange("running")).collect();
    let (_, body) = ask(&bench, "{ jobs(limit: 2, offset: 1) { count offset limit records { id } } }");
    let jobs = &body["data"]["jobs"];
    assert_eq!((&jobs["count"], &jobs["offset"], &jobs["limit"]), (&json!(2), &json!(1), &json!(2)));
    let shown: Vec<&str> =
        jobs["records"].as_array().unwrap().iter().map(|j| j["id"].as_str().unwrap()).collect();
    assert_eq!(shown, [&ids[1], &ids[0]]);
}

#[test]
fn fields_without_an_operation_are_not_implemented() {
    let bench = Bench::of("atelier");
    let (status, body) = ask(&bench, r#"{ folder(id: "1") { id } __typename }"#);
    assert_eq!((status, &body["data"]), (200, &json!({"folder": null, "__typename": "Query"})));
    assert_eq!(body["errors"][0]["name"], "not_implemented");
    assert_eq!(body["errors"][0]["message"], "This field is not implemented.");
    // A field that must not be null takes everything with it.
    let (_, body) = ask(&bench, "{ size __typename }");
    assert_eq!(body["data"], Value::Null);
}

#[rstest]
#[case(r#"{ job(id: "x") { id } }"#, Some(json!({"job": null})))]
#[case("{ __typename }", Some(Value::Null))]
#[case("{ size }", Some(Value::Null))]
#[case(r#"mutation { login(name: "x") { token } }"#, None)]
#[case(r#"mutation { login(name: "x") { token } cancelJob(id: "x") { id } }"#, Some(json!({"login": null, "cancelJob": null})))]
fn credentials_are_looked_at_once(#[case] query: &str, #[case] denied: Option<Value>) {
    let bench = Bench::of("atelier");
    let response = raw(&bench, &json!({"query": query}).to_string(), "application/json", false);
    let body = response.json().unwrap();
    assert_eq!(response.status, 200);
    match denied {
        Some(data) => {
            assert_eq!(body["data"], data);
            assert_eq!(body["errors"][0]["name"], "authentication_error");
        }
        None => assert_eq!(body["data"]["login"]["token"], "abc"),
    }
}

#[test]
fn variables_may_be_text_and_inline() {
    let bench = Bench::of("atelier");
    let id = bench.arrange("running");
    let query = "query($job: ID!) { job(id: $job) { id } }";
    for variables in [json!({"job": id}), json!(json!({"job": id}).to_string())] {
        let response = post(&bench, &json!({"query": query, "variables": variables}));
        assert_eq!(response.json().unwrap()["data"]["job"]["id"], id.as_str());
    }
}

#[test]
fn the_same_requests_give_the_same_bytes() {
    let run = || {
        let bench = Bench::of("atelier");
        let id = bench.create().id;
        let query =
            format!(r#"{{ job(id: "{id}") {{ id createdDateTime }} x: job(id: "nobody") {{ id }} }}"#);
        post(&bench, &json!({"query": query})).body
    };
    assert_eq!(run(), run());
}

#[test]
fn deep_documents_are_refused_in_peace() {
    let bench = Bench::of("atelier");
    let deep = format!("{}id{}", "job(id: \"x\") { tasks { records { ".repeat(3000), " } } }".repeat(3000));
    let (status, _) = ask(&bench, &format!("{{ {deep} }}"));
    assert_eq!(status, 400);
}
