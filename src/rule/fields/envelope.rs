//! `fields/envelope`.

use serde_json::Value;

use crate::contract::envelope::{Agreement, Answers};
use crate::exchange::reading::number;
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::text::{one_of, show, told};
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "fields/envelope",
    title: "the members around an answer agree with each other and with its status",
    keyword: Keyword::Must,
    checks: "The contract's facts across the members of a whole answer hold: a status that the body repeats is the \
             HTTP status, and a flag of success goes with the code beside it.",
    why: "Clients look at one of these members and not at the others: where they differ, two clients of one server \
          take the same answer for a success and for a failure.",
    fix: "Write the envelope in one place, from the status and the error that the answer really has.",
    seeks: "an answer with the members that the contract's facts speak of",
};

/// The members around an answer agree with each other and with its status.
#[derive(Debug)]
pub struct Envelope;

impl Rule for Envelope {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let facts = &contract.facts.envelope;
        if facts.is_empty() {
            return Judgement::undocumented("the contract has no facts across a whole answer");
        }
        let mut judgement = Judgement::default();
        for fact in facts {
            for answer in story.answers() {
                let is_meant = match fact.on {
                    Answers::Any => true,
                    Answers::Accepted => answer.is_accepted(),
                    Answers::Refused => answer.is_refused(),
                };
                let Some(verdict) = answer
                    .response
                    .json()
                    .ok()
                    .filter(|_| is_meant)
                    .and_then(|body| examine(&fact.require, body, answer))
                else {
                    continue;
                };
                judgement.look(answer.index);
                if let Some((expected, actual)) = verdict {
                    let message = format!("the answer to {} breaks {}", answer.name, fact.name);
                    let finding = Finding::new(answer.index, &fact.reference, message, expected, actual);
                    let about = About::Member(fact.name.clone());
                    judgement.find([finding.kind("disagrees").about(about).at(fact.require.at().as_str())]);
                    break;
                }
            }
        }
        judgement
    }
}

