//! JSON says that it is JSON.

use std::collections::BTreeSet;

use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;

/// `fields/content-type`.
pub struct ContentType;

static META: Meta = Meta {
    id: "fields/content-type",
    title: "a JSON body is labelled as JSON",
    keyword: Keyword::Should,
    checks: "Each answer with a JSON body has a content-type header of application/json, or of a type that ends in \
             +json.",
    why: "Many clients choose their parser by the label: a JSON body labelled text/plain reaches the program as a \
          string, and its members as undefined.",
    fix: "Send `content-type: application/json` with every JSON body, errors included.",
    seeks: "",
};

impl Rule for ContentType {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut looked_at, mut seen, mut findings) = (0, BTreeSet::new(), Vec::new());
        for answer in story.answers().iter().filter(|a| a.response.json().is_ok()) {
            looked_at += 1;
            let label = answer.response.headers.get("content-type");
            if !label.is_some_and(is_json) && seen.insert((answer.name, label)) {
                let message = match label {
                    Some(label) => format!("{} labels its JSON body as {label}", answer.name),
                    None => format!("{} does not label its JSON body", answer.name),
                };
                findings.push(Finding::new(
                    answer.index,
                    answer.reference(contract),
                    message,
                    "content-type: application/json",
                    label.map_or_else(
                        || "no content-type header".to_owned(),
                        |l| format!("content-type: {l}"),
                    ),
                ));
            }
        }
        Judgement::of(looked_at, findings, "no answer had a JSON body")
    }
}

fn is_json(label: &str) -> bool {
    let kind = label.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
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
