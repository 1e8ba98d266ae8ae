//! `idempotency/repeat-answered`.

use std::collections::BTreeMap;

use crate::contract::cancel::Table;
use crate::contract::operation::Role;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::acts::REFUSALS;
use crate::story::said::{is_beside_the_point, seen};
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "idempotency/repeat-answered",
    title: "a change that is asked for again, or twice at once, meets no server error",
    keyword: Keyword::Must,
    checks: "Where a start, a retry, a cancel of many jobs or another call that writes was accepted, the same call made \
             again, or at the same time, has no status from 500 up that the contract does not have for it. One such \
             answer may have met a bad moment and warns; where each repeated call has one, and there are two at least, \
             it is no accident. Cancels of one job have rules of their own.",
    why: "Clients send a request again when its answer was lost, and two people press one button: a server that trips \
          over what the first request left behind tells them of an outage, and they try for ever.",
    fix: "Look at what is there in the same step that would change it, and answer the second request by that.",
    seeks: "a call that changes something, made again after it was accepted or at the same time",
};

/// The rule.
#[derive(Debug)]
pub struct RepeatAnswered;

/// What tells calls of one kind from others: the operation, the job and the parents that they name.
type Key<'s> = (&'s str, Option<&'s str>, &'s BTreeMap<String, String>);

impl Rule for RepeatAnswered {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut kinds: BTreeMap<Key<'_>, Vec<&Answer<'_>>> = BTreeMap::new();
        for answer in story.answers().iter().filter(|answer| changes(story, answer)) {
            let asked = &answer.exchange.asked;
            kinds.entry((answer.name, asked.job.as_deref(), &asked.parents)).or_default().push(answer);
        }
        let mut judgement = Judgement::default();
        for calls in kinds.values() {
            let repeats: Vec<&Answer<'_>> =
                calls.iter().copied().filter(|call| is_repeat(story, call, calls)).collect();
            repeats.iter().for_each(|call| judgement.look(call.index));
            let broken = || repeats.iter().filter(|call| is_broken(story, call));
            let is_always = repeats.len() > 1 && broken().count() == repeats.len();
            judgement.find(broken().take(1).map(|call| finding(story, call, is_always)));
        }
        judgement.looked_at.sort();
        judgement
    }
}

/// Whether a call changes something, was meant to, and was answered for itself.
fn changes(story: &Story<'_>, answer: &Answer<'_>) -> bool {
    let Some(meant) = &answer.exchange.meant else { return false };
    let changes = matches!(answer.operation.role, Role::Create | Role::Retry | Role::CancelMany)
        || story.contract.writes(answer.name);
    // A gateway in trouble knows nothing of what was asked before.
    changes
        && meant.probe.is_none()
        && meant.violation.is_none()
        && meant.identity.is_none()
        && !matches!(answer.response.status, 429 | 502..=504)
}

/// Whether the same call was accepted before this one, or at the same time.
fn is_repeat(story: &Story<'_>, call: &Answer<'_>, all: &[&Answer<'_>]) -> bool {
    let group = call.exchange.meant().together;
    all.iter().filter(|other| other.index != call.index && other.is_accepted()).any(|other| {
        let is_together = group.is_some() && other.exchange.meant().together == group;
        is_together || story.precedes(other.index, call.index)
    })
}

fn is_broken(story: &Story<'_>, call: &Answer<'_>) -> bool {
    call.response.status >= 500 && is_beside_the_point(call.exchange, story.contract, &REFUSALS)
}

fn finding(story: &Story<'_>, call: &Answer<'_>, is_always: bool) -> Finding {
    let attempt = story.attempt_at(Table::Retry, call.index);
    let row = attempt.and_then(|attempt| attempt.row).map(|row| row.reference.as_str());
    let reference = row.unwrap_or(&call.operation.reference);
    let message = format!("{}, asked for again, met a server error", call.name);
    let due = "success, or a documented refusal";
    let level = if is_always { Level::Fail } else { Level::Warn };
    Finding::new(call.index, reference, message, due, seen(call.exchange, story.contract))
        .kind("server-error")
        .at_most(level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::error::Condition;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    fn start(script: Script, status: u16) -> Script {
        let started = script.create("AAAAAAAAAA", &json!({"status": "STARTING"}));
        started.last(|e| e.outcome.as_mut().unwrap().status = status)
    }

    fn starts(statuses: &[u16]) -> Script {
        statuses.iter().fold(Script::of("bedrock"), |script, status| start(script, *status))
    }

    #[rstest]
    #[case(&[202, 202], None)]
    #[case(&[202, 409], None)]
    #[case(&[202, 500], Some(Level::Warn))]
    #[case(&[202, 500, 500], Some(Level::Fail))]
    #[case(&[202, 500, 202], Some(Level::Warn))]
    fn one_error_may_be_a_bad_moment(#[case] statuses: &[u16], #[case] expected: Option<Level>) {
        let found: Vec<Level> =
            starts(statuses).findings(&RepeatAnswered).iter().map(|f| f.at_most).collect();
        assert_eq!(found, Vec::from_iter(expected));
    }

    #[rstest]
    #[case(&[202])]
    // What was never accepted was not repeated, and what a gateway answers is about something else.
    #[case(&[500, 500])]
    #[case(&[500, 202])]
    #[case(&[202, 503])]
    #[case(&[202, 429])]
    fn there_must_be_something_to_repeat(#[case] statuses: &[u16]) {
        assert!(!starts(statuses).judge(&RepeatAnswered).is_judged());
    }

    #[test]
    fn two_at_once_repeat_each_other() {
        let together = |script: Script| script.last(|e| e.meant_mut().together = Some(1));
        let script = together(start(together(start(Script::of("bedrock"), 500)), 202)).overlapping();
        assert_eq!(script.findings(&RepeatAnswered).len(), 1);
    }

    #[test]
    fn calls_under_other_parents_and_those_made_wrong_are_others() {
        let elsewhere = starts(&[202, 500]).last(|e| {
            e.asked.parents.insert("dataSourceId".into(), "DS00000002".into());
        });
        assert!(!elsewhere.judge(&RepeatAnswered).is_judged());
        let probe = starts(&[202, 500]).probe(Condition::InvalidParameter);
        assert!(!probe.judge(&RepeatAnswered).is_judged());
    }
}
