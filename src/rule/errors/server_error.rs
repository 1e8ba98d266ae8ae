//! `errors/server-error`.

use crate::contract::Contract;
use crate::contract::error::{Condition, ErrorRow};
use crate::exchange::{Exchange, TransportError};
use crate::rule::{About, Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::Story;
use crate::story::said::{is_one_of, seen};
use crate::story::text::cut;

static META: Meta = Meta {
    id: "errors/server-error",
    title: "no request is answered with a server error",
    keyword: Keyword::Must,
    checks: "No answer has a status from 500 up, and no connection is closed in place of an answer, unless a documented \
             error says so for the situation. After a request made wrong on purpose that fails; after any other \
             request, which may have met a bad moment of the server, it warns, or is noted where the call documents \
             the status.",
    why: "Clients send a request again after a server error: one that can never succeed is sent until the client gives \
          up, and its user is told of an outage instead of a mistake.",
    fix: "Validate requests before they are carried out, and map every refusal to its documented client error.",
    seeks: "an answer",
};

/// The rule.
#[derive(Debug)]
pub struct ServerError;

impl Rule for ServerError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for (index, exchange) in story.exchanges.iter().enumerate() {
            let name = exchange.asked.operation.as_deref().unwrap_or_default();
            if !story.contract.facts.operations.contains_key(name) {
                continue;
            }
            match &exchange.outcome {
                Ok(response) if response.status < 500 => judgement.look(index),
                Ok(_) => {
                    judgement.look(index);
                    let found = if went_away(story, index, exchange) {
                        Some(gone(story.contract, index, exchange, name))
                    } else {
                        answered(story.contract, index, exchange, name)
                    };
                    judgement.find(found);
                }
                Err(TransportError::Broken(_)) => {
                    judgement.look(index);
                    judgement.find([dropped(story.contract, index, exchange, name)]);
                }
                // That nothing came in time, or nobody was there, says nothing about the request.
                Err(_) => {}
            }
        }
        judgement
    }
}

/// How many exchanges after one the same request may come again.
const AGAIN: usize = 4;

/// Whether a gateway's trouble went away: the same request, sent again, was answered by the server itself.
fn went_away(story: &Story<'_>, index: usize, exchange: &Exchange) -> bool {
    let is_gateway = |exchange: &Exchange| exchange.response().is_some_and(|r| matches!(r.status, 502..=504));
    let same = |later: &Exchange| {
        let (a, b) = (&exchange.asked, &later.asked);
        let parts = ["path", "query", "body"];
        a.operation == b.operation && parts.iter().all(|part| a.view.get(part) == b.view.get(part))
    };
    let later = story.exchanges.iter().skip(index + 1).take(AGAIN);
    is_gateway(exchange)
        && later.filter(|later| same(later)).any(|later| later.response().is_some_and(|r| r.status < 500))
}

/// The note on a gateway's trouble that went away.
fn gone(contract: &Contract, index: usize, exchange: &Exchange, name: &str) -> Finding {
    let reference = &contract.error_body(name).reference;
    let message = "a gateway's error went away when the request was sent again".to_owned();
    Finding::new(index, reference, message, "a status below 500", seen(exchange, contract))
        .kind("went-away")
        .at_most(Level::Note)
}

/// The finding for an answer with a status from 500 up, unless the contract names it for this very situation.
fn answered(contract: &Contract, index: usize, exchange: &Exchange, name: &str) -> Option<Finding> {
    let status = exchange.response()?.status;
    let probe = exchange.meant().probe;
    let speaks = |row: &&ErrorRow| match probe {
        Some(condition) => row.when == condition,
        None => contract.can_concern(row.when, name),
    };
    let mut rows = contract.facts.errors.iter().filter(|row| contract.speaks_of(row, name));
    if rows.any(|row| speaks(&row) && is_one_of(row, exchange, contract)) {
        return None;
    }
    let reference = &contract.error_body(name).reference;
    let (expected, actual) = ("a status below 500", seen(exchange, contract));
    Some(match probe {
        Some(condition) => {
            let message =
                format!("a request made to bring about {condition} was answered with a server error");
            Finding::new(index, reference, message, expected, actual)
                .kind("after-a-mistake")
                .about(mistake(exchange, condition))
        }
        None => {
            let message = "a request was answered with a server error".to_owned();
            // That such an answer exists is no promise that requests get it; but it is one of those to be borne.
            let listed =
                contract.facts.operations.get(name).map(|o| o.responses.contains_key(&status.to_string()));
            let at_most = if listed == Some(true) { Level::Note } else { Level::Warn };
            Finding::new(index, reference, message, expected, actual)
                .kind("on-a-request")
                .about(About::Code(status.to_string()))
                .at_most(at_most)
        }
    })
}

