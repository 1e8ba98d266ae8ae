//! `idempotency/token-conflict`.

use std::collections::BTreeMap;

use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::said::is_beside_the_point;
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "idempotency/token-conflict",
    title: "a token that comes again with another body starts no other job",
    keyword: Keyword::Must,
    checks: "A start with a token that was used before, and with another body, is answered with the first job or \
             refused. Where the documentation does not speak of other bodies, another job warns.",
    why: "A client that uses a token twice by mistake has to be told so, or given what it has: a second job under one \
          token can never be told from the first when an answer is lost.",
    fix: "Look tokens up by themselves, not together with the body, and compare the body only to refuse.",
    seeks: "a start with the token of another start and another body",
};

/// A token that comes again with another body starts no other job.
#[derive(Debug)]
pub struct TokenConflict;

impl Rule for TokenConflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let starts: Vec<&Answer<'_>> = story
            .answers()
            .iter()
            .filter(|answer| answer.operation.role == Role::Create && answer.exchange.meant().probe.is_none())
            .filter(|answer| answer.exchange.asked.client_token.is_some())
            .collect();
        let mut judgement = Judgement::default();
        let mut same_token: BTreeMap<&str, Vec<&Answer<'_>>> = BTreeMap::new();
        for again in starts {
            let token = again.exchange.asked.client_token.as_deref().unwrap_or_default();
            let before = same_token.entry(token).or_default();
            let first = before.iter().copied().find(|first| {
                is_conflict(first, again) && story.precedes(first.index, again.index) && first.is_accepted()
            });
            before.push(again);
            let Some((first, fact)) = first.zip(again.operation.client_token.as_ref()) else { continue };
            if is_beside_the_point(again.exchange, contract, &[Condition::Conflict]) {
                continue;
            }
            judgement.look(again.index);
            let jobs = story.reading_at(first.index).zip(story.reading_at(again.index));
            let Some((one, other)) = jobs.filter(|(one, other)| one.id != other.id) else { continue };
            let message = "a token that was used before started another job with another body".to_owned();
            let due = format!("the job {}, or a refusal", one.id);
            let at = story.place(other, contract.shape_of(&other.operation).id_place(&other.job));
            let actual = format!("the job {}", other.id);
            // What is documented of tokens speaks of the same request sent again.
            let finding = Finding::new(again.index, &fact.reference, message, due, actual);
            judgement.find([finding.kind("other-job").at(at).at_most(Level::Warn)]);
        }
        judgement
    }
}

/// Whether two starts of the same operation under the same parents have the same token and different bodies.
fn is_conflict(first: &Answer<'_>, again: &Answer<'_>) -> bool {
    let (a, b) = (&first.exchange.asked, &again.exchange.asked);
    first.name == again.name
        && a.client_token == b.client_token
        && a.parents == b.parents
        && a.view.get("body") != b.view.get("body")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const TOKEN: &str = "0123456789012345678901234567890123456";

    fn start(script: Script, status: u16, id: &str, body: Value) -> Script {
        let job = script.job(id, &json!({"status": "STARTING"}));
        let mut view = script.view("StartIngestionJob", None);
        view["body"] = body;
        let answer = if status == 202 { json!({ "ingestionJob": job }) } else { json!({"message": "no"}) };
        script.call("StartIngestionJob", view, status, &answer)
    }

    fn again(status: u16, id: &str, body: Value) -> Script {
        let script = start(Script::of("bedrock"), 202, "JOB0000001", json!({"clientToken": TOKEN}));
        start(script, status, id, body)
    }

    #[rstest]
    #[case(202, "JOB0000001", 0)]
    #[case(409, "JOB0000001", 0)]
    #[case(400, "JOB0000001", 0)]
    #[case(202, "JOB0000002", 1)]
    fn another_body_starts_no_other_job(#[case] status: u16, #[case] id: &str, #[case] expected: usize) {
        let found =
            again(status, id, json!({"clientToken": TOKEN, "description": "b"})).findings(&TokenConflict);
        assert_eq!(found.len(), expected);
        assert!(found.iter().all(|f| f.at_most == Level::Warn));
    }

    #[rstest]
    #[case(202, json!({"clientToken": TOKEN}))]
    #[case(202, json!({"clientToken": format!("{TOKEN}x"), "description": "b"}))]
    #[case(202, json!({"description": "b"}))]
    #[case(429, json!({"clientToken": TOKEN, "description": "b"}))]
    #[case(500, json!({"clientToken": TOKEN, "description": "b"}))]
    fn the_same_body_another_token_and_troubles_are_left_to_others(#[case] status: u16, #[case] body: Value) {
        let script = again(status, "JOB0000002", body);
        assert!(!script.judge(&TokenConflict).is_judged());
    }

    #[test]
    fn starts_made_wrong_on_purpose_are_not_looked_at() {
        let script = again(202, "JOB0000002", json!({"clientToken": TOKEN, "description": "b"}));
        let script = script.probe(crate::contract::error::Condition::UnknownParent);
        assert!(!script.judge(&TokenConflict).is_judged());
    }
}
