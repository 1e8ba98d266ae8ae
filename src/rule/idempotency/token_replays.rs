//! `idempotency/token-replays`.

use std::collections::BTreeMap;

use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
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
    seeks: "",
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
        let mut first: BTreeMap<(&str, &str), Vec<(Answer<'_>, &Reading)>> = BTreeMap::new();
        let (mut looked_at, mut findings) = (0, Vec::new());
        for answer in story.answers().iter() {
            let asked = &answer.exchange.asked;
            let (Some(token), Some(fact)) = (&asked.client_token, &answer.operation.client_token) else {
                continue;
            };
            if answer.operation.role != Role::Create || answer.exchange.meant().probe.is_some() {
                continue;
            }
            let status = answer.response.status;
            if (400..500).contains(&status) && ![401, 403, 429].contains(&status) {
                let repeated = first.get(&(answer.name, token.as_str())).into_iter().flatten();
                if let Some((_, original)) =
                    repeated.into_iter().find(|(other, _)| is_same_request(other, &answer))
                {
                    looked_at += 1;
                    findings.push(Finding::new(
                        answer.index,
                        &fact.reference,
                        "a start repeated with the same token was refused".to_owned(),
                        format!("a success with the job {}", original.id),
                        format!("status {status}"),
                    ));
                }
                continue;
            }
            let started = story.reading_at(answer.index).filter(|_| answer.is_accepted());
            let Some(started) = started else { continue };
            let earlier = first.entry((answer.name, token)).or_default();
            let same = earlier.iter().find(|(other, _)| is_same_request(other, &answer));
            let Some((_, original)) = same else {
                earlier.push((*answer, started));
                continue;
            };
            looked_at += 1;
            if original.id != started.id {
                let message = "a start repeated with the same token started another job".to_owned();
                findings.push(
                    Finding::new(
                        answer.index,
                        &fact.reference,
                        message,
                        format!("the job {}", original.id),
                        format!("the job {}", started.id),
                    )
                    .at(story.place(started, contract.shape_of(&started.operation).id.as_str())),
                );
            }
        }
        Judgement::of(looked_at, findings, "no start was repeated with the same token and body")
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
