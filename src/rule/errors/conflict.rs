//! `errors/conflict`.

use crate::contract::error::Condition;
use crate::exchange::Reading;
use crate::rule::tool::due;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::said::is_accepted;

static META: Meta = Meta {
    id: "errors/conflict",
    title: "a request in conflict with the state of things is refused as documented",
    keyword: Keyword::Must,
    checks: "Each request made while something it excludes is under way is answered with one of the documented statuses and codes for a conflict. A success counts only when a later reading shows that the other job was still under way.",
    why: "Clients wait and try again on a conflict; when the request goes through they run the same work twice, and with another error they give up.",
    fix: "Check for the conflict in the same step that would change the state, and answer the documented error.",
    seeks: "a request in conflict with the state of things",
};

/// The rule.
#[derive(Debug)]
pub struct Conflict;

impl Rule for Conflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        due::judge(Condition::Conflict, story, |index| is_accepted_when_free(story, index))
    }
}

/// Whether a request was accepted when nothing is known to have stood in its way any more: the job that was under way
/// may have ended first.
fn is_accepted_when_free(story: &Story<'_>, index: usize) -> bool {
    let contract = story.contract;
    let accepted = story.exchanges.get(index).is_some_and(|exchange| is_accepted(exchange, contract));
    let is_under_way = |reading: &Reading| {
        let mut seen = story.of_job(&reading.id);
        let is_older = seen.any(|r| story.precedes(r.exchange, index));
        let state = reading.state.as_deref();
        is_older && state.is_some_and(|state| !contract.facts.lifecycle.is_terminal(state))
    };
    let still_under_way =
        story.readings().iter().any(|r| !r.from_list && story.precedes(index, r.exchange) && is_under_way(r));
    accepted && !still_under_way
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    fn second_start(after: &str) -> Script {
        Script::of("bedrock")
            .create("JOB0000001", &json!({"status": "STARTING"}))
            .create("JOB0000002", &json!({"status": "STARTING"}))
            .probe(Condition::Conflict)
            .get("JOB0000001", &json!({"status": after}))
    }

    #[test]
    fn a_second_start_is_refused_while_the_first_runs() {
        assert_eq!(second_start("IN_PROGRESS").findings(&Conflict).len(), 1);
    }

    #[test]
    fn the_first_may_have_ended() {
        assert!(!second_start("COMPLETE").judge(&Conflict).is_judged());
    }

    #[rstest]
    #[case(409, "ConflictException", 0)]
    #[case(400, "ValidationException", 1)]
    fn the_error_is_the_documented_one(#[case] status: u16, #[case] code: &str, #[case] expected: usize) {
        let script = Script::of("bedrock")
            .create("JOB0000001", &json!({}))
            .last(|e| {
                let body = json!({"__type": code, "message": "no"}).to_string().into_bytes();
                e.outcome = Ok(crate::exchange::Response::new(status, Default::default(), body));
            })
            .probe(Condition::Conflict);
        assert_eq!(script.findings(&Conflict).len(), expected);
    }
}