/// `None` where the answer says nothing about the fact, `Some(None)` where it holds; else what was expected and seen.
#[expect(clippy::option_option, reason = "silence, agreement and its lack are three things")]
fn examine(require: &Agreement, body: &Value, answer: &Answer<'_>) -> Option<Option<(String, String)>> {
    let member = require.at().first(body).filter(|value| !value.is_null());
    let status = answer.response.status;
    let words = |words: &[String]| one_of(words.iter().map(|word| format!("{word:?}")));
    let is_among =
        |value: &Value, words: &[String]| words.iter().any(|word| value.as_str() == Some(word.as_str()));
    Some(match require {
        Agreement::HttpStatus(_) => {
            let value = member?;
            // `404`, `404.0` and `4.04e2` are one number; a text is the status only as it is written.
            let is_it = match value {
                Value::String(text) => *text == status.to_string(),
                other => number(other) == Some(status.into()),
            };
            (!is_it).then(|| (format!("the HTTP status, {status}"), show(Some(value))))
        }
        Agreement::SuccessFlag(_) => {
            let is_wrong = member?.as_bool()? && status >= 400;
            is_wrong
                .then(|| ("true under a success status only".into(), format!("true, with status {status}")))
        }
        Agreement::Word(fact) => {
            let value = member.filter(|_| fact.when.holds(body))?;
            (!is_among(value, &fact.one_of))
                .then(|| (format!("{} where {}", words(&fact.one_of), told(&fact.when)), show(Some(value))))
        }
        Agreement::OtherWord(fact) => {
            if !fact.when.holds(body) {
                return None;
            }
            member.is_none_or(|value| is_among(value, &fact.none_of)).then(|| {
                let expected =
                    format!("another word than {} where {}", words(&fact.none_of), told(&fact.when));
                (expected, show(member))
            })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::operation::Role;
    use crate::rule::Level;
    use crate::rule::errors::error_in_success::ErrorInSuccess;
    use crate::rule::fields::body_schema::BodySchema;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    /// A get that is answered with this body, laid over the documented one.
    fn answered(status: u16, patch: &Value) -> Script {
        let script = Script::of("bailian");
        let (get, operation) = script.contract.of_role(Role::Get).next().unwrap();
        let mut body = script.contract.sample(operation.response_schema(200).unwrap()).unwrap().clone();
        for (name, value) in patch.as_object().unwrap() {
            body[name] = value.clone();
        }
        let (get, view) = (get.to_owned(), script.view(get, Some("66122af1")));
        script.call(&get, view, status, &body)
    }

    fn broken(script: &Script) -> Vec<String> {
        let found = script.findings(&Envelope);
        found.iter().map(|f| f.message.rsplit(' ').next().unwrap_or_default().to_owned()).collect()
    }

    #[rstest]
    #[case(200, json!({}), &[])]
    #[case(200, json!({"Code": "", "Status": 200}), &[])]
    #[case(200, json!({"Status": 200.0}), &[])]
    #[case(200, json!({"Status": 2e2}), &[])]
    #[case(200, json!({"Status": 200.5}), &["status-is-the-http-status"])]
    #[case(200, json!({"Status": 4.04e2}), &["status-is-the-http-status"])]
    #[case(200, json!({"Status": "2e2"}), &["status-is-the-http-status"])]
    #[case(200, json!({"Status": "0200"}), &["status-is-the-http-status"])]
    #[case(200, json!({"Code": null}), &[])]
    #[case(200, json!({"Status": "403"}), &["status-is-the-http-status"])]
    #[case(200, json!({"Status": "OK"}), &["status-is-the-http-status"])]
    #[case(200, json!({"Code": "Index.Forbidden"}), &["a-success-has-no-error-code"])]
    #[case(200, json!({"Success": false, "Code": "Index.Forbidden"}), &[])]
    #[case(200, json!({"Success": false, "Code": "Index.Forbidden", "Status": "403"}), &["status-is-the-http-status-of-a-refusal"])]
    #[case(200, json!({"Success": false}), &["a-failure-has-an-error-code"])]
    #[case(200, json!({"Success": false, "Code": null}), &["a-failure-has-an-error-code"])]
    #[case(403, json!({"Success": true, "Code": "", "Status": "403"}), &["an-error-status-is-no-success"])]
    #[case(403, json!({"Success": false, "Code": "Index.Forbidden", "Status": "403"}), &[])]
    fn members_must_agree(#[case] status: u16, #[case] patch: Value, #[case] expected: &[&str]) {
        assert_eq!(broken(&answered(status, &patch)), expected);
    }

    #[test]
    fn silence_is_no_verdict() {
        let script = answered(200, &json!({})).raw(b"{\"code\":\"x\"}");
        assert!(!script.judge(&Envelope).is_judged());
        let script = Script::of("bedrock").get("JOB0000001", &json!({}));
        assert!(!script.judge(&Envelope).is_judged());
    }

    /// The page's only sample keeps to its shape and contradicts itself: a success with an error code.
    #[test]
    fn the_documented_sample_breaks_its_own_consistency() {
        let script = Script::of("bailian");
        let (get, operation) = script.contract.of_role(Role::Get).next().unwrap();
        let seed = script.contract.example(operation.response_schema(200).unwrap(), "seed").unwrap().clone();
        assert_eq!(seed["Success"], true);
        let view = script.view(get, Some("66122af12a4e45ddae6bd6c84555xxxx"));
        let get = get.to_owned();
        let script = script.call(&get, view, 200, &seed);
        assert_eq!(script.findings(&BodySchema), []);
        assert_eq!(broken(&script), ["a-success-has-no-error-code"]);
        // A guess, so it warns; that a documented error code stands in a success is seen as well.
        assert_eq!(script.level(&Envelope, &script.findings(&Envelope)[0]), Level::Warn);
        assert_eq!(script.findings(&ErrorInSuccess).len(), 1);
    }
}
