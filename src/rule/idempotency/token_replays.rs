//! `idempotency/token-replays`.

use std::collections::BTreeMap;

use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::said::{is_beside_the_point, seen};
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "idempotency/token-replays",
    title: "a start repeated with the same token gives the same job",
    keyword: Keyword::Must,
    checks: "Once a start has succeeded, the same start with the same idempotency token, parents and body succeeds again \
             and answers the same job id. Answers about credentials, rates and faults of the server are not looked at.",
    why: "Clients and their libraries repeat a start whose answer was lost: without this every lost answer costs a second \
          job.",
    fix: "Keep the token with the job it started, and answer a repeated token with that job.",
    seeks: "a start repeated with the same token and body",
};

/// A start repeated with the same token gives the same job.
#[derive(Debug)]
pub struct TokenReplays;

impl Rule for TokenReplays {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        // The starts that gave a job, by the call and its token; of those, one for each request.
        let mut first: BTreeMap<(&str, &str), Vec<(&Answer<'_>, &Reading)>> = BTreeMap::new();
        let mut judgement = Judgement::default();
        for answer in story.answers() {
            let asked = &answer.exchange.asked;
            let (Some(token), Some(fact)) = (&asked.client_token, &answer.operation.client_token) else {
                continue;
            };
            // What the server has trouble with is the concern of `errors/server-error`.
            let is_beside = is_beside_the_point(answer.exchange, contract, &[Condition::Conflict]);
            let is_start = answer.operation.role == Role::Create && answer.exchange.meant().probe.is_none();
            if !is_start || is_beside {
                continue;
            }
            let started = story.reading_at(answer.index).filter(|_| answer.is_accepted());
            let earlier = first.entry((answer.name, token)).or_default();
            let original = earlier.iter().find(|(other, _)| is_same_request(other, answer));
            let Some((_, original)) = original else {
                earlier.extend(started.map(|started| (answer, started)));
                continue;
            };
            let new = |kind: &'static str, message: &str, due: String, actual: String| {
                Finding::new(answer.index, &fact.reference, message.to_owned(), due, actual).kind(kind)
            };
            if answer.is_refused() {
                judgement.look(answer.index);
                let message = "a start repeated with the same token was refused";
                let due = format!("a success with the job {}", original.id);
                judgement.find([new("refused", message, due, seen(answer.exchange, contract))]);
            } else if let Some(started) = started {
                judgement.look(answer.index);
                if original.id != started.id {
                    let message = "a start repeated with the same token started another job";
                    let (due, actual) =
                        (format!("the job {}", original.id), format!("the job {}", started.id));
                    let at =
                        story.place(started, contract.shape_of(&started.operation).id_place(&started.job));
                    judgement.find([new("other-job", message, due, actual).at(at)]);
                }
            }
        }
        judgement
    }
}

fn is_same_request(one: &Answer<'_>, other: &Answer<'_>) -> bool {
    let (a, b) = (&one.exchange.asked, &other.exchange.asked);
    a.parents == b.parents
        && ["path", "query", "body"].iter().all(|part| a.view.get(part) == b.view.get(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn start(script: Script, id: &str, body: Value) -> Script {
        let job = script.job(id, &json!({"status": "STARTING"}));
        let mut view = script.view("StartIngestionJob", None);
        view["body"] = body;
        script.call("StartIngestionJob", view, 202, &json!({ "ingestionJob": job }))
    }

    const TOKEN: &str = "0123456789012345678901234567890123456";

    #[rstest]
    #[case("JOB0000001", 0)]
    #[case("JOB0000002", 1)]
    fn the_same_start_gives_the_same_job(#[case] second: &str, #[case] expected: usize) {
        let body = json!({"clientToken": TOKEN});
        let script = start(Script::of("bedrock"), "JOB0000001", body.clone());
        assert_eq!(start(script, second, body).findings(&TokenReplays).len(), expected);
    }

    #[rstest]
    #[case(json!({"clientToken": TOKEN, "description": "another"}))]
    #[case(json!({"clientToken": format!("{TOKEN}x")}))]
    #[case(json!({}))]
    fn another_start_is_another_job(#[case] second: Value) {
        let script = start(Script::of("bedrock"), "JOB0000001", json!({"clientToken": TOKEN}));
        let script = start(script, "JOB0000002", second);
        assert!(!script.judge(&TokenReplays).is_judged());
    }

    #[test]
    fn starts_made_wrong_on_purpose_are_not_looked_at() {
        let body = json!({"clientToken": TOKEN});
        let script = start(Script::of("bedrock"), "JOB0000001", body.clone());
        let script =
            start(script, "JOB0000002", body).probe(crate::contract::error::Condition::UnknownParent);
        assert!(!script.judge(&TokenReplays).is_judged());
    }

    #[rstest]
    #[case(409, Some(1))]
    #[case(400, Some(1))]
    #[case(403, None)]
    #[case(429, None)]
    #[case(500, None)]
    fn a_repeated_start_is_not_refused(#[case] status: u16, #[case] expected: Option<usize>) {
        let body = json!({"clientToken": TOKEN});
        let script = start(Script::of("bedrock"), "JOB0000001", body.clone());
        let mut view = script.view("StartIngestionJob", None);
        view["body"] = body;
        let script = script.call("StartIngestionJob", view, status, &json!({"message": "no"}));
        match script.judge(&TokenReplays).verdict() {
            Some(found) => assert_eq!(Some(found.len()), expected),
            None => assert_eq!(expected, None),
        }
    }

    #[test]
    fn each_start_is_compared_with_its_own_kind() {
        let starts = [("a", "JOB0000001"), ("b", "JOB0000002"), ("a", "JOB0000001"), ("b", "JOB0000002")];
        let script = starts.iter().fold(Script::of("bedrock"), |script, (token, id)| {
            start(script, id, json!({"clientToken": token.repeat(36)}))
        });
        assert_eq!(script.findings(&TokenReplays), []);
    }
}
