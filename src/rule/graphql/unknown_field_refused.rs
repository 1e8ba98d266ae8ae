//! `graphql/unknown-field-refused`.

use serde_json::Value;

use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::talk::{Fit, Talk};
use crate::story::text::{cut, show};

static META: Meta = Meta {
    id: "graphql/unknown-field-refused",
    title: "a document or variables that do not fit the schema are refused",
    keyword: Keyword::Must,
    checks: "A request whose document is no GraphQL, asks for a field or argument that the schema does not have, or \
             whose variables lack a required value or have one of another type, is answered with errors and without data.",
    why: "A schema is a promise in both directions: what a lenient test server lets through is refused in production, \
          where the client meets it for the first time.",
    fix: "Validate the document and the variables against the schema before anything is carried out.",
    seeks: "a GraphQL request that does not fit the schema",
};

/// The rule.
#[derive(Debug)]
pub struct UnknownFieldRefused;

impl Rule for UnknownFieldRefused {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for talk in story.talks().iter().filter(|talk| talk.fit != Fit::Fits) {
            judgement.look(talk.index);
            judgement.find(let_through(talk));
        }
        judgement
    }
}

fn let_through(talk: &Talk<'_>) -> Option<Finding> {
    if talk.response.status >= 400 && talk.body.is_none() {
        return None;
    }
    let data = talk.body.and_then(|body| body.get("data")).filter(|data| has_value(data));
    let has_errors = talk.response.status >= 400 || !talk.errors().is_empty();
    if data.is_none() && has_errors {
        return None;
    }
    let (kind, what, verb) = match talk.fit {
        Fit::NoDocument => ("document-let-through", "a document", "does"),
        Fit::Fits | Fit::WrongVariables => ("variables-let-through", "variables", "do"),
    };
    let message =
        format!("{what} that {verb} not fit the schema of {} was let through", talk.document.service);
    let actual = match talk.body {
        Some(_) => format!("{} with data {}", talk.response.status, show(data)),
        None => format!("{}: {}", talk.response.status, cut(&String::from_utf8_lossy(&talk.response.body))),
    };
    let finding = Finding::new(talk.index, &talk.transport.reference, message, "errors, and no data", actual)
        .kind(kind);
    let violation = talk.exchange.meant().violation.as_ref();
    Some(Finding { about: violation.map(|v| About::Parameter(v.parameter.clone())), ..finding })
}

/// Whether any field has a value.
fn has_value(data: &Value) -> bool {
    match data {
        Value::Null => false,
        Value::Object(members) => members.values().any(|value| !value.is_null()),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(400, json!({"errors": [{"message": "no"}]}), 0)]
    #[case(200, json!({"errors": [{"message": "no"}]}), 0)]
    #[case(200, json!({"data": {"job": null}, "errors": [{"message": "no"}]}), 0)]
    #[case(200, json!({"data": {"job": {"id": "x"}}}), 1)]
    #[case(200, json!({"data": {"job": {"id": "x"}}, "errors": [{"message": "no"}]}), 1)]
    #[case(200, json!({"data": {}}), 1)]
    #[case(200, json!("fine"), 1)]
    #[case(400, json!("no"), 0)]
    fn unknown_fields(#[case] status: u16, #[case] body: Value, #[case] found: usize) {
        for (query, variables) in [
            ("{ job(id: 1) { nothing } }", json!({})),
            ("query($id: ID!) { job(id: $id) { id } }", json!({"id": {}})),
        ] {
            let view = json!({"body": {"query": query, "variables": variables}});
            let script = Script::of("atelier").call("job", view, status, &body);
            assert_eq!(script.findings(&UnknownFieldRefused).len(), found);
        }
    }

    #[test]
    fn what_fits_is_left_alone() {
        let script = Script::of("atelier").get("x", &json!({}));
        assert!(!script.judge(&UnknownFieldRefused).is_judged());
    }
}
