//! `errors/server-error`.

use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::Story;
use crate::story::said::seen;

static META: Meta = Meta {
    id: "errors/server-error",
    title: "no request is answered with a server error",
    keyword: Keyword::Must,
    checks: "No answer has a status from 500 up. After a request made wrong on purpose that fails; after any other \
             request, which may have met a bad moment of the server, it warns.",
    why: "Clients send a request again after a server error: one that can never succeed is sent until the client gives \
          up, and its user is told of an outage instead of a mistake.",
    fix: "Validate requests before they are carried out, and map every refusal to its documented client error.",
    seeks: "",
};

/// No request is answered with a server error.
#[derive(Debug)]
pub struct ServerError;

impl Rule for ServerError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut looked_at, mut findings) = (0, Vec::new());
        for answer in story.answers().iter() {
            looked_at += 1;
            if answer.response.status < 500 {
                continue;
            }
            let (message, at_most) = match answer.exchange.meant().probe {
                Some(condition) => (
                    format!("a request made to bring about {condition} was answered with a server error"),
                    Level::Fail,
                ),
                None => ("a request was answered with a server error".to_owned(), Level::Warn),
            };
            let reference = &contract.error_body(answer.name).reference;
            let actual = seen(answer.exchange, contract);
            findings.push(
                Finding::new(answer.index, reference, message, "a status below 500", actual).at_most(at_most),
            );
        }
        Judgement::of(looked_at, findings, "no request to a known operation was answered")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::error::Condition;
    use crate::rule::script::Script;
    use serde_json::json;

    #[test]
    fn a_mistake_of_the_client_is_no_server_error() {
        let script = Script::of("bedrock").cancel_refused("JOB0000001", 500, &json!({"message": "boom"}));
        assert_eq!(script.findings(&ServerError)[0].at_most, Level::Warn);
        let script = script.probe(Condition::MalformedId);
        assert_eq!(script.findings(&ServerError)[0].at_most, Level::Fail);
    }

    #[test]
    fn a_refusal_is_innocent() {
        let script =
            Script::of("bedrock").cancel_refused("JOB0000001", 400, &json!({})).probe(Condition::MalformedId);
        assert_eq!(script.findings(&ServerError), []);
    }
}
