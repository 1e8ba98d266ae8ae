//! JSON says that it is JSON.

use std::collections::BTreeSet;

use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::{Answer, Story};

/// `fields/content-type`.
pub struct ContentType;

static META: Meta = Meta {
    id: "fields/content-type",
    title: "a JSON body is labelled as JSON",
    keyword: Keyword::Should,
    checks: "Each answer with a JSON body has a content-type header of application/json, or of a type that ends in \
             +json. Where errors may be plain text, one that says it is one may look like JSON.",
    why: "Many clients choose their parser by the label: a JSON body labelled text/plain reaches the program as a \
          string, and its members as undefined.",
    fix: "Send `content-type: application/json` with every JSON body, errors included.",
    seeks: "a JSON body",
};

impl Rule for ContentType {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut judgement, mut seen) = (Judgement::default(), BTreeSet::new());
        let is_json = |a: &&Answer<'_>| a.response.json().is_ok() && !a.is_plain_text();
        for answer in story.answers().iter().filter(is_json) {
            judgement.look(answer.index);
            let label = answer.response.headers.get("content-type");
            let kind = label.map(media_type);
            if kind.as_deref().is_some_and(says_json) || !seen.insert((answer.name, kind.clone())) {
                continue;
            }
            let (word, message, actual) = match label {
                Some(label) => {
                    let message = format!("{} labels its JSON body as {label}", answer.name);
                    ("labelled-otherwise", message, format!("content-type: {label}"))
                }
                None => {
                    let message = format!("{} does not label its JSON body", answer.name);
                    ("not-labelled", message, "no content-type header".to_owned())
                }
            };
            let reference = answer.reference(contract);
            let due = "content-type: application/json";
            let finding = Finding::new(answer.index, reference, message, due, actual).kind(word);
            judgement.find([Finding { about: kind.map(About::Code), ..finding }]);
        }
        judgement
    }
}

/// A label without what stands beside the type.
fn media_type(label: &str) -> String {
    label.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn says_json(kind: &str) -> bool {
    kind == "application/json" || (kind.contains('/') && kind.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("text/plain", 1)]
    #[case("text/html; charset=utf-8", 1)]
    #[case("text/json", 1)]
    #[case("", 1)]
    #[case("application/json", 0)]
    #[case("Application/JSON;charset=UTF-8", 0)]
    #[case("application/problem+json", 0)]
    fn judges_labels(#[case] label: &str, #[case] found: usize) {
        let script = Script::of("bedrock").get("AAAAAAAAAA", &json!({})).header("content-type", label);
        assert_eq!(script.findings(&ContentType).len(), found);
    }

    #[test]
    fn a_missing_label_is_found() {
        let script = Script::of("bedrock").get("AAAAAAAAAA", &json!({}));
        let script = script.last(|e| e.outcome.as_mut().unwrap().headers.remove("content-type"));
        assert_eq!(script.findings(&ContentType)[0].actual, "no content-type header");
    }

    #[test]
    fn bodies_that_are_not_json_are_left_alone() {
        let script = Script::of("bedrock").get("AAAAAAAAAA", &json!({})).raw(b"<html>");
        assert!(!script.judge(&ContentType).is_judged());
    }
}
