//! `cancel/concurrent-agree`.

use std::collections::BTreeMap;

use crate::contract::cancel::Table;
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::tool::late_cancel::{Met, out_of_line};
use crate::rule::{About, Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::text::one_of;
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "cancel/concurrent-agree",
    title: "cancels sent at the same time agree",
    keyword: Keyword::Must,
    checks: "Of cancels of one job sent together, each is accepted or refused as in one of the states that it may have \
             met: the one before, or one that follows a cancel. None meets a server error, and every reading that shows \
             the job ended shows the same end. Where one was accepted, the next reading shows a state that follows a \
             cancel. What the documentation leaves open is left alone. That one of them is refused, though each state \
             that it may have met is documented to accept a cancel, is graver than the rest, which warns.",
    why: "Two people press the button at once, or a client repeats what it believes lost: a server that trips over that \
          leaves a job of which nobody knows the state.",
    fix: "Make the change from running to stopping one atomic step, and answer the late ones by the new state.",
    seeks: "cancels of one job that were sent at the same time",
};

/// Cancels sent at the same time agree.
#[derive(Debug)]
pub struct ConcurrentAgree;

impl Rule for ConcurrentAgree {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut groups: BTreeMap<(usize, &str), Vec<&Answer<'_>>> = BTreeMap::new();
        for answer in story.answers() {
            let in_earnest = answer.is_in_earnest(Table::Cancel);
            if let (Role::Cancel, Some(group), Some(job), true) = (
                answer.operation.role,
                answer.exchange.meant().together,
                &answer.exchange.asked.job,
                in_earnest,
            ) {
                groups.entry((group, job)).or_default().push(answer);
            }
        }
        let mut judgement = Judgement::default();
        for ((_, job), answers) in groups.into_iter().filter(|(_, answers)| answers.len() > 1) {
            let group = Group::of(story, job, answers);
            group.answers.iter().for_each(|answer| judgement.look(answer.index));
            judgement.find(group.answered().into_iter().map(|finding| group.about(finding)));
            // How cancels that meet each other are told apart is said nowhere: that follows.
            let became = group.two_ends().or_else(|| group.lost());
            judgement.find(became.map(|finding| group.about(finding).at_most(Level::Warn)));
        }
        judgement
    }
}

/// Cancels of one job sent together.
struct Group<'s, 't> {
    story: &'s Story<'t>,
    answers: Vec<&'s Answer<'t>>,
    /// The readings of the job, by whichever of its ids, in order.
    readings: Vec<&'t Reading>,
    /// The last reading that was over before them.
    before: Option<&'t Reading>,
    /// The first reading after all of them.
    after: Option<&'t Reading>,
}

impl<'s, 't> Group<'s, 't> {
    fn of(story: &'s Story<'t>, job: &str, answers: Vec<&'s Answer<'t>>) -> Self {
        let readings = story.named(job);
        let is_before = |r: &&&Reading| answers.first().is_some_and(|a| story.precedes(r.exchange, a.index));
        let before = readings.iter().rev().find(is_before).copied();
        let is_after = |r: &&&Reading| answers.iter().all(|a| story.precedes(a.index, r.exchange));
        let start = answers.first().map_or(0, |a| readings.partition_point(|r| r.exchange < a.index));
        let after = readings[start..].iter().find(is_after).copied();
        Group { story, answers, readings, before, after }
    }

    /// The answers that no state explains.
    fn answered(&self) -> Vec<Finding> {
        let (story, contract) = (self.story, self.story.contract);
        let met = self.before.map(|before| Met::with(story, before, self.after));
        let met = met.unwrap_or_else(|| Met::of_all(contract));
        let whose = "one of several cancels sent together";
        let mut found: Vec<Finding> =
            self.answers.iter().filter_map(|answer| out_of_line(answer, &met, contract, whose)).collect();
        for finding in &mut found {
            // The row for the state in between says so, whoever else asked.
            let is_by_row = finding.kind == "refused" && met.is_sure(contract);
            finding.at_most = if is_by_row { Level::Fail } else { Level::Warn };
        }
        let accepted: Vec<&&Answer<'_>> = self.answers.iter().filter(|answer| answer.is_accepted()).collect();
        if let (Some(before), [_, .., last]) = (self.before, accepted.as_slice())
            && story.may_be_cancelled(before)
            && let later = Met::after(story, before, self.after)
            && !later.may_be_accepted()
        {
            let reference = later.reference().unwrap_or(last.operation.reference.as_str());
            let message = "of cancels sent together more than one was accepted, though none is once one was";
            let actual = format!("{} were accepted", accepted.len());
            let finding = Finding::new(last.index, reference, message.to_owned(), "one success", actual);
            found.push(finding.kind("all-accepted").at_most(Level::Warn));
        }
        found
    }

