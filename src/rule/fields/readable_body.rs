//! A response that the contract says has a body can be read.

use std::collections::BTreeSet;

use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::cut;

/// `fields/readable-body`.
pub struct ReadableBody;

static META: Meta = Meta {
    id: "fields/readable-body",
    title: "a documented body is readable JSON",
    keyword: Keyword::Must,
    checks: "Each answer whose status is documented with a body has one, and it is JSON in UTF-8: not empty, not an \
             HTML page, not nested beyond 127 levels. Where errors may be plain text, text will do.",
    why: "Clients parse the body before they look at anything else. An empty body or a proxy's HTML page ends in a \
          parser's exception that hides the status and the error code.",
    fix: "Answer with the documented JSON body, also for errors. Look for a gateway or a framework that replaces error \
          bodies by its own pages.",
    seeks: "an answer for which a body is documented",
};

impl Rule for ReadableBody {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut judgement, mut seen) = (Judgement::default(), BTreeSet::new());
        for answer in story.answers() {
            let Some(schema) = answer.schema().filter(|schema| !schema.is_empty()) else { continue };
            judgement.look(answer.index);
            let Err(why) = answer.response.json() else { continue };
            let status = answer.response.status;
            if !answer.is_plain_text() && seen.insert((answer.name, status)) {
                let body = String::from_utf8_lossy(&answer.response.body);
                let (kind, actual) = if body.is_empty() {
                    ("empty", "an empty body".to_owned())
                } else {
                    ("unreadable", cut(&body))
                };
                let message = format!("{} answers {status} without a readable body: {why}", answer.name);
                let expected = format!("a JSON body in UTF-8, as in schema {schema}");
                let reference = answer.reference(contract);
                let finding = Finding::new(answer.index, reference, message, expected, actual);
                judgement.find([finding.kind(kind).about(About::Code(status.to_string()))]);
            }
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(b"", "the body is empty")]
    #[case(b"<html>502 Bad Gateway</html>", "the body is markup (HTML or XML), not JSON")]
    #[case(b"{\"ingestionJob\": \xff}", "the body is not UTF-8 (byte 17)")]
    #[case(&[b'['; 200], "the body is nested more than 127 levels deep")]
    fn unreadable_bodies_are_found(#[case] body: &[u8], #[case] why: &str) {
        let findings = Script::of("bedrock").get("AAAAAAAAAA", &json!({})).raw(body).findings(&ReadableBody);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].message.ends_with(why), "{}", findings[0].message);
    }

    #[test]
    fn an_error_page_rests_on_the_reference_for_errors() {
        let script = Script::of("bedrock").cancel_refused("AAAAAAAAAA", 409, &json!({})).raw(b"<h1>no</h1>");
        let findings = script.findings(&ReadableBody);
        assert_eq!(findings[0].reference, script.contract.facts.error_body.reference);
    }

    #[test]
    fn one_finding_for_many_polls() {
        let script = Script::of("bedrock").get("AAAAAAAAAA", &json!({})).raw(b"");
        assert_eq!(script.get("AAAAAAAAAA", &json!({})).raw(b"").findings(&ReadableBody).len(), 1);
    }

    #[test]
    fn readable_bodies_pass() {
        let script = Script::of("bedrock").get("AAAAAAAAAA", &json!({})).cancel_refused(
            "AAAAAAAAAA",
            409,
            &json!({"message": "no"}),
        );
        assert_eq!(script.judge(&ReadableBody).verdict(), Some(vec![]));
    }

    /// A cancel that is refused by a vendor whose errors may be plain text.
    fn plain(body: &[u8], label: &str) -> Script {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        contract.facts.error_body.plain_text = true;
        let mut script = Script::of("bedrock");
        script.contract = std::sync::Arc::new(contract);
        let script = script.cancel_refused("AAAAAAAAAA", 409, &json!({})).raw(body);
        if label.is_empty() {
            script.last(|e| e.outcome.as_mut().unwrap().headers.remove("content-type"))
        } else {
            script.header("content-type", label)
        }
    }

    #[rstest]
    #[case(b"The job has ended.", "text/plain; charset=utf-8", 0)]
    #[case(b"The job has ended.", "Text/Plain", 0)]
    #[case(b"The job has ended.", "", 0)]
    #[case(b"404", "text/plain", 0)]
    #[case(b"<h1>no</h1>", "text/html", 1)]
    #[case(b"<h1>no</h1>", "", 1)]
    #[case(b"The job has ended.", "application/json", 1)]
    #[case(b"no \xff", "text/plain", 1)]
    #[case(b"", "text/plain", 1)]
    fn errors_may_be_plain_text_where_the_contract_says_so(
        #[case] body: &[u8],
        #[case] label: &str,
        #[case] found: usize,
    ) {
        let script = plain(body, label);
        assert_eq!(script.findings(&ReadableBody).len(), found);
        if found == 0 {
            let others: [&dyn Rule; 4] = [
                &crate::rule::fields::body_schema::BodySchema,
                &crate::rule::fields::content_type::ContentType,
                &crate::rule::errors::body_shape::BodyShape,
                &crate::rule::errors::known_code::KnownCode,
            ];
            for rule in others {
                assert_eq!(script.judge(rule).found, [], "{}", rule.meta().id);
            }
        }
    }

    #[test]
    fn a_success_is_no_plain_text() {
        let script = plain(b"fine", "text/plain").last(|e| e.outcome.as_mut().unwrap().status = 202);
        assert_eq!(script.findings(&ReadableBody).len(), 1);
        let script = Script::of("bedrock").cancel_refused("AAAAAAAAAA", 409, &json!({})).raw(b"no");
        assert_eq!(script.header("content-type", "text/plain").findings(&ReadableBody).len(), 1);
    }

    #[test]
    fn a_success_under_another_status_has_a_body_too() {
        let other = Script::of("bedrock").get("AAAAAAAAAA", &json!({})).raw(b"<html>");
        let other = other.last(|e| e.outcome.as_mut().unwrap().status = 202);
        assert_eq!(other.findings(&ReadableBody).len(), 1);
    }

    #[test]
    fn statuses_that_are_not_documented_are_left_alone() {
        let script = Script::of("bedrock").get("AAAAAAAAAA", &json!({})).raw(b"");
        let script = script.last(|e| e.outcome.as_mut().unwrap().status = 204);
        assert!(!script.judge(&ReadableBody).is_judged());
    }
}
