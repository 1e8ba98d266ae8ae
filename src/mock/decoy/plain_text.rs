//! Errors in plain text.

use super::super::answer::{Answer, AnswerContext, Body};
use super::{Decoy, Label};
use crate::contract::Contract;

struct PlainText {
    label: Label,
}

impl Decoy for PlainText {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let message = context.error_body().message.iter().find_map(|locator| locator.body.as_ref());
        if context.condition.is_none() || answer.is_success() || !context.error_body().plain_text {
            return;
        }
        let text = answer.body_mut().and_then(|body| message?.text(body).map(str::to_owned));
        answer.body = Body::Text(text.unwrap_or_else(|| "This cannot be done.".to_owned()));
        answer.headers.set("content-type", "text/plain; charset=utf-8");
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let bodies = contract.facts.services.values().filter_map(|service| service.error_body.as_ref());
    if !bodies.chain([&contract.facts.error_body]).any(|body| body.plain_text) {
        return Vec::new();
    }
    let label = Label::new(
        "plain-text-errors",
        "errors are plain text",
        "the contract says that errors may be plain text",
    );
    vec![Box::new(PlainText { label })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::error::Condition;
    use serde_json::json;

    #[test]
    fn errors_lose_their_members_and_successes_do_not() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        assert!(decoys(&contract).is_empty());
        contract.facts.error_body.plain_text = true;
        let decoy = decoys(&contract).remove(0);
        let (name, operation) = contract.facts.operations.get_key_value("GetIngestionJob").unwrap();
        let answered = |status, condition| {
            let mut answer = Answer::json(status, json!({"message": "There is no such job."}));
            let context = AnswerContext { contract: &contract, name, operation, condition, job: None };
            decoy.answer(&context, &mut answer);
            answer.body
        };
        let text = Body::Text("There is no such job.".to_owned());
        assert_eq!(answered(404, Some(Condition::UnknownJob)), text);
        assert!(matches!(answered(200, None), Body::Json(_)));
    }
}
