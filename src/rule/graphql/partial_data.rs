//! `graphql/partial-data`.

use apollo_compiler::ast::OperationType;
use serde_json::Value;

use crate::contract::Contract;
use crate::contract::graphql::root_fields;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::talk::{Fit, Talk};
use crate::story::text::show;

static META: Meta = Meta {
    id: "graphql/partial-data",
    title: "when one of several fields fails, the others keep their answers",
    keyword: Keyword::Must,
    checks: "Where a request asks for several fields and some fail, each other field has its answer: there are no more \
             nulls than errors, and `data` is null only where a field that failed must not be null. Requests whose \
             credentials were refused are left out.",
    why: "Clients ask for several jobs in one request: one job that is gone must not hide the others.",
    fix: "Answer each field for itself; let a null spread only as far as the schema says.",
    seeks: "a request for several fields that failed in part",
};

/// The rule.
#[derive(Debug)]
pub struct PartialData;

impl Rule for PartialData {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for talk in story.talks() {
            let several = talk.document.keys.len() > 1 && talk.fit == Fit::Fits;
            let is_success = talk.response.status == 200 && !talk.errors().is_empty();
            if !several || !is_success || talk.exchange.meant().probe.is_some() {
                continue;
            }
            judgement.look(talk.index);
            judgement.find(lost(talk, contract));
        }
        judgement
    }
}

fn lost(talk: &Talk<'_>, contract: &Contract) -> Option<Finding> {
    let found = |kind, message: String, expected: String, actual: Option<&Value>| {
        Finding::new(talk.index, &talk.transport.reference, message, expected, show(actual))
            .kind(kind)
            .at("/data")
    };
    let data = talk.body?.get("data");
    if data.is_none_or(Value::is_null) {
        let message = "one of several fields failed, and the data of all is gone".to_owned();
        return may_all_be_null(talk, contract).then(|| {
            found("all-gone", message, "data with null for each field that failed".to_owned(), data)
        });
    }
    let keys = &talk.document.keys;
    let nulls: Vec<&String> = keys.iter().filter(|key| talk.value(key).is_none_or(Value::is_null)).collect();
    let named = |entry: &Value| {
        entry.get("path").and_then(|path| path.get(0)).and_then(Value::as_str).map(str::to_owned)
    };
    let paths: Vec<Option<String>> = talk.errors().iter().map(named).collect();
    let without = paths.iter().filter(|path| path.is_none()).count();
    let unexplained: Vec<&str> = nulls
        .into_iter()
        .filter(|key| !paths.iter().flatten().any(|path| path == *key))
        .map(String::as_str)
        .collect();
    (unexplained.len() > without).then(|| {
        let message =
            format!("the answer of {} is gone, though another field failed", unexplained.join(", "));
        found("another-gone", message, "an answer, or an error of its own".to_owned(), data)
    })
}

/// Whether each field asked for may be null, so that none of them can take the others with it.
fn may_all_be_null(talk: &Talk<'_>, contract: &Contract) -> bool {
    let Some(schema) = contract.graphql.schemas.get(&talk.document.service) else { return false };
    let body =
        |name: &str| talk.exchange.asked.view.pointer(&format!("/body/{name}")).and_then(Value::as_str);
    let roots = body("query").and_then(|query| root_fields(query, body("operationName"))).unwrap_or_default();
    roots.iter().all(|root| {
        let is_known = matches!(root.kind, OperationType::Query | OperationType::Mutation);
        let field = schema.root_operation(root.kind).and_then(|ty| schema.type_field(ty, &root.field).ok());
        is_known && field.is_some_and(|field| !field.ty.is_non_null())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::error::Condition;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    fn asked(query: &str, body: &Value) -> Script {
        Script::of("atelier").call("job", json!({"body": {"query": query}}), 200, body)
    }

    const TWO: &str = "{ a: job(id: 1) { id } b: job(id: 2) { id } }";

    #[rstest]
    #[case(json!({"data": {"a": {"id": "1"}, "b": null}, "errors": [{"path": ["b"]}]}), 0)]
    #[case(json!({"data": {"a": {"id": "1"}, "b": null}, "errors": [{}]}), 0)]
    #[case(json!({"data": {"a": null, "b": null}, "errors": [{}, {}]}), 0)]
    #[case(json!({"data": {"a": null, "b": null}, "errors": [{}]}), 1)]
    #[case(json!({"data": {"a": null, "b": null}, "errors": [{"path": ["b"]}]}), 1)]
    #[case(json!({"data": {"b": null}, "errors": [{"path": ["b"]}]}), 1)]
    #[case(json!({"data": null, "errors": [{"path": ["b"]}]}), 1)]
    #[case(json!({"errors": [{"path": ["b"]}]}), 1)]
    fn looks_for_what_is_gone(#[case] body: Value, #[case] found: usize) {
        assert_eq!(asked(TWO, &body).findings(&PartialData).len(), found);
    }

    #[test]
    fn a_field_that_must_not_be_null_takes_all_with_it() {
        let body = json!({"data": null, "errors": [{"path": ["size"]}]});
        assert_eq!(asked("{ size a: job(id: 1) { id } }", &body).findings(&PartialData), []);
    }

    #[test]
    fn refused_credentials_and_single_fields_are_left_alone() {
        let body = json!({"data": null, "errors": [{}]});
        let script = asked(TWO, &body).last(|e| e.meant_mut().probe = Some(Condition::MissingCredentials));
        assert!(!script.judge(&PartialData).is_judged());
        let script = asked("{ job(id: 1) { id } }", &body);
        assert!(!script.judge(&PartialData).is_judged());
    }

    #[test]
    fn an_answer_without_errors_is_left_alone() {
        let script = asked(TWO, &json!({"data": {"a": null, "b": null}}));
        assert!(!script.judge(&PartialData).is_judged());
    }
}
