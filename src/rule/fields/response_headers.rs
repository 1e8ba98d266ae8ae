//! Documented response headers are there and well formed.

use std::collections::BTreeSet;

use crate::contract::pattern::compiled;

use crate::contract::facts::HeaderFact;
use crate::exchange::headers::is_secret;
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::cut;

/// `fields/response-headers`.
pub struct ResponseHeaders;

static META: Meta = Meta {
    id: "fields/response-headers",
    title: "documented response headers are there and well formed",
    keyword: Keyword::Must,
    checks: "On the statuses it is documented for, each required header is present; wherever a documented header is \
             present, its value has the documented form.",
    why: "SDKs read such headers without a second thought: one that paces itself by a rate limit header fails on a \
          value that is no number, and a support request without the request's id leads nowhere.",
    fix: "Send the header with each documented status, in the documented form. Look for a proxy that strips it.",
    seeks: "an answer that has, or must have, a documented response header",
};

impl Rule for ResponseHeaders {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        if contract.facts.headers.is_empty() {
            judgement.miss_undocumented("the contract documents no response headers");
        }
        for (name, fact) in &contract.facts.headers {
            let mut form = None;
            let mut seen = BTreeSet::new();
            for answer in story.answers() {
                let status = answer.response.status;
                if !(fact.on.is_empty() || fact.on.contains(&status)) {
                    continue;
                }
                let value = answer.response.headers.get(name);
                let (kind, message) = match value {
                    None if !fact.required => continue,
                    None => {
                        ("missing", format!("{} answers {status} without the header {name}", answer.name))
                    }
                    // A pattern that does not compile is a mistake of the contract, which linting reports.
                    Some(value) => match form.get_or_insert_with(|| compiled(&fact.pattern)) {
                        Some(form) if !form.is_match(value) => {
                            ("other-form", format!("{} sends the header {name} in another form", answer.name))
                        }
                        _ => {
                            judgement.look(answer.index);
                            continue;
                        }
                    },
                };
                judgement.look(answer.index);
                if seen.insert((answer.name, kind)) {
                    let (expected, actual) = words(name, fact, value);
                    let finding = Finding::new(answer.index, &fact.reference, message, expected, actual);
                    judgement.find([finding.kind(kind).about(About::Member(name.clone()))]);
                }
            }
        }
        judgement
    }
}

fn words(name: &str, fact: &HeaderFact, value: Option<&str>) -> (String, String) {
    let expected = format!("{name} that matches {}, such as {}", fact.pattern, fact.example);
    let actual = match value {
        None => format!("no {name} header"),
        Some(_) if is_secret(name) => format!("{name}: [redacted]"),
        Some(value) => format!("{name}: {}", cut(value)),
    };
    (expected, actual)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::rule::script::Script;
    use serde_json::json;

    const ID: &str = "123e4567-e89b-12d3-a456-426614174000";

    fn complete() -> Script {
        let script = Script::of("digitalocean").get(ID, &json!({}));
        let facts: Vec<(String, String)> = script
            .contract
            .facts
            .headers
            .iter()
            .map(|(name, fact)| (name.clone(), fact.example.clone()))
            .collect();
        facts.iter().fold(script, |script, (name, example)| script.header(name, example))
    }

    #[test]
    fn documented_headers_pass() {
        assert_eq!(complete().findings(&ResponseHeaders), vec![]);
    }

    #[test]
    fn a_value_in_another_form_is_found() {
        let findings = complete().header("ratelimit-limit", "many").findings(&ResponseHeaders);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].actual, "ratelimit-limit: many");
    }

    #[test]
    fn a_header_that_need_not_be_there_may_be_missing() {
        let script = Script::of("digitalocean").get(ID, &json!({}));
        assert!(!script.judge(&ResponseHeaders).is_judged());
    }

    #[test]
    fn a_required_header_that_is_missing_is_found_on_its_statuses_only() {
        let mut contract = crate::contract::library::builtin("digitalocean").unwrap();
        contract.facts.headers.get_mut("ratelimit-reset").unwrap().required = true;
        let mut script = Script::of("digitalocean");
        script.contract = Arc::new(contract);
        let error = json!({"id": "conflict", "message": "no"});
        let script = script.get(ID, &json!({})).get(ID, &json!({})).cancel_refused(ID, 409, &error);
        let findings = script.findings(&ResponseHeaders);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].actual, "no ratelimit-reset header");
    }

    #[test]
    fn not_applicable_where_no_header_is_documented() {
        let script = Script::of("bedrock").get("AAAAAAAAAA", &json!({}));
        assert!(!script.judge(&ResponseHeaders).is_judged());
    }
}
