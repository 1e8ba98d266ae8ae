//! `cancel/holds-at-once`.

use std::time::Duration;

use crate::contract::cancel::{Accepted, Expect, Row, Table};
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule, Why};
use crate::story::attempt::candidates;
use crate::story::text::one_of;
use crate::story::{Answer, Life, Story};

static META: Meta = Meta {
    id: "cancel/holds-at-once",
    title: "a cancel accepted right after the start is not lost",
    keyword: Keyword::Must,
    checks: "Where another job of the same call shows how long one takes, a job that was cancelled right after its start, \
             with success, is not seen at work for half of that time and then ended by itself. That its work was done \
             before the cancel took hold is no excuse then. One such job may have met a bad moment and warns; where each \
             of them is lost, and there are two at least, it is no accident.",
    why: "The cancel comes before a worker has taken the job up, and the worker never hears of it: the client was told \
          that the work has stopped, and pays for all of it.",
    fix: "Keep the cancel with the job, and let the worker look for it before it begins.",
    seeks: "a job that was cancelled right after its start, beside one that shows how long such a job takes",
};

/// The rule.
#[derive(Debug)]
pub struct HoldsAtOnce;

/// At most this share of a job's length passes from its start to the answer to the cancel.
const AT_ONCE: u32 = 4;
/// A job that is at work for this share of its length did not hear of the cancel.
const LONG: u32 = 2;
/// So often it is read at work then.
const READ: usize = 2;

impl Rule for HoldsAtOnce {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        let (mut seen, mut lost) = (0, Vec::new());
        for life in story.lives() {
            let Some(cut) = Cut::of(story, life) else { continue };
            let Some(length) = cut.length(story) else {
                let sought = "a job of the same call that was left alone and read at work";
                judgement.miss(Why::NotSeen { sought: sought.to_owned() });
                continue;
            };
            if cut.answered > length / AT_ONCE {
                continue;
            }
            judgement.look(cut.cancel.index);
            seen += 1;
            lost.extend(cut.lost(story, length));
        }
        let is_always = lost.len() > 1 && lost.len() == seen;
        let level = if is_always { Level::Fail } else { Level::Warn };
        judgement.find(lost.into_iter().take(1).map(|finding| finding.at_most(level)));
        judgement
    }
}

/// A job that was cancelled right after its start, with nothing between, and that nothing else was done to.
struct Cut<'s, 't> {
    life: &'s Life<'t>,
    /// The answer that showed the job first.
    start: &'t Reading,
    /// The accepted cancel.
    cancel: &'s Answer<'t>,
    /// How long after the start was sent the cancel was answered.
    answered: Duration,
}

impl<'s, 't> Cut<'s, 't> {
    fn of(story: &'s Story<'t>, life: &'s Life<'t>) -> Option<Self> {
        let start = life.readings.first().copied().filter(|first| first.role == Role::Create)?;
        let [act] = life.acts.as_slice() else { return None };
        let cancel = story.answer(act.exchange).filter(|answer| {
            act.role == Role::Cancel && answer.is_accepted() && answer.is_in_earnest(Table::Cancel)
        })?;
        let between = life.after(start.exchange).any(|reading| reading.exchange < act.exchange);
        let sent = story.exchanges.get(start.exchange)?.sent;
        let answered = cancel.exchange.received.saturating_sub(sent);
        (!between && story.precedes(start.exchange, act.exchange)).then_some(Cut {
            life,
            start,
            cancel,
            answered,
        })
    }

    /// How long jobs of the same call are at work at least, as those tell that were left alone until they ended.
    fn length(&self, story: &Story<'_>) -> Option<Duration> {
        let lengths = story.lives().iter().filter_map(|other| {
            let first = other.readings.first().filter(|first| first.operation == self.start.operation)?;
            let end = other.readings.iter().position(|reading| other.is_ended(reading))?;
            let last = other.readings[..end].iter().rfind(|r| is_at_work(story, r))?;
            let began = story.exchanges.get(first.exchange)?.received;
            let length = story.exchanges.get(last.exchange)?.sent.saturating_sub(began);
            (other.acts.is_empty() && !length.is_zero()).then_some(length)
        });
        lengths.min()
    }

    /// The finding for a job that went on to its own end.
    fn lost(&self, story: &Story<'t>, length: Duration) -> Option<Finding> {
        let end = self.life.after(self.cancel.index).find(|reading| self.life.is_ended(reading))?;
        let state = end.state.as_deref()?;
        let (row, accepted) = self.rows(story)?;
        let is_right = accepted.settles_in.is_empty() || accepted.settles_in.iter().any(|due| due == state);
        if is_right || story.contract.facts.lifecycle.phase(state) == Phase::Cancelled {
            return None;
        }
        let began = story.exchanges.get(self.start.exchange)?.sent;
        let after = self.life.after(self.cancel.index).take_while(|r| r.exchange < end.exchange);
        let at_work: Vec<&Reading> = after.filter(|reading| is_at_work(story, reading)).collect();
        let until = story.exchanges.get(at_work.last()?.exchange)?.sent.saturating_sub(began);
        if at_work.len() < READ || until < length / LONG {
            return None;
        }
        let message =
            format!("a cancel right after the start was accepted, and the job ran on and ended as {state}");
        let reference = accepted.reference.as_ref().unwrap_or(&row.reference);
        let (due, actual) = (one_of(&accepted.settles_in), story.tale(self.start));
        let finding = Finding::new(end.exchange, reference, message, due, actual).kind("lost");
        Some(finding.at(story.state_place(end)))
    }

