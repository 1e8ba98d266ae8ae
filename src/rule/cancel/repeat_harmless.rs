//! `cancel/repeat-harmless`.

use crate::contract::cancel::Table;
use crate::contract::operation::Role;
use crate::rule::tool::late_cancel::{Met, out_of_line};
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::text::one_of;
use crate::story::{Answer, Attempt, Life, Story};

static META: Meta = Meta {
    id: "cancel/repeat-harmless",
    title: "a cancel repeated after an accepted one does no harm",
    keyword: Keyword::Should,
    checks: "A second cancel of a job whose cancel was accepted is answered as in one of the states that follow a cancel: \
             with success, or refused as not cancellable or in conflict; after it the job is still in such a state.",
    why: "Clients send a cancel again when its answer was lost. One that brings the job back to work, or denies that it \
          exists, turns that care into damage.",
    fix: "Look at the job's state first, and leave a job that is being cancelled, or was, as it is.",
    seeks: "a second cancel of a job whose cancel was accepted",
};

/// A cancel repeated after an accepted one does no harm.
#[derive(Debug)]
pub struct RepeatHarmless;

impl Rule for RepeatHarmless {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for first in story.attempts(Table::Cancel) {
            if first.accepting().is_none() || !first.answer.is_accepted() {
                continue;
            }
            let life = story.life(&first.before.id);
            let Some((life, again)) = life.and_then(|life| Some((life, repeat(story, life, first)?))) else {
                continue;
            };
            judgement.look(again.index);
            let met = Met::after(story, first.before, life.after(again.index).next());
            let whose = "a cancel repeated after an accepted one";
            let found = out_of_line(again, &met, story.contract, whose)
                .or_else(|| undone(again, first, life, story))
                .map(|finding| finding.by(first, story.contract));
            judgement.find(found);
        }
        judgement
    }
}

/// The first answer to another cancel of the job, made in earnest after the first one was answered.
fn repeat<'s, 't>(story: &'s Story<'t>, life: &Life<'t>, first: &Attempt<'t>) -> Option<&'s Answer<'t>> {
    let start = life.acts.partition_point(|act| act.exchange <= first.answer.index);
    let later = life.acts[start..].iter().filter(|act| act.role == Role::Cancel);
    later
        .filter(|act| story.precedes(first.answer.index, act.exchange))
        .filter_map(|act| story.answer(act.exchange))
        .find(|answer| answer.is_in_earnest(Table::Cancel))
}

/// The first reading after the repeated cancel, or its own answer, where it shows a job that was not cancelled.
fn undone(again: &Answer<'_>, first: &Attempt<'_>, life: &Life<'_>, story: &Story<'_>) -> Option<Finding> {
    let due = story.may_follow(first.before);
    let is_wrong = |state: &String| !due.is_empty() && !due.contains(&state);
    let shown = story.readings_at(again.index).iter().find(|r| !r.from_list && r.id == life.id);
    let after = life.after(again.index).next();
    let wrong = [shown, after].into_iter().flatten().find(|r| r.state.as_ref().is_some_and(is_wrong))?;
    let state = wrong.state.clone().unwrap_or_default();
    let message = format!("a repeated cancel left the job in the state {state}");
    let (reference, actual) = (&again.operation.reference, story.tale(first.before));
    let finding = Finding::new(wrong.exchange, reference, message, one_of(due), actual);
    Some(finding.kind("undone").at(story.state_place(wrong)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::error::Condition;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const ID: &str = "JOB0000001";

    fn state(state: &str) -> Value {
        json!({ "status": state })
    }

    fn cancelled() -> Script {
        Script::of("bedrock").get(ID, &state("IN_PROGRESS")).cancel(ID, &state("STOPPING"))
    }

    #[rstest]
    #[case(409, "ConflictException", None)]
    #[case(400, "ValidationException", None)]
    #[case(404, "ResourceNotFoundException", Some("was refused for another reason"))]
    #[case(500, "InternalServerException", Some("met a server error"))]
    fn the_second_answer_is_of_a_kind(
        #[case] status: u16,
        #[case] code: &str,
        #[case] expected: Option<&str>,
    ) {
        let script = cancelled()
            .cancel_refused(ID, status, &json!({"__type": code, "message": "no"}))
            .get(ID, &state("STOPPED"));
        let found = script.findings(&RepeatHarmless);
        assert_eq!(found.len(), usize::from(expected.is_some()), "{found:?}");
        assert!(found.iter().all(|f| f.message.starts_with("a cancel repeated after an accepted one")));
        assert!(found.iter().all(|f| f.message.contains(expected.unwrap_or_default())), "{found:?}");
    }

    #[rstest]
    #[case("STOPPING", "STOPPED", 0)]
    #[case("STOPPING", "COMPLETE", 0)]
    #[case("IN_PROGRESS", "COMPLETE", 1)]
    #[case("STOPPING", "IN_PROGRESS", 1)]
    fn the_job_stays_cancelled(#[case] answer: &str, #[case] then: &str, #[case] expected: usize) {
        let script = cancelled().cancel(ID, &state(answer)).get(ID, &state(then));
        assert_eq!(script.findings(&RepeatHarmless).len(), expected);
    }

    #[test]
    fn one_cancel_is_no_repeat_and_neither_is_one_after_a_refusal() {
        assert!(!cancelled().judge(&RepeatHarmless).is_judged());
        let refused = Script::of("bedrock")
            .get(ID, &state("IN_PROGRESS"))
            .cancel_refused(ID, 409, &json!({}))
            .cancel(ID, &state("STOPPING"));
        assert!(!refused.judge(&RepeatHarmless).is_judged());
    }

    #[test]
    fn only_another_cancel_of_the_job_made_in_earnest_is_a_repeat() {
        let is_judged = |script: Script| script.judge(&RepeatHarmless).is_judged();
        assert!(!is_judged(cancelled().get(ID, &state("STOPPED"))));
        assert!(!is_judged(cancelled().cancel("JOB0000002", &state("STOPPING"))));
        assert!(!is_judged(cancelled().cancel(ID, &state("STOPPING")).probe(Condition::UnknownParent)));
        assert!(is_judged(cancelled().cancel(ID, &state("STOPPING")).probe(Condition::NotCancellable)));
    }
}