    /// A reading that shows another end than an earlier one.
    fn two_ends(&self) -> Option<Finding> {
        let (story, first) = (self.story, self.answers.first()?);
        let lifecycle = &story.contract.facts.lifecycle;
        let start = self.readings.partition_point(|reading| reading.exchange < first.index);
        let is_end = |r: &&Reading| r.state.as_ref().is_some_and(|state| lifecycle.is_terminal(state));
        let mut ends = self.readings[start..].iter().copied().filter(is_end);
        let one = ends.next()?;
        let life = story.life(&one.id)?;
        let is_of_group = |r: &Reading| self.answers.iter().any(|answer| answer.index == r.exchange);
        let other = ends.find(|r| {
            let counts = is_of_group(r) || story.precedes(one.exchange, r.exchange);
            counts && r.state != one.state && !life.acted_between(one, r, &[Role::Retry])
        })?;
        let message = "after cancels sent together the job shows two different ends".to_owned();
        let reference = &first.operation.reference;
        let text = |r: &Reading| r.state.clone().unwrap_or_default();
        let finding = Finding::new(other.exchange, reference, message, text(one), text(other));
        Some(finding.kind("two-ends").at(story.state_place(other)))
    }

    /// A reading after all of them that shows a job which nobody cancelled, though one of them was told otherwise.
    fn lost(&self) -> Option<Finding> {
        let (story, first, before) = (self.story, self.answers.first()?, self.before?);
        let due = story.may_follow(before);
        let after = self.after?;
        let state = after.state.as_ref().filter(|state| !due.is_empty() && !due.contains(state))?;
        let told = self.answers.iter().any(|answer| answer.is_accepted());
        if !told || (story.may_move_after(before) && story.may_have_ended_in(state)) {
            return None;
        }
        let message = format!("after cancels sent together, of which one was accepted, the job was {state}");
        let (reference, actual) = (&first.operation.reference, story.tale(before));
        let finding = Finding::new(after.exchange, reference, message, one_of(due), actual);
        Some(finding.kind("lost").at(story.state_place(after)))
    }

    /// The same, about the state that the job was in before.
    fn about(&self, finding: Finding) -> Finding {
        match self.before.and_then(|before| before.state.clone()) {
            Some(state) => finding.about(About::State(state)),
            None => finding,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::cancel::{Accepted, Expect};
    use crate::contract::error::Condition;
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

    /// Two cancels of a vendor that says this of jobs that are stopping.
    fn where_stopping(expect: &Expect, second: u16, after: &str) -> Vec<Finding> {
        let script = Script::changed("bedrock", |contract| {
            for row in contract.facts.cancel.iter_mut().filter(|r| r.state.iter().any(|s| s == "STOPPING")) {
                row.expect = expect.clone();
            }
            contract.facts.cancel.iter_mut().for_each(|row| row.unchanged_ref = None);
        });
        let script = script.get("JOB0000001", &json!({"status": "IN_PROGRESS"}));
        let script = together(script.cancel("JOB0000001", &json!({"status": "STOPPING"})));
        let no = json!({"__type": "ConflictException", "message": "no"});
        let script = together(script.cancel_refused("JOB0000001", second, &no)).overlapping();
        let script = script.get("JOB0000001", &json!({"status": after}));
        script.get("JOB0000001", &json!({"status": "STOPPED"})).findings(&ConcurrentAgree)
    }

    #[test]
    fn each_answer_is_held_against_the_states_that_it_may_have_met() {
        let kinds = |found: Vec<Finding>| found.iter().map(|found| found.kind).collect::<Vec<_>>();
        let again = Accepted {
            leads_to: vec!["STOPPING".into()],
            settles_in: vec!["STOPPED".into()],
            ..Accepted::default()
        };
        let accepted = Expect::Accepted(again);
        let refused = Expect::Refused(Condition::NotCancellable);
        let open = Expect::Undocumented("a second stop".into());
        assert_eq!(kinds(where_stopping(&accepted, 409, "STOPPING")), ["refused"]);
        // It may have stopped by then, and then the refusal was right.
        assert_eq!(kinds(where_stopping(&accepted, 409, "STOPPED")), [""; 0]);
        assert_eq!(kinds(where_stopping(&refused, 409, "STOPPING")), [""; 0]);
        assert_eq!(kinds(where_stopping(&refused, 202, "STOPPING")), ["all-accepted"]);
        assert_eq!(kinds(where_stopping(&accepted, 202, "STOPPING")), [""; 0]);
        assert_eq!(kinds(where_stopping(&open, 202, "STOPPING")), [""; 0]);
        assert_eq!(kinds(where_stopping(&open, 409, "STOPPING")), [""; 0]);
    }

    #[test]
    fn a_conflict_that_is_not_the_documented_refusal_is_found() {
        let mut script = two(409, &json!({"__type": "ConflictException"}));
        let changed = Script::changed("bedrock", |contract| {
            contract.facts.cancel.iter_mut().filter(|r| r.state.iter().any(|s| s == "STOPPING")).for_each(
                |row| {
                    row.expect = Expect::Refused(Condition::NotCancellable);
                },
            );
            let row =
                contract.facts.errors.iter_mut().find(|row| row.when == Condition::NotCancellable).unwrap();
            row.any_of.retain(|answer| answer.status == Some(400));
        });
        script.contract = changed.contract;
        assert_eq!(script.findings(&ConcurrentAgree)[0].kind, "other-error");
    }
}
