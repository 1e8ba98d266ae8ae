//! `auth/anonymous-accepted`.

use crate::contract::error::Condition;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::said::{is_one_of, seen};

static META: Meta = Meta {
    id: "auth/anonymous-accepted",
    title: "an operation documented without credentials asks for none",
    keyword: Keyword::Must,
    checks: "No answer to an operation that is documented to take no credentials is the documented error for missing \
             or wrong credentials.",
    why: "Such an operation is where credentials come from: who needs them to get them gets none.",
    fix: "Leave the operation out of whatever checks credentials.",
    seeks: "a call that takes no credentials",
};

/// The rule.
#[derive(Debug)]
pub struct AnonymousAccepted;

impl Rule for AnonymousAccepted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for answer in story.answers().iter().filter(|answer| answer.operation.anonymous) {
            judgement.look(answer.index);
            let conditions = [Condition::MissingCredentials, Condition::BadCredentials];
            let mut rows = contract.facts.errors.iter().filter(|row| conditions.contains(&row.when));
            let is_asked =
                answer.response.status == 401 || rows.any(|row| is_one_of(row, answer.exchange, contract));
            if answer.is_refused() && is_asked {
                judgement.find([Finding::new(
                    answer.index,
                    &answer.operation.reference,
                    format!("{} asks for credentials", answer.name),
                    "an answer without them",
                    seen(answer.exchange, contract),
                )
                .kind("asks-for-credentials")]);
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
    use serde_json::{Value, json};

    #[rstest]
    #[case(200, json!({"data": {"login": {"token": "x"}}}), 0)]
    #[case(200, json!({"data": {"login": null}, "errors": [{"message": "no", "name": "authentication_error"}]}), 1)]
    #[case(401, json!({"message": "no"}), 1)]
    // Another refusal has other reasons.
    #[case(200, json!({"data": {"login": null}, "errors": [{"message": "no", "name": "not_found"}]}), 0)]
    #[case(400, json!({"errors": [{"message": "no", "name": "invalid_input"}]}), 0)]
    fn looks_for_questions(#[case] status: u16, #[case] body: Value, #[case] found: usize) {
        let view = json!({"body": {"variables": {"name": "ada"}}});
        let script = Script::of("atelier").call("login", view, status, &body);
        assert_eq!(script.findings(&AnonymousAccepted).len(), found);
    }

    #[test]
    fn operations_with_credentials_are_left_alone() {
        let script = Script::of("atelier").get("x", &json!({}));
        assert!(!script.judge(&AnonymousAccepted).is_judged());
    }
}
