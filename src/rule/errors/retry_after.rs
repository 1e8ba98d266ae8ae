//! `errors/retry-after`.

use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::acts::REFUSALS;
use crate::story::said::is_beside_the_point;
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "errors/retry-after",
    title: "a throttled request is told when to come back",
    keyword: Keyword::Should,
    checks: "Every answer with status 429 has a Retry-After header. Where the vendor documents the header for some of \
             these answers only, a missing one is noted.",
    why: "Without it every client guesses its own delay, and a fleet of them comes back all at once.",
    fix: "Send Retry-After with the seconds until the limit allows the next request.",
    seeks: "a throttled request",
};

/// The rule.
#[derive(Debug)]
pub struct RetryAfter;

impl Rule for RetryAfter {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let documented = contract.facts.headers.iter().find(|(name, fact)| {
            name.eq_ignore_ascii_case("retry-after") && (fact.on.is_empty() || fact.on.contains(&429))
        });
        let mut judgement = Judgement::default();
        // Some vendors refuse with this status what the state of a job rules out: then there is nothing to wait for.
        let is_throttled = |answer: &&Answer<'_>| {
            let is_act = Role::ACTS.contains(&answer.operation.role);
            answer.response.status == 429
                && (!is_act || is_beside_the_point(answer.exchange, contract, &REFUSALS))
        };
        for answer in story.answers().iter().filter(is_throttled) {
            judgement.look(answer.index);
            let value = answer.response.headers.get("retry-after").map(str::trim).unwrap_or_default();
            if !value.is_empty() {
                continue;
            }
            let reference = match (documented, contract.error_row(Condition::Throttled, answer.name)) {
                (Some((_, fact)), _) => &fact.reference,
                (None, Some(row)) => &row.reference,
                (None, None) => &contract.error_body(answer.name).reference,
            };
            let is_optional = documented.is_some_and(|(_, fact)| !fact.required);
            let message = "a throttled request was not told when to come back".to_owned();
            judgement.find([Finding::new(
                answer.index,
                reference,
                message,
                "a Retry-After header",
                "429 without it",
            )
            .kind("no-header")
            .at_most(if is_optional { Level::Note } else { Level::Fail })]);
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use serde_json::json;

    #[test]
    fn the_header_is_wanted() {
        let throttled =
            Script::of("bedrock").cancel_refused("JOB0000001", 429, &json!({"message": "slow down"}));
        assert_eq!(throttled.findings(&RetryAfter)[0].at_most, Level::Fail);
        assert_eq!(throttled.header("Retry-After", "3").findings(&RetryAfter), []);
    }

    #[test]
    fn a_header_documented_as_optional_may_be_missing() {
        let throttled =
            Script::of("digitalocean").cancel_refused("a-job", 429, &json!({"id": "too_many_requests"}));
        assert_eq!(throttled.findings(&RetryAfter)[0].at_most, Level::Note);
    }

    #[test]
    fn a_refusal_that_is_documented_with_this_status_is_no_throttling() {
        let vendor = |contract: &mut crate::contract::Contract| {
            let mut rows = contract.facts.errors.iter_mut();
            let row = rows.find(|row| row.when == Condition::NotCancellable).unwrap();
            row.any_of[0].status = Some(429);
        };
        let refused = |code: &str| {
            let script = Script::changed("bedrock", vendor);
            script.cancel_refused("JOB0000001", 429, &json!({"__type": code, "message": "no"}))
        };
        assert!(!refused("ConflictException").judge(&RetryAfter).is_judged());
        assert_eq!(refused("ThrottlingException").findings(&RetryAfter).len(), 1);
    }
}
