//! `listing/bad-token`.

use crate::contract::error::Condition;
use crate::contract::operation::{PageStyle, Role};
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::said::{alternatives, is_one_of, seen};

static META: Meta = Meta {
    id: "listing/bad-token",
    title: "a page token that no answer gave is refused",
    keyword: Keyword::Should,
    checks: "A list that is asked for with a page token of the right form, which no earlier answer gave, is refused as \
             one with an invalid parameter.",
    why: "A client whose token was lost or spoilt on the way is given the first page again, or an empty one, and takes \
          it for the rest of the list.",
    fix: "Make tokens that can be told from others, and refuse those that you did not give.",
    seeks: "a list asked for with a page token that no answer gave",
};

/// The rule.
#[derive(Debug)]
pub struct BadToken;

impl Rule for BadToken {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for answer in story.answers().iter() {
            // A server that is busy or in trouble says nothing about the token.
            let is_beside = answer.response.status == 429 || answer.response.status >= 500;
            if is_beside || !is_meant(story, answer.index) {
                continue;
            }
            let Some(row) = contract.error_row(Condition::InvalidParameter, answer.name) else { continue };
            judgement.look(answer.index);
            if is_one_of(row, answer.exchange, contract) {
                continue;
            }
            let (kind, message) = if answer.is_accepted() {
                ("accepted", "a page token that no answer gave was accepted")
            } else {
                (
                    "other-error",
                    "a page token that no answer gave was refused with another error than the documented one",
                )
            };
            let (due, actual) = (alternatives(row), seen(answer.exchange, contract));
            judgement.find([
                Finding::new(answer.index, &row.reference, message.to_owned(), due, actual).kind(kind)
            ]);
        }
        judgement
    }
}

/// Whether the request at `index` was made wrong by a page token alone, which keeps to its schema.
pub(in crate::rule) fn is_meant(story: &Story<'_>, index: usize) -> bool {
    let contract = story.contract;
    let Some(exchange) = story.exchanges.get(index) else { return false };
    let asked = &exchange.asked;
    let operation = asked.operation.as_ref().and_then(|name| contract.facts.operations.get(name));
    let Some(operation) = operation.filter(|operation| operation.role == Role::List) else { return false };
    let Some(PageStyle::Token(style)) = operation.pagination.as_ref().map(|paging| &paging.style) else {
        return false;
    };
    exchange.meant().probe == Some(Condition::InvalidParameter)
        && style.request.first(&asked.view).is_some()
        && contract.shapes.is_valid(&operation.request, &asked.view)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::errors::invalid_parameter::InvalidParameter;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn asked(body: Value, status: u16, code: &str) -> Script {
        let script = Script::of("bedrock");
        let mut view = script.view("ListIngestionJobs", None);
        view["body"] = body;
        let answer = json!({"__type": code, "message": "no", "ingestionJobSummaries": []});
        script.call("ListIngestionJobs", view, status, &answer).probe(Condition::InvalidParameter)
    }

    #[rstest]
    #[case(400, "ValidationException", 0)]
    #[case(404, "ResourceNotFoundException", 1)]
    #[case(200, "", 1)]
    fn an_unknown_token_is_refused(#[case] status: u16, #[case] code: &str, #[case] expected: usize) {
        let script = asked(json!({"nextToken": "nobody-gave-this"}), status, code);
        assert_eq!(script.findings(&BadToken).len(), expected);
        // That no constraint of the schema is broken leaves nothing to the rule on those.
        assert!(!script.judge(&InvalidParameter).is_judged());
    }

    #[rstest]
    #[case(json!({"nextToken": ""}), 200)]
    #[case(json!({"maxResults": 0}), 200)]
    #[case(json!({"nextToken": "nobody-gave-this"}), 503)]
    fn other_mistakes_and_troubles_are_left_to_others(#[case] body: Value, #[case] status: u16) {
        assert!(!asked(body, status, "").judge(&BadToken).is_judged());
    }
}