    /// The row that accepted the cancel, where it is certain which one did.
    fn rows(&self, story: &Story<'t>) -> Option<(&'t Row, &'t Accepted)> {
        let facets = story.facets_of(self.start);
        let states = story.states_of(self.start).into_iter();
        let rows = states.flat_map(|state| candidates(&story.contract.facts.cancel, state, &facets, None));
        let mut accepting = rows.filter_map(|row| match &row.expect {
            Expect::Accepted(accepted) => Some((row, accepted)),
            _ => None,
        });
        let first = accepting.next()?;
        // Where rows differ in what a cancelled job ends in, nobody knows which one counts.
        accepting.all(|(_, other)| other.settles_in == first.1.settles_in).then_some(first)
    }
}

/// Whether a reading shows a job that has neither ended nor is about to.
fn is_at_work(story: &Story<'_>, reading: &Reading) -> bool {
    let lifecycle = &story.contract.facts.lifecycle;
    reading.state.as_deref().is_some_and(|state| {
        lifecycle.states.contains_key(state)
            && !lifecycle.is_terminal(state)
            && !matches!(lifecycle.phase(state), Phase::Stopping | Phase::Unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn state(state: &str) -> Value {
        json!({ "status": state })
    }

    fn reads(script: Script, id: &str, states: &[&str]) -> Script {
        states.iter().fold(script, |script, s| script.get(id, &state(s)))
    }

    fn start(script: Script, id: &str) -> Script {
        script.create(id, &state("STARTING"))
    }

    /// A job that was left alone, and is seen at work for six seconds.
    fn measured() -> Script {
        let work = [
            "STARTING",
            "IN_PROGRESS",
            "IN_PROGRESS",
            "IN_PROGRESS",
            "IN_PROGRESS",
            "IN_PROGRESS",
            "COMPLETE",
        ];
        reads(start(Script::of("bedrock"), "AAAAAAAAAA"), "AAAAAAAAAA", &work)
    }

    fn cancelled(script: Script, id: &str, answer: &str, then: &[&str]) -> Script {
        reads(start(script, id).cancel(id, &state(answer)), id, then)
    }

    const RUNS_ON: [&str; 4] = ["IN_PROGRESS", "IN_PROGRESS", "IN_PROGRESS", "COMPLETE"];

    #[rstest]
    #[case(&RUNS_ON, 1)]
    // It may have been done before the cancel took hold.
    #[case(&["COMPLETE"], 0)]
    #[case(&["IN_PROGRESS", "COMPLETE"], 0)]
    #[case(&["STOPPING", "STOPPING", "STOPPING", "COMPLETE"], 0)]
    // The cancel shows late.
    #[case(&["IN_PROGRESS", "IN_PROGRESS", "IN_PROGRESS", "STOPPED"], 0)]
    fn a_job_that_runs_on_is_found(#[case] then: &[&str], #[case] expected: usize) {
        let script = cancelled(measured(), "BBBBBBBBBB", "IN_PROGRESS", then);
        assert_eq!(script.findings(&HoldsAtOnce).len(), expected);
    }

    #[test]
    fn one_may_be_an_accident_and_two_are_none() {
        let once = cancelled(measured(), "BBBBBBBBBB", "STOPPING", &RUNS_ON);
        assert_eq!(once.findings(&HoldsAtOnce)[0].at_most, Level::Warn);
        let twice = cancelled(once, "CCCCCCCCCC", "STOPPING", &RUNS_ON);
        assert_eq!(twice.findings(&HoldsAtOnce)[0].at_most, Level::Fail);
        let once = cancelled(measured(), "BBBBBBBBBB", "STOPPING", &RUNS_ON);
        let other = cancelled(once, "CCCCCCCCCC", "STOPPING", &["STOPPED"]);
        assert_eq!(other.findings(&HoldsAtOnce)[0].at_most, Level::Warn);
    }

    #[test]
    fn without_a_measure_or_after_a_while_nothing_is_known() {
        let alone = cancelled(Script::of("bedrock"), "BBBBBBBBBB", "STOPPING", &RUNS_ON);
        assert!(!alone.judge(&HoldsAtOnce).is_judged());
        let script = reads(start(measured(), "BBBBBBBBBB"), "BBBBBBBBBB", &["IN_PROGRESS"]);
        let read = reads(script.cancel("BBBBBBBBBB", &state("STOPPING")), "BBBBBBBBBB", &RUNS_ON);
        assert!(!read.judge(&HoldsAtOnce).is_judged());
        let quick = reads(start(Script::of("bedrock"), "AAAAAAAAAA"), "AAAAAAAAAA", &["COMPLETE"]);
        let quick = cancelled(quick, "BBBBBBBBBB", "STOPPING", &RUNS_ON);
        assert!(!quick.judge(&HoldsAtOnce).is_judged());
    }
}
