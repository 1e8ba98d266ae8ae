use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::json;

use super::*;

/// Longer than any command here takes, and than a slow machine needs.
const AMPLE: Duration = Duration::from_secs(20);

fn wanted() -> Wanted {
    Wanted {
        state: "RUN NING".into(),
        facets: BTreeMap::from([("tasks".into(), vec!["a".into(), "b".into()])]),
        parents: BTreeMap::from([("project".into(), "$(id)".into())]),
    }
}

async fn ran(script: &str, arguments: &[&str], limit: Duration) -> Result<Option<String>, String> {
    let command = ["sh", "-c", script, "hook"].into_iter().chain(arguments.iter().copied());
    run(&command.map(str::to_owned).collect::<Vec<_>>(), &wanted(), limit)
        .await
        .map(|ids| ids.map(|i| i.id().to_owned()))
}

#[rstest]
#[case("{state}", "RUN NING")]
#[case("--state={state},{state}", "--state=RUN NING,RUN NING")]
#[case("{facet.tasks}/{project}", "a,b/$(id)")]
#[case("{none} {facet.none}", "{none} {facet.none}")]
#[case("{\"s\": \"{state}\"}", "{\"s\": \"RUN NING\"}")]
#[case("{{state}", "{RUN NING")]
#[case("{state", "{state")]
#[case("{} {é}", "{} {é}")]
fn placeholders_are_filled(#[case] argument: &str, #[case] expected: &str) {
    assert_eq!(filled(argument, &wanted()), expected);
}

#[test]
fn placeholders_are_found() {
    let found: Vec<_> = placeholders("{a} {\"b\": {facet.c}} {} {d").collect();
    assert_eq!(found, ["a", "facet.c"]);
}

#[tokio::test]
async fn a_command_prints_a_job() {
    let script = r#"echo noise >&2; echo " $1:$2 ""#;
    assert_eq!(ran(script, &["{state}", "{project}"], AMPLE).await, Ok(Some("RUN NING:$(id)".into())));
    assert_eq!(ran("exit 0", &[], AMPLE).await, Ok(None));
}

#[tokio::test]
async fn a_command_that_fails_is_told() {
    let failed = ran("echo one >&2; echo two >&2; exit 3", &[], AMPLE).await.unwrap_err();
    assert_eq!(failed, "the arrange command `sh` failed (exit status: 3): two");
    let none = run(&["/no/such/program".into()], &wanted(), AMPLE).await.unwrap_err();
    assert!(none.starts_with("the arrange command `/no/such/program` cannot be started: "), "{none}");
}

#[tokio::test]
async fn a_command_that_says_too_much_is_read_to_its_end() {
    let said = ran("head -c 1000000 /dev/zero | tr '\\0' x", &[], AMPLE).await.unwrap().unwrap();
    assert_eq!(said.len(), 64 << 10);
}

#[tokio::test]
async fn a_command_that_hangs_is_given_up() {
    let late = ran("exec sleep 1000", &[], Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(late, "the arrange command `sh` took longer than 50ms");
}

#[rstest]
#[case::job(200, json!({"job": {"id": "J"}}), Ok(Some("J")))]
#[case::cannot(200, json!({"job": null}), Ok(None))]
#[case::nothing(204, json!(null), Ok(None))]
#[case::not_found(404, json!(null), Ok(None))]
#[case::not_built(501, json!(null), Ok(None))]
#[case::number(201, json!({"job": {"id": 1}}), Err("the arrange hook's answer has no string at /job/id"))]
#[case::other(200, json!([]), Err("the arrange hook's answer has no string at /job/id"))]
#[case::broken(500, json!({"job": {"id": "J"}}), Err("the arrange hook answered with status 500"))]
fn answers_are_read(#[case] status: u16, #[case] body: Value, #[case] expected: Result<Option<&str>, &str>) {
    let named = named(status, Ok(&body));
    assert_eq!(
        named.as_ref().map(|ids| ids.as_ref().map(crate::exchange::JobIds::id)).map_err(String::as_str),
        expected
    );
}
