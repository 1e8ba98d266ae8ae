//! `errors/body-shape`.

use serde_json::Value;

use crate::contract::Contract;
use crate::contract::error::Locator;
use crate::exchange::refusal::refusal;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::said::seen;
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "errors/body-shape",
    title: "an error says its code and its message where clients look for them",
    keyword: Keyword::Must,
    checks: "Every error answer has a code in one of the documented places, and a message where the documented shape \
             requires one. A gateway's own 502, 503 and 504 warn.",
    why: "Clients pick the exception they raise by the code: without it every error becomes the same unknown one, and \
          no handler written for it runs.",
    fix: "Build every error answer, those of routers and filters included, with the one function that writes the \
          documented shape.",
    seeks: "an error answer",
};

/// The rule.
#[derive(Debug)]
pub struct BodyShape;

impl Rule for BodyShape {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for answer in story.answers().iter().filter(|a| a.is_refused() && !a.is_plain_text()) {
            judgement.look(answer.index);
            let body = contract.error_body(answer.name);
            let said = refusal(answer.response, body);
            let lacks_code = said.code.is_none() && !body.code.is_empty();
            let lacks_message = said.message.is_none() && requires_message(answer, contract);
            let (kind, message, places) = match (lacks_code, lacks_message) {
                (true, true) => (
                    "no-code-and-no-message",
                    "an error has neither a code nor a message",
                    places(&[&body.code, &body.message]),
                ),
                (true, false) => ("no-code", "an error has no code", places(&[&body.code])),
                (false, true) => ("no-message", "an error has no message", places(&[&body.message])),
                (false, false) => continue,
            };
            let actual = match answer.response.json() {
                Ok(_) => seen(answer.exchange, contract),
                Err(why) => format!("{}; {why}", answer.response.status),
            };
            let is_of_gateway = matches!(answer.response.status, 502..=504);
            judgement.find([Finding::new(answer.index, &body.reference, message.to_owned(), places, actual)
                .kind(kind)
                .at_most(if is_of_gateway { Level::Warn } else { Level::Fail })]);
        }
        judgement
    }
}

/// Whether the schema of this answer requires a member that one of the message locators points at.
fn requires_message(answer: &Answer<'_>, contract: &Contract) -> bool {
    let Some(shape) = answer.schema().and_then(|name| contract.shapes.get(name)) else { return false };
    let Some(required) = shape.document.get("required").and_then(Value::as_array) else { return false };
    contract.error_body(answer.name).message.iter().filter_map(|locator| locator.body.as_ref()).any(
        |pointer| {
            let segments = pointer.segments();
            segments.first().is_some_and(|name| required.iter().any(|r| r.as_str() == Some(name)))
        },
    )
}

fn places(groups: &[&[Locator]]) -> String {
    let of_group = |locators: &&[Locator]| {
        let words: Vec<String> = locators
            .iter()
            .filter_map(|l| match (&l.header, &l.body) {
                (Some(header), _) => Some(format!("header {header}")),
                (None, Some(pointer)) => Some(format!("body {}", pointer.as_str())),
                (None, None) => None,
            })
            .collect();
        words.join(" or ")
    };
    groups.iter().map(of_group).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("bedrock", json!({"message": "no"}), Some("an error has no code"))]
    #[case("bedrock", json!({"__type": "ConflictException", "message": "no"}), None)]
    // The model does not require a message.
    #[case("bedrock", json!({"code": "ConflictException"}), None)]
    #[case("digitalocean", json!({"id": "conflict"}), Some("an error has no message"))]
    #[case("digitalocean", json!({}), Some("an error has neither a code nor a message"))]
    #[case("digitalocean", json!({"id": "conflict", "message": "no"}), None)]
    fn looks_for_both(#[case] vendor: &str, #[case] body: Value, #[case] expected: Option<&str>) {
        let script = Script::of(vendor).cancel_refused("JOB0000001", 409, &body);
        let found: Vec<String> = script.findings(&BodyShape).into_iter().map(|f| f.message).collect();
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), Vec::from_iter(expected));
    }

    #[test]
    fn a_code_in_the_header_counts() {
        let script = Script::of("bedrock")
            .cancel_refused("JOB0000001", 409, &json!({}))
            .header("x-amzn-errortype", "ConflictException:http://internal/");
        assert_eq!(script.findings(&BodyShape), []);
    }

    #[test]
    fn markup_is_named() {
        let script = Script::of("bedrock").cancel_refused("JOB0000001", 404, &json!({})).raw(b"<Error/>");
        assert!(script.findings(&BodyShape)[0].actual.contains("markup"));
    }

    #[test]
    fn a_success_is_not_an_error() {
        let script = Script::of("bedrock").get("JOB0000001", &json!({}));
        assert!(!script.judge(&BodyShape).is_judged());
    }

    #[test]
    fn where_to_look_is_told() {
        let found =
            Script::of("digitalocean").cancel_refused("JOB0000001", 409, &json!({})).findings(&BodyShape);
        assert_eq!(found[0].expected, "body /id; body /message");
        let found = Script::of("bedrock").cancel_refused("JOB0000001", 409, &json!({})).findings(&BodyShape);
        assert!(found[0].expected.starts_with("header x-amzn-errortype or body "), "{}", found[0].expected);
    }
}
