//! `graphql/error-entry`.

use serde_json::Value;

use crate::contract::error::Locator;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::Story;
use crate::story::talk::Talk;
use crate::story::text::{one_of, show};

static META: Meta = Meta {
    id: "graphql/error-entry",
    title: "every GraphQL error has a message and a documented code",
    keyword: Keyword::Must,
    checks: "Where a GraphQL answer has `errors`, it is a list with at least one entry; each entry has a message, and a \
             code of the documented list where codes are documented; a `path` begins with a field that was asked for. \
             Where the list of codes is open, another code is noted.",
    why: "GraphQL clients build their exceptions from these entries: one without a message ends in a crash of the \
          client, and one with an unknown code in no handler at all.",
    fix: "Build every entry in one place, with its message and one of the documented codes.",
    seeks: "a GraphQL answer with errors",
};

/// The rule.
#[derive(Debug)]
pub struct ErrorEntry;

impl Rule for ErrorEntry {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for talk in story.talks() {
            let Some(errors) = talk.body.and_then(|body| body.get("errors")) else { continue };
            judgement.look(talk.index);
            match errors.as_array().filter(|entries| !entries.is_empty()) {
                Some(entries) => {
                    judgement
                        .find(entries.iter().enumerate().flat_map(|(n, entry)| entry_of(talk, n, entry)));
                }
                None => {
                    let message =
                        format!("the answer to {} has `errors` that are no list of errors", talk.name());
                    judgement.find([found(
                        talk,
                        "no-list",
                        message,
                        "a list with at least one entry",
                        Some(errors),
                        "/errors",
                    )]);
                }
            }
        }
        judgement
    }
}

/// What is wrong with one entry.
fn entry_of(talk: &Talk<'_>, index: usize, entry: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    let at = format!("/errors/{index}");
    let Some(members) = entry.as_object() else {
        let message = "a GraphQL error is no object".to_owned();
        return vec![found(
            talk,
            "entry-is-no-object",
            message,
            "an object with a message",
            Some(entry),
            &at,
        )];
    };
    let message = members.get("message");
    if message.and_then(Value::as_str).is_none_or(str::is_empty) {
        let words = "a GraphQL error has no message".to_owned();
        findings.push(found(talk, "no-message", words, "a text", message, &format!("{at}/message")));
    }
    let look = talk.errors_look;
    let places: Vec<&str> = look.code.iter().filter_map(inside).collect();
    let codes: Vec<(&str, &Value)> =
        places.iter().filter_map(|place| Some((*place, entry.pointer(place)?))).collect();
    if codes.is_empty() && !places.is_empty() {
        let words = "a GraphQL error has no code".to_owned();
        findings.push(found(talk, "no-code", words, one_of(&places), None, &at));
    }
    for (place, code) in codes {
        if !look.codes.is_empty() && code.as_str().is_none_or(|code| !look.codes.contains_key(code)) {
            let words = "a GraphQL error has a code that is not documented".to_owned();
            let level = if look.open { Level::Note } else { Level::Fail };
            let finding = found(
                talk,
                "undocumented-code",
                words,
                one_of(look.codes.keys()),
                Some(code),
                &format!("{at}{place}"),
            );
            findings.push(finding.at_most(level));
        }
    }
    let path = members.get("path").filter(|path| !path.is_null());
    let first = path.and_then(|path| path.get(0)).and_then(Value::as_str);
    if path.is_some() && !talk.document.keys.iter().any(|key| Some(key.as_str()) == first) {
        let words = "a GraphQL error speaks of a field that was not asked for".to_owned();
        let expected = format!("a path that begins with {}", one_of(&talk.document.keys));
        findings.push(found(talk, "field-not-asked-for", words, expected, path, &format!("{at}/path")));
    }
    findings
}

/// The place of a locator inside an entry.
fn inside(locator: &Locator) -> Option<&str> {
    locator.body.as_ref()?.as_str().strip_prefix("/errors/0")
}

fn found(
    talk: &Talk<'_>,
    kind: &'static str,
    message: String,
    expected: impl Into<String>,
    actual: Option<&Value>,
    at: &str,
) -> Finding {
    Finding::new(talk.index, &talk.errors_look.reference, message, expected, show(actual)).kind(kind).at(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    fn judged(errors: Value) -> Vec<String> {
        let script = Script::of("atelier");
        let view = script.view("job", Some("x"));
        let script = script.call("job", view, 200, &json!({"data": {"job": null}, "errors": errors}));
        script.findings(&ErrorEntry).into_iter().map(|f| f.message).collect()
    }

    #[rstest]
    #[case(json!([{"message": "no", "name": "not_found"}]))]
    #[case(json!([{"message": "no", "name": "not_found", "path": ["job"], "more": 1}]))]
    #[case(json!([{"message": "no", "name": "not_found", "path": ["job", "tasks", 0]}]))]
    fn documented_entries_pass(#[case] errors: Value) {
        assert_eq!(judged(errors), Vec::<String>::new());
    }

    #[rstest]
    #[case(json!([]), "the answer to job has `errors` that are no list of errors")]
    #[case(json!(null), "the answer to job has `errors` that are no list of errors")]
    #[case(json!(["no"]), "a GraphQL error is no object")]
    #[case(json!([{"name": "not_found"}]), "a GraphQL error has no message")]
    #[case(json!([{"name": "not_found", "message": ""}]), "a GraphQL error has no message")]
    #[case(json!([{"message": "no"}]), "a GraphQL error has no code")]
    #[case(json!([{"message": "no", "extensions": {"code": "not_found"}}]), "a GraphQL error has no code")]
    #[case(json!([{"message": "no", "name": "NOT_FOUND"}]), "a GraphQL error has a code that is not documented")]
    #[case(json!([{"message": "no", "name": "not_found", "path": ["jobs"]}]), "a GraphQL error speaks of a field that was not asked for")]
    #[case(json!([{"message": "no", "name": "not_found"}, {"name": "not_found"}]), "a GraphQL error has no message")]
    fn others_are_found(#[case] errors: Value, #[case] expected: &str) {
        assert_eq!(judged(errors), [expected]);
    }

    #[test]
    fn without_errors_there_is_nothing_to_judge() {
        let script = Script::of("atelier").get("x", &json!({}));
        assert!(!script.judge(&ErrorEntry).is_judged());
        let other = Script::of("bedrock").get("AAAAAAAAAA", &json!({}));
        assert!(!other.judge(&ErrorEntry).is_judged());
    }
}
