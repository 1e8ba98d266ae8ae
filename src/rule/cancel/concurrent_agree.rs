//! `cancel/concurrent-agree`.

use std::collections::BTreeMap;

use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::said::{is_beside_the_point, is_one_of, seen};
use crate::story::text::one_of;
use crate::story::{Answer, Story, is_named};

static META: Meta = Meta {
    id: "cancel/concurrent-agree",
    title: "cancels sent at the same time agree",
    keyword: Keyword::Should,
    checks: "Of cancels of one job sent together, each is accepted or refused as not cancellable or in conflict, none \
             meets a server error, and every reading that shows the job ended shows the same end. Where one was \
             accepted, the next reading shows a state that follows a cancel.",
    why: "Two people press the button at once, or a client repeats what it believes lost: a server that trips over that \
          leaves a job of which nobody knows the state.",
    fix: "Make the change from running to stopping one atomic step, and answer the late ones by the new state.",
    seeks: "",
};

/// Cancels sent at the same time agree.
#[derive(Debug)]
pub struct ConcurrentAgree;

impl Rule for ConcurrentAgree {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut groups: BTreeMap<(usize, &str), Vec<Answer<'_>>> = BTreeMap::new();
        for answer in story.answers().iter() {
            let asked = &answer.exchange.asked;
            let by_mistake = answer
                .exchange
                .meant()
                .probe
                .is_some_and(|p| !matches!(p, Condition::NotCancellable | Condition::UnsupportedKind));
            if let (Role::Cancel, Some(group), Some(job), false) =
                (answer.operation.role, answer.exchange.meant().together, &asked.job, by_mistake)
            {
                groups.entry((group, job)).or_default().push(*answer);
            }
        }
        groups.retain(|_, group| group.len() > 1);
        let mut findings = Vec::new();
        for ((_, job), group) in &groups {
            findings.extend(group.iter().filter_map(|answer| out_of_line(answer, contract)));
            findings.extend(two_ends(story, job, group).or_else(|| lost(story, job, group)));
        }
        Judgement::of(groups.len(), findings, "no cancels of one job were sent at the same time")
    }
}

/// An answer that is neither success nor a refusal because of the other cancels.
pub(super) fn out_of_line(answer: &Answer<'_>, contract: &Contract) -> Option<Finding> {
    let response = answer.response;
    let message = if response.status >= 500 {
        "one of several cancels sent together met a server error"
    } else if answer.is_refused() && !is_beside_the_point(response) && response.status != 409 {
        let rows: Vec<_> = [Condition::NotCancellable, Condition::UnsupportedKind, Condition::Conflict]
            .into_iter()
            .filter_map(|condition| contract.error_row(condition, answer.name))
            .collect();
        if rows.is_empty() || rows.iter().any(|row| is_one_of(row, answer.exchange, contract)) {
            return None;
        }
        "one of several cancels sent together was refused for another reason than the others"
    } else {
        return None;
    };
    let expected = "success, or a refusal as not cancellable or in conflict";
    let actual = seen(answer.exchange, contract);
    Some(Finding::new(answer.index, &answer.operation.reference, message.to_owned(), expected, actual))
}

/// A reading that shows another end than an earlier one, after cancels sent together.
fn two_ends(story: &Story<'_>, job: &str, group: &[Answer<'_>]) -> Option<Finding> {
    let contract = story.contract;
    let first = group.first()?;
    let ends: Vec<&Reading> = story
        .readings()
        .iter()
        .filter(|r| !r.from_list && r.exchange >= first.index && is_named(r, job))
        .filter(|r| r.state.as_ref().is_some_and(|state| contract.facts.lifecycle.is_terminal(state)))
        .collect();
    let one = ends.first()?;
    let life = story.life(&one.id)?;
    let is_of_group = |r: &Reading| group.iter().any(|answer| answer.index == r.exchange);
    let other = ends.iter().find(|r| {
        let counts = is_of_group(r) || story.precedes(one.exchange, r.exchange);
        counts && r.state != one.state && !life.acted_between(one, r, &[Role::Retry])
    })?;
    let message = "after cancels sent together the job shows two different ends".to_owned();
    let reference = &first.operation.reference;
    let text = |r: &Reading| r.state.clone().unwrap_or_default();
    Some(
        Finding::new(other.exchange, reference, message, text(one), text(other)).at(story.state_place(other)),
    )
}

