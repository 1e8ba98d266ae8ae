//! `graphql/data-present`.

use serde_json::Value;

use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::talk::Talk;
use crate::story::text::show;

static META: Meta = Meta {
    id: "graphql/data-present",
    title: "a GraphQL answer holds data or errors, and a failed field is null",
    keyword: Keyword::Must,
    checks: "An answer with status 200 is a JSON object with `data`, `errors` or both. `data` is an object with a member \
             for each field that was asked for, or null next to errors. A field that an error entry names with its whole path \
             is null.",
    why: "Clients read `data` and `errors` and nothing else: without either of them a call has neither failed nor \
          succeeded, and a value next to an error for it is used as if nothing had happened.",
    fix: "Let the GraphQL engine write the answer, and change nothing in it afterwards.",
    seeks: "a GraphQL answer with status 200",
};

/// The rule.
#[derive(Debug)]
pub struct DataPresent;

impl Rule for DataPresent {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for talk in story.talks() {
            // What is not JSON is the concern of the rules on bodies.
            if talk.response.status != 200 || talk.response.json().is_err() {
                continue;
            }
            judgement.look(talk.index);
            judgement.find(mistakes(talk));
        }
        judgement
    }
}

fn mistakes(talk: &Talk<'_>) -> Vec<Finding> {
    let name = talk.name();
    let found = |kind, message: String, expected: &str, actual: Option<&Value>, at: &str| {
        Finding::new(talk.index, &talk.transport.reference, message, expected, show(actual)).kind(kind).at(at)
    };
    let Some(body) = talk.body else {
        let message = format!("the answer to {name} is no JSON object");
        return vec![found(
            "no-object",
            message,
            "an object with data or errors",
            talk.response.json().ok(),
            "",
        )];
    };
    let has_errors = !talk.errors().is_empty();
    match body.get("data") {
        None if has_errors => Vec::new(),
        None => {
            let whole = Value::Object(body.clone());
            vec![found(
                "neither",
                format!("the answer to {name} has neither data nor errors"),
                "data",
                Some(&whole),
                "",
            )]
        }
        Some(Value::Null) if has_errors => Vec::new(),
        Some(Value::Object(data)) => {
            let mut findings = Vec::new();
            for key in talk.document.keys.iter().filter(|key| !data.contains_key(*key)) {
                let message = format!("the data of {name} lacks the field {key}, which was asked for");
                let at = format!("/data/{}", crate::contract::pointer::escape(key));
                findings.push(found(
                    "lacks-a-field",
                    message,
                    "the field, with null where it failed",
                    None,
                    &at,
                ));
            }
            for key in failed(talk) {
                let value = data.get(&key).filter(|value| !value.is_null());
                if value.is_some() {
                    let message = format!("the field {key} of {name} failed and has a value all the same");
                    findings.push(found(
                        "failed-with-a-value",
                        message,
                        "null",
                        value,
                        &format!("/data/{key}"),
                    ));
                }
            }
            findings
        }
        other => vec![found(
            "data-is-no-object",
            format!("the data of {name} is no object"),
            "an object",
            other,
            "/data",
        )],
    }
}

/// The root fields that an error entry names with its whole path.
fn failed(talk: &Talk<'_>) -> Vec<String> {
    let path = |entry: &Value| match entry.get("path")?.as_array()?.as_slice() {
        [Value::String(key)] => Some(key.clone()),
        _ => None,
    };
    talk.errors().iter().filter_map(path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    fn judged(body: &Value) -> Vec<String> {
        let script = Script::of("atelier");
        let view = script.view("job", Some("x"));
        script.call("job", view, 200, body).findings(&DataPresent).into_iter().map(|f| f.message).collect()
    }

    #[rstest]
    #[case(json!({"data": {"job": {"id": "x"}}}))]
    #[case(json!({"data": {"job": null}}))]
    #[case(json!({"data": {"job": null}, "errors": [{"path": ["job"]}]}))]
    #[case(json!({"data": null, "errors": [{}]}))]
    #[case(json!({"errors": [{}]}))]
    // A field further down failed.
    #[case(json!({"data": {"job": {"id": "x"}}, "errors": [{"path": ["job", "name"]}]}))]
    fn whole_answers_pass(#[case] body: Value) {
        assert_eq!(judged(&body), Vec::<String>::new());
    }

    #[rstest]
    #[case(json!([]), "the answer to job is no JSON object")]
    #[case(json!({}), "the answer to job has neither data nor errors")]
    #[case(json!({"errors": []}), "the answer to job has neither data nor errors")]
    #[case(json!({"data": null}), "the data of job is no object")]
    #[case(json!({"data": [], "errors": [{}]}), "the data of job is no object")]
    #[case(json!({"data": {}}), "the data of job lacks the field job, which was asked for")]
    #[case(json!({"data": {"job": {}}, "errors": [{"path": ["job"]}]}), "the field job of job failed and has a value all the same")]
    fn others_are_found(#[case] body: Value, #[case] expected: &str) {
        assert_eq!(judged(&body), [expected]);
    }

    #[test]
    fn other_statuses_are_left_alone() {
        let script = Script::of("atelier");
        let view = script.view("job", Some("x"));
        let script = script.call("job", view, 400, &json!({}));
        assert!(!script.judge(&DataPresent).is_judged());
    }
}
