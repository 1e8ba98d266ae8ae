//! `cancel/repeat-consistent`.

use crate::contract::Contract;
use crate::contract::cancel::Table;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Attempt;
use crate::story::Story;
use crate::story::said::{is_beside_the_point, said, seen};

static META: Meta = Meta {
    id: "cancel/repeat-consistent",
    title: "a cancel repeated on a job that has ended is answered as before",
    keyword: Keyword::Should,
    checks: "Two cancels of one job in the same final state are both answered with success, or both refused with the \
             same status and code.",
    why: "Clients repeat a cancel when its answer was lost: if the second answer differs, they cannot tell what the first \
          one did.",
    fix: "Let the job's state alone decide the answer, not whether somebody asked before.",
    seeks: "",
};

/// A cancel repeated on a job that has ended is answered as before.
#[derive(Debug)]
pub struct RepeatConsistent;

impl Rule for RepeatConsistent {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let ended: Vec<&Attempt<'_>> = story
            .attempts(Table::Cancel)
            .iter()
            .filter(|a| contract.facts.lifecycle.is_terminal(a.state))
            .filter(|a| !is_beside_the_point(a.answer.response))
            .collect();
        let (mut looked_at, mut findings) = (0, Vec::new());
        for (index, later) in ended.iter().enumerate() {
            let same = |a: &&&Attempt<'_>| {
                a.before.id == later.before.id && a.state == later.state && a.answer.name == later.answer.name
            };
            let Some(earlier) = ended[..index].iter().rfind(same) else { continue };
            looked_at += 1;
            if kind(earlier, contract) != kind(later, contract) {
                let message = "a repeated cancel was answered otherwise than the first".to_owned();
                let reference = later.row.map_or(&later.answer.operation.reference, |row| &row.reference);
                let (first, second) =
                    (seen(earlier.answer.exchange, contract), seen(later.answer.exchange, contract));
                findings.push(Finding::new(later.answer.index, reference, message, first, second));
            }
        }
        Judgement::of(looked_at, findings, "no job that had ended was cancelled twice")
    }
}

/// What kind of answer it is: success, or a refusal with its status and code.
fn kind(attempt: &Attempt<'_>, contract: &Contract) -> Option<(u16, Option<String>)> {
    let answer = &attempt.answer;
    if answer.is_accepted() {
        None
    } else {
        Some((answer.response.status, said(answer.exchange, contract).code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use serde_json::json;

    fn finished() -> Script {
        Script::of("bedrock").get("JOB0000001", &json!({"status": "COMPLETE"})).cancel_refused(
            "JOB0000001",
            409,
            &json!({"__type": "ConflictException", "message": "not running"}),
        )
    }

    #[test]
    fn the_same_answer_is_innocent() {
        let again = json!({"__type": "ConflictException", "message": "still not running"});
        assert_eq!(finished().cancel_refused("JOB0000001", 409, &again).findings(&RepeatConsistent), []);
    }

    #[test]
    fn another_answer_is_found() {
        let script = finished().cancel("JOB0000001", &json!({"status": "COMPLETE"}));
        assert_eq!(script.findings(&RepeatConsistent).len(), 1);
        let other = json!({"__type": "ResourceNotFoundException", "message": "gone"});
        assert_eq!(finished().cancel_refused("JOB0000001", 404, &other).findings(&RepeatConsistent).len(), 1);
    }

    #[test]
    fn another_state_may_have_another_answer() {
        let script = finished()
            .get("JOB0000001", &json!({"status": "STOPPED"}))
            .cancel("JOB0000001", &json!({"status": "STOPPED"}));
        assert!(!script.judge(&RepeatConsistent).is_judged());
    }
}