/// A reading after all of them that shows a job which nobody cancelled, though one of them was told otherwise.
fn lost(story: &Story<'_>, job: &str, group: &[Answer<'_>]) -> Option<Finding> {
    let first = group.first()?;
    let readings: Vec<&Reading> =
        story.readings().iter().filter(|r| !r.from_list && is_named(r, job)).collect();
    let before = readings.iter().rev().find(|r| story.precedes(r.exchange, first.index))?;
    let due = story.may_follow(before);
    let after = readings.iter().find(|r| group.iter().all(|a| story.precedes(a.index, r.exchange)))?;
    let state = after.state.as_ref().filter(|state| !due.is_empty() && !due.contains(state))?;
    let told = group.iter().any(|answer| answer.is_accepted());
    if !told || story.may_have_ended_in(state) {
        return None;
    }
    let message = format!("after cancels sent together, of which one was accepted, the job was {state}");
    let actual = story.tale(before);
    Some(
        Finding::new(after.exchange, &first.operation.reference, message, one_of(due), actual)
            .at(story.state_place(after)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use serde_json::{Value, json};

    fn together(script: Script) -> Script {
        script.last(|e| e.meant_mut().together = Some(1))
    }

    fn two(second: u16, body: &Value) -> Script {
        let script = Script::of("bedrock").get("JOB0000001", &json!({"status": "IN_PROGRESS"}));
        let script = together(script.cancel("JOB0000001", &json!({"status": "STOPPING"})));
        together(script.cancel_refused("JOB0000001", second, body)).overlapping()
    }

    #[test]
    fn one_may_be_refused() {
        let script = two(409, &json!({"__type": "ConflictException"}))
            .get("JOB0000001", &json!({"status": "STOPPED"}))
            .get("JOB0000001", &json!({"status": "STOPPED"}));
        assert_eq!(script.findings(&ConcurrentAgree), []);
    }

    #[test]
    fn a_server_error_is_found() {
        let found = two(500, &json!({})).findings(&ConcurrentAgree);
        assert_eq!(found[0].message, "one of several cancels sent together met a server error");
    }

    #[test]
    fn an_unknown_job_is_found() {
        assert_eq!(
            two(404, &json!({"__type": "ResourceNotFoundException"})).findings(&ConcurrentAgree).len(),
            1
        );
    }

    #[test]
    fn two_ends_are_found() {
        let script = two(409, &json!({"__type": "ConflictException"}))
            .get("JOB0000001", &json!({"status": "STOPPED"}))
            .get("JOB0000001", &json!({"status": "COMPLETE"}));
        assert_eq!(script.findings(&ConcurrentAgree).len(), 1);
    }

    #[test]
    fn cancels_made_wrong_on_purpose_do_not_count_and_those_of_ended_jobs_do() {
        let probed = |condition| two(500, &json!({})).probe(condition);
        assert!(!probed(Condition::UnknownJob).judge(&ConcurrentAgree).is_judged());
        assert_eq!(probed(Condition::NotCancellable).findings(&ConcurrentAgree).len(), 1);
    }

    #[test]
    fn a_lost_update_is_found() {
        let both = two(202, &json!({})).get("JOB0000001", &json!({"status": "IN_PROGRESS"}));
        let found = both.findings(&ConcurrentAgree);
        assert_eq!(
            found[0].message,
            "after cancels sent together, of which one was accepted, the job was IN_PROGRESS"
        );
        assert!(found[0].actual.contains("cancel: STOPPING; 1.010 s cancel: 202"), "{found:?}");
        let raced = two(202, &json!({})).get("JOB0000001", &json!({"status": "COMPLETE"}));
        assert_eq!(raced.findings(&ConcurrentAgree), []);
    }

    #[test]
    fn one_after_the_other_is_not_together() {
        let script = Script::of("bedrock")
            .cancel("JOB0000001", &json!({"status": "STOPPING"}))
            .cancel("JOB0000001", &json!({"status": "STOPPING"}));
        assert!(!script.judge(&ConcurrentAgree).is_judged());
    }

    #[test]
    fn each_documented_refusal_will_do_and_trouble_on_the_way_is_none() {
        let documented = two(400, &json!({"__type": "ValidationException", "message": "no"}));
        assert_eq!(documented.findings(&ConcurrentAgree), []);
        assert_eq!(two(429, &json!({"__type": "ThrottlingException"})).findings(&ConcurrentAgree), []);
        assert_eq!(two(400, &json!({"__type": "OddException"})).findings(&ConcurrentAgree).len(), 1);
    }

    #[test]
    fn the_ends_of_other_jobs_and_what_lists_show_are_no_second_end() {
        let both = || {
            two(409, &json!({"__type": "ConflictException"})).get("JOB0000001", &json!({"status": "STOPPED"}))
        };
        assert_eq!(both().get("JOB0000002", &json!({"status": "COMPLETE"})).findings(&ConcurrentAgree), []);
        let listed = both().shows(Role::List, "JOB0000001", &json!({"status": "COMPLETE"}));
        assert_eq!(listed.findings(&ConcurrentAgree), []);
    }

    #[test]
    fn ends_are_compared_where_their_order_is_known_or_they_answer_the_cancels() {
        let script = two(409, &json!({"__type": "ConflictException"}));
        let read = script
            .get("JOB0000001", &json!({"status": "STOPPED"}))
            .get("JOB0000001", &json!({"status": "COMPLETE"}))
            .overlapping();
        assert_eq!(read.findings(&ConcurrentAgree), []);
        let script = Script::of("bedrock").get("JOB0000001", &json!({"status": "IN_PROGRESS"}));
        let script = together(script.cancel("JOB0000001", &json!({"status": "STOPPED"})));
        let answered = together(script.cancel("JOB0000001", &json!({"status": "COMPLETE"}))).overlapping();
        assert_eq!(answered.findings(&ConcurrentAgree).len(), 1);
    }
}
