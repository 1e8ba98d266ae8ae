//! `cancel/repeat-consistent`.

use std::collections::HashMap;

use crate::contract::Contract;
use crate::contract::cancel::Table;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::said::{said, seen};
use crate::story::{Attempt, Story};

static META: Meta = Meta {
    id: "cancel/repeat-consistent",
    title: "a cancel repeated on a job that has ended is answered as before",
    keyword: Keyword::Should,
    checks: "Two cancels of one job in the same final state are both answered with success, or both refused with the \
             same status and code.",
    why: "Clients repeat a cancel when its answer was lost: if the second answer differs, they cannot tell what the first \
          one did.",
    fix: "Let the job's state alone decide the answer, not whether somebody asked before.",
    seeks: "a second cancel of a job that had ended",
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
        let ended = story.attempts(Table::Cancel).iter().filter(|attempt| {
            contract.facts.lifecycle.is_terminal(attempt.state) && !attempt.is_beside_the_point(contract)
        });
        let mut judgement = Judgement::default();
        let mut before: HashMap<(&str, &str, &str), &Attempt<'_>> = HashMap::new();
        for later in ended {
            let job = (later.before.id.as_str(), later.state, later.answer.name);
            let Some(earlier) = before.insert(job, later) else { continue };
            judgement.look_at(later, contract);
            if kind(earlier, contract) == kind(later, contract) {
                continue;
            }
            let message = "a repeated cancel was answered otherwise than the first".to_owned();
            let reference = later.row.map_or(&later.answer.operation.reference, |row| &row.reference);
            let (first, second) =
                (seen(earlier.answer.exchange, contract), seen(later.answer.exchange, contract));
            let finding = Finding::new(later.answer.index, reference, message, first, second);
            judgement.find([finding.kind("other-answer").by(later, contract)]);
        }
        judgement
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