/// The finding for a request that the server closed the connection on.
fn dropped(contract: &Contract, index: usize, exchange: &Exchange, name: &str) -> Finding {
    let message = "the server closed the connection without an answer".to_owned();
    let actual = exchange.outcome.as_ref().err().map_or_else(String::new, ToString::to_string);
    let finding =
        Finding::new(index, &contract.error_body(name).reference, message, "an answer", cut(&actual));
    match exchange.meant().probe {
        Some(condition) => finding.kind("dropped-after-a-mistake").about(mistake(exchange, condition)),
        None => finding.kind("dropped").at_most(Level::Warn),
    }
}

/// What was made wrong about a request.
fn mistake(exchange: &Exchange, condition: Condition) -> About {
    let violation = exchange.meant().violation.as_ref().map(|v| v.parameter.clone());
    About::Parameter(violation.unwrap_or_else(|| condition.word().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    #[test]
    fn a_mistake_of_the_client_is_no_server_error() {
        let script = Script::of("bedrock").cancel_refused("JOB0000001", 500, &json!({"message": "boom"}));
        // The model lists the status for the call.
        assert_eq!(script.findings(&ServerError)[0].at_most, Level::Note);
        let script = script.probe(Condition::MalformedId);
        assert_eq!(script.findings(&ServerError)[0].at_most, Level::Fail);
    }

    #[test]
    fn a_status_that_no_call_lists_warns() {
        let script = Script::of("bedrock").cancel_refused("JOB0000001", 502, &json!({"message": "boom"}));
        assert_eq!(script.findings(&ServerError)[0].at_most, Level::Warn);
    }

    #[test]
    fn a_row_of_the_contract_may_say_so() {
        let script = |when: Condition| {
            let mut contract = crate::contract::library::builtin("bedrock").unwrap();
            let row = contract.facts.errors.iter_mut().find(|row| row.when == when).unwrap();
            row.any_of[0].status = Some(500);
            row.any_of[0].code = None;
            let mut script = Script::of("bedrock");
            script.contract = std::sync::Arc::new(contract);
            script.cancel_refused("JOB0000001", 500, &json!({"message": "boom"}))
        };
        assert_eq!(script(Condition::Throttled).findings(&ServerError), []);
        // What is said of another kind of call, or of another mistake, is not said of this one.
        assert_eq!(script(Condition::Conflict).findings(&ServerError).len(), 1);
        let other = script(Condition::Throttled).probe(Condition::UnknownJob);
        assert_eq!(other.findings(&ServerError).len(), 1);
        assert_eq!(script(Condition::UnknownJob).probe(Condition::UnknownJob).findings(&ServerError), []);
    }

    fn lost(error: TransportError) -> Script {
        Script::of("bedrock").cancel("JOB0000001", &json!({})).last(|e| e.outcome = Err(error))
    }

    #[test]
    fn a_closed_connection_is_a_server_error() {
        let broken = || TransportError::Broken("closed before the message was complete".into());
        let found = lost(broken()).findings(&ServerError);
        assert_eq!((found[0].kind, found[0].at_most), ("dropped", Level::Warn));
        let found = lost(broken()).probe(Condition::InvalidParameter).findings(&ServerError);
        assert_eq!((found[0].kind, found[0].at_most), ("dropped-after-a-mistake", Level::Fail));
        for error in [TransportError::Unreachable("x".into()), TransportError::TimedOut("x".into())] {
            assert!(!lost(error).judge(&ServerError).is_judged());
        }
    }

    #[test]
    fn a_refusal_is_innocent() {
        let script =
            Script::of("bedrock").cancel_refused("JOB0000001", 400, &json!({})).probe(Condition::MalformedId);
        assert_eq!(script.findings(&ServerError), []);
    }

    #[rstest]
    #[case(502, 200, Some("went-away"))]
    #[case(504, 404, Some("went-away"))]
    #[case(502, 502, Some("on-a-request"))]
    fn a_gateways_trouble_that_went_away_is_noted(
        #[case] first: u16,
        #[case] then: u16,
        #[case] kind: Option<&str>,
    ) {
        let script = Script::of("bedrock").cancel_refused("JOB0000001", first, &json!({}));
        let found = script.cancel_refused("JOB0000001", then, &json!({})).findings(&ServerError);
        assert_eq!(found.first().map(|finding| finding.kind), kind);
        assert_eq!(found[0].at_most == Level::Note, kind == Some("went-away"));
    }
}
