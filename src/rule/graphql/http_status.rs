//! `graphql/http-status`.

use std::collections::BTreeSet;

use crate::contract::Contract;
use crate::contract::error::{Answer, Condition};
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::said::seen;
use crate::story::talk::{Fit, Talk};
use crate::story::text::one_of;

static META: Meta = Meta {
    id: "graphql/http-status",
    title: "the HTTP status of a GraphQL answer is the documented one",
    keyword: Keyword::Must,
    checks: "A request that fits the schema is not answered with the status of an invalid request, unless the \
             documentation names that status for what was wrong with it. A request that does not fit is answered with \
             one of the statuses for invalid requests.",
    why: "Clients throw the body of an error status away: an error that belongs into the body of a 200 is never read.",
    fix: "Keep the status for the request as a whole, as documented, and put what becomes of its fields into `errors`.",
    seeks: "a GraphQL answer",
};

/// The rule.
#[derive(Debug)]
pub struct HttpStatus;

impl Rule for HttpStatus {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for talk in story.talks() {
            // Refused credentials are the concern of the rules on those.
            if talk.exchange.meant().probe.is_some_and(is_about_credentials) {
                continue;
            }
            judgement.look(talk.index);
            judgement.find(mistake(talk, contract));
        }
        judgement
    }
}

fn is_about_credentials(probe: Condition) -> bool {
    matches!(
        probe,
        Condition::MissingCredentials
            | Condition::BadCredentials
            | Condition::BadSignature
            | Condition::ExpiredCredentials
            | Condition::Forbidden
    )
}

fn mistake(talk: &Talk<'_>, contract: &Contract) -> Option<Finding> {
    let status = talk.response.status;
    let invalid = statuses(&talk.transport.invalid);
    let operation = talk.exchange.asked.operation.as_deref().unwrap_or_default();
    let row = |condition: Condition| contract.error_row(condition, operation);
    let (kind, message, expected) = match talk.fit {
        Fit::Fits => {
            if !invalid.contains(&status) || (200..300).contains(&status) {
                return None;
            }
            let due = talk.exchange.meant().probe.and_then(row);
            if due.is_some_and(|row| row.any_of.iter().any(|answer| allows(answer, status))) {
                return None;
            }
            let message = format!("{} was answered with the status of an invalid request", talk.name());
            ("refused-as-invalid", message, "a success status, and errors in the body".to_owned())
        }
        Fit::NoDocument | Fit::WrongVariables => {
            let by_row = talk.fit == Fit::WrongVariables;
            let rows = [Condition::MissingParameter, Condition::InvalidParameter, Condition::MalformedId];
            let is_row = by_row
                && rows.into_iter().filter_map(row).flat_map(|row| &row.any_of).any(|a| allows(a, status));
            if invalid.contains(&status) || invalid.is_empty() || is_row {
                return None;
            }
            let message =
                "an invalid GraphQL request was answered with another status than documented".to_owned();
            ("other-status", message, one_of(invalid.iter().map(u16::to_string)))
        }
    };
    let actual = seen(talk.exchange, contract);
    let finding = Finding::new(talk.index, &talk.transport.reference, message, expected, actual).kind(kind);
    let violation = talk.exchange.meant().violation.as_ref();
    Some(Finding { about: violation.map(|v| About::Parameter(v.parameter.clone())), ..finding })
}

fn statuses(answers: &[Answer]) -> BTreeSet<u16> {
    answers.iter().filter_map(|answer| answer.status).collect()
}

fn allows(answer: &Answer, status: u16) -> bool {
    answer.status == Some(status) || (answer.any_client_error && (400..500).contains(&status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    const GOOD: &str = "query($id: ID!) { job(id: $id) { id } }";

    #[rstest]
    #[case(GOOD, json!({"id": "x"}), 200, 0)]
    #[case(GOOD, json!({"id": "x"}), 400, 1)]
    // Other statuses are the concern of `fields/documented-status`.
    #[case(GOOD, json!({"id": "x"}), 404, 0)]
    #[case(GOOD, json!({}), 400, 0)]
    // The row for wrong parameters allows it.
    #[case(GOOD, json!({}), 200, 0)]
    #[case(GOOD, json!({}), 422, 1)]
    #[case("{ nothing }", json!({}), 400, 0)]
    #[case("{ nothing }", json!({}), 200, 1)]
    #[case("{", json!({}), 200, 1)]
    fn judges_statuses(
        #[case] query: &str,
        #[case] variables: serde_json::Value,
        #[case] status: u16,
        #[case] found: usize,
    ) {
        let view = json!({"body": {"query": query, "variables": variables}});
        let body = json!({"errors": [{"message": "no", "name": "not_found"}]});
        let script = Script::of("atelier").call("job", view, status, &body);
        assert_eq!(script.findings(&HttpStatus).len(), found);
    }

    #[test]
    fn what_is_documented_for_a_mistake_is_right() {
        let script = Script::of("atelier");
        let view = script.view("job", Some(""));
        let script =
            script.call("job", view, 400, &json!({"errors": [{"message": "no", "name": "invalid_input"}]}));
        let script = script.last(|e| e.meant_mut().probe = Some(Condition::InvalidParameter));
        assert_eq!(script.findings(&HttpStatus), []);
        let script = script.last(|e| e.meant_mut().probe = Some(Condition::UnknownJob));
        assert_eq!(script.findings(&HttpStatus).len(), 1);
        let script = script.last(|e| e.meant_mut().probe = Some(Condition::MissingCredentials));
        assert!(!script.judge(&HttpStatus).is_judged());
    }
}
