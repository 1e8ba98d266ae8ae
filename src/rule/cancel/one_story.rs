//! `cancel/one-story`.

use crate::contract::cancel::Table;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::text::one_of;
use crate::story::{Answer, Life, Story};

static META: Meta = Meta {
    id: "cancel/one-story",
    title: "cancel and completion happen one after the other",
    keyword: Keyword::Must,
    checks: "Whatever a cancel met, its answer and the end of the job fit one order of events: a job whose cancels were \
             all refused does not end as cancelled, one whose cancel was accepted ends as a cancelled job may, and \
             the end that an answer shows is the end that stays.",
    why: "A cancel often meets a job that is just ending. When the two write over each other, the client is told one \
          thing and the job is another: results are thrown away that are there, or waited for that never come.",
    fix: "Let cancel and completion change the state in one atomic step that checks the state it changes, and answer \
          by what that step did.",
    seeks: "a job that was cancelled at work and read after its end",
};

/// Cancel and completion happen one after the other.
#[derive(Debug)]
pub struct OneStory;

impl Rule for OneStory {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for life in story.lives() {
            let Some(plot) = Plot::of(story, life) else { continue };
            judgement.look(plot.end.exchange);
            judgement.find(
                plot.refused_and_cancelled().or_else(|| plot.two_ends()).or_else(|| plot.nothing_happened()),
            );
        }
        judgement
    }
}

/// One job that was not known to have ended when it was cancelled, and that has ended since.
struct Plot<'s, 't> {
    story: &'s Story<'t>,
    life: &'s Life<'t>,
    /// The last reading before the first cancel.
    before: &'t Reading,
    /// The cancels of the job that were answered for themselves.
    cancels: Vec<&'s Answer<'t>>,
    /// The first reading after the last cancel that shows the job ended.
    end: &'t Reading,
}

impl<'s, 't> Plot<'s, 't> {
    fn of(story: &'s Story<'t>, life: &'s Life<'t>) -> Option<Self> {
        let is_meant = |answer: &&Answer<'_>| answer.is_in_earnest(Table::Cancel);
        // What is cancelled with many others, or started again, has other stories.
        let others = life.acts.iter().any(|act| matches!(act.role, Role::CancelMany | Role::Retry));
        let acts = life.acts.iter().filter(|act| act.role == Role::Cancel);
        let cancels: Vec<&Answer<'t>> =
            acts.filter_map(|act| story.answer(act.exchange)).filter(is_meant).collect();
        let is_beside = |answer: &&Answer<'_>| answer.is_beside_the_point(story.contract, Table::Cancel);
        let lost = cancels.iter().any(is_beside);
        let (begin, finish) = (cancels.first()?.index, cancels.last()?.index);
        let before = life.last_before(begin)?;
        let end = life.after(finish).find(|reading| life.is_ended(reading))?;
        let was_open = story.may_be_cancelled(before);
        (was_open && !others && !lost).then_some(Plot { story, life, before, cancels, end })
    }

    fn state(&self) -> &'t str {
        self.end.state.as_deref().unwrap_or_default()
    }

    /// Every cancel was refused, and yet somebody cancelled the job.
    fn refused_and_cancelled(&self) -> Option<Finding> {
        let refused = self.cancels.iter().all(|answer| answer.is_refused());
        let is_cancelled = self.story.contract.facts.lifecycle.phase(self.state()) == Phase::Cancelled;
        if !refused || !is_cancelled {
            return None;
        }
        // A job that this client did not start may have been cancelled by somebody else, unless it is there for this
        // client to act on.
        let is_ours = !self.life.may_move() || self.life.readings.iter().any(|r| r.role == Role::Create);
        let level = if is_ours { Level::Fail } else { Level::Warn };
        let message = "a cancel was refused, and the job ended as cancelled all the same".to_owned();
        Some(self.finding("refused-and-cancelled", message, "an end by itself".to_owned()).at_most(level))
    }

    /// The answer to a cancel shows one end, and the job has another.
    fn two_ends(&self) -> Option<Finding> {
        let last = self.cancels.last()?.index;
        let shown =
            self.story.readings_at(last).iter().find(|r| r.id == self.life.id && self.life.is_ended(r))?;
        let state = shown.state.as_deref().filter(|state| *state != self.state())?;
        let message = format!("the answer to a cancel showed the end {state}, and the job ended otherwise");
        Some(self.finding("two-ends", message, state.to_owned()))
    }

    /// A cancel was accepted, and the job ended as no cancelled job does.
    fn nothing_happened(&self) -> Option<Finding> {
        let accepted = self.cancels.iter().find(|answer| answer.is_accepted())?;
        // What must follow a cancel whose row is certain is the concern of `cancel/takes-effect`.
        let is_certain =
            self.story.attempt_at(Table::Cancel, accepted.index).is_some_and(|attempt| attempt.row.is_some());
        let due = self.story.may_follow(self.before);
        let state = self.state();
        let ended_first = self.story.may_move_after(self.before) && self.story.may_have_ended_in(state);
        // One that ended as cancelled under another word did not go on as if nothing had happened.
        let is_cancelled = self.story.contract.facts.lifecycle.phase(state) == Phase::Cancelled;
        let is_right = due.iter().any(|d| *d == state) || ended_first || is_cancelled;
        if is_certain || is_right || due.is_empty() {
            return None;
        }
        let message =
            format!("a cancel was accepted, and the job ended as {state} as if nothing had happened");
        Some(self.finding("nothing-happened", message, one_of(due)))
    }

    fn finding(&self, kind: &'static str, message: String, expected: String) -> Finding {
        let reference = self.cancels.first().map_or("", |answer| answer.operation.reference.as_str());
        let actual = self.story.tale(self.before);
        Finding::new(self.end.exchange, reference, message, expected, actual)
            .kind(kind)
            .at(self.story.state_place(self.end))
    }
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

    fn started() -> Script {
        Script::of("bedrock").create(ID, &state("STARTING"))
    }

    fn refused(script: Script) -> Script {
        script.cancel_refused(ID, 409, &json!({"__type": "ConflictException", "message": "not running"}))
    }

    #[rstest]
    #[case(&["COMPLETE"], None)]
    #[case(&["FAILED", "FAILED"], None)]
    #[case(&["IN_PROGRESS", "COMPLETE"], None)]
    #[case(&["STOPPING", "STOPPED"], Some(Level::Fail))]
    #[case(&["STOPPED"], Some(Level::Fail))]
    fn a_refused_cancel_leaves_the_job_to_its_own_end(
        #[case] then: &[&str],
        #[case] expected: Option<Level>,
    ) {
        let script = then.iter().fold(refused(started()), |script, s| script.get(ID, &state(s)));
        let found: Vec<Level> = script.findings(&OneStory).iter().map(|f| f.at_most).collect();
        assert_eq!(found, Vec::from_iter(expected));
    }

    #[test]
    fn somebody_else_may_have_cancelled_a_job_of_theirs() {
        let script = Script::of("bedrock").get(ID, &state("IN_PROGRESS"));
        let script = refused(script).get(ID, &state("STOPPED"));
        assert_eq!(script.findings(&OneStory)[0].at_most, Level::Warn);
    }

    #[test]
    fn one_accepted_cancel_explains_the_end() {
        let script = started().cancel(ID, &state("STOPPING"));
        assert_eq!(refused(script).get(ID, &state("STOPPED")).findings(&OneStory), []);
    }

    #[rstest]
    #[case("STOPPED", "COMPLETE", 1)]
    #[case("COMPLETE", "STOPPED", 1)]
    #[case("STOPPED", "STOPPED", 0)]
    #[case("STOPPING", "COMPLETE", 0)]
    fn the_end_shown_is_the_end(#[case] shown: &str, #[case] end: &str, #[case] expected: usize) {
        let script = started().cancel(ID, &state(shown)).get(ID, &state(end));
        assert_eq!(script.findings(&OneStory).len(), expected);
    }

    #[test]
    fn the_interleaving_is_told() {
        let script = refused(started().get(ID, &state("IN_PROGRESS")).get(ID, &state("IN_PROGRESS")));
        let found = script.get(ID, &state("STOPPED")).findings(&OneStory);
        assert_eq!(
            found[0].actual,
            "0.000 s start: STARTING; 1.010 s read: IN_PROGRESS; 3.030 s cancel: 409 ConflictException: not running; \
             4.040 s read: STOPPED"
        );
        assert_eq!(found[0].pointer.as_deref(), Some("/ingestionJob/status"));
    }

    #[test]
    fn jobs_cancelled_together_may_not_end_as_if_nothing_had_happened() {
        // Which rows are meant is not certain once two cancels were under way: then this rule looks.
        let together = |script: Script| script.last(|e| e.meant_mut().together = Some(1));
        let script = together(started().cancel(ID, &state("STOPPING")));
        let script = together(script.cancel(ID, &state("STOPPING"))).overlapping();
        let script = script.get(ID, &state("STARTING")).get(ID, &state("STOPPED"));
        assert_eq!(script.findings(&OneStory), []);
    }

    #[test]
    fn without_an_end_or_after_it_there_is_no_race() {
        let not_ended = started().cancel(ID, &state("STOPPING")).get(ID, &state("STOPPING"));
        assert!(!not_ended.judge(&OneStory).is_judged());
        let ended = refused(Script::of("bedrock").get(ID, &state("COMPLETE"))).get(ID, &state("STOPPED"));
        assert!(!ended.judge(&OneStory).is_judged());
        let throttled = started().cancel_refused(ID, 429, &json!({})).get(ID, &state("STOPPED"));
        assert!(!throttled.judge(&OneStory).is_judged());
    }

    #[test]
    fn a_job_whose_cancels_were_not_all_answered_for_themselves_is_not_judged() {
        let lost = refused(started()).cancel_refused(ID, 503, &json!({})).get(ID, &state("STOPPED"));
        assert!(!lost.judge(&OneStory).is_judged());
    }

    #[test]
    fn cancels_of_others_and_those_made_wrong_on_purpose_do_not_count() {
        let other = started().cancel_refused("BBBBBBBBBB", 409, &json!({})).get(ID, &state("STOPPED"));
        assert!(!other.judge(&OneStory).is_judged());
        let wrong = refused(started()).probe(Condition::UnknownParent).get(ID, &state("STOPPED"));
        assert!(!wrong.judge(&OneStory).is_judged());
        let late = refused(started()).probe(Condition::NotCancellable).get(ID, &state("STOPPED"));
        assert_eq!(late.findings(&OneStory).len(), 1);
    }

    #[rstest]
    #[case(Role::CancelMany, "BBBBBBBBBB", false)]
    #[case(Role::Retry, ID, false)]
    #[case(Role::Retry, "BBBBBBBBBB", true)]
    fn what_else_may_have_moved_the_job_has_another_story(
        #[case] role: Role,
        #[case] named: &str,
        #[case] is_judged: bool,
    ) {
        let script = refused(started()).get(named, &state("IN_PROGRESS")).last(|e| e.asked.role = Some(role));
        let judgement = script.get(ID, &state("STOPPED")).judge(&OneStory);
        assert_eq!(judgement.is_judged(), is_judged, "{judgement:?}");
    }

    #[test]
    fn an_accepted_cancel_has_a_consequence_even_when_it_was_not_alone() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        for row in &mut contract.facts.cancel {
            row.unchanged_ref = None;
            if let crate::contract::cancel::Expect::Accepted(accepted) = &mut row.expect {
                accepted.or_races_to.clear();
            }
        }
        let contract = std::sync::Arc::new(contract);
        let ended = |end: &str| {
            let together = |script: Script| script.last(|e| e.meant_mut().together = Some(1));
            let script = together(started().cancel(ID, &state("STOPPING")));
            let script = together(script.cancel(ID, &state("STOPPING"))).overlapping();
            let mut script = script.get(ID, &state(end));
            script.contract = std::sync::Arc::clone(&contract);
            script.findings(&OneStory)
        };
        let found = ended("COMPLETE");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].message.ends_with("ended as COMPLETE as if nothing had happened"));
        assert_eq!(ended("STOPPED"), []);
        // What must follow a single one is known, and the concern of another rule.
        let mut alone = started().cancel(ID, &state("STOPPING")).get(ID, &state("COMPLETE"));
        alone.contract = std::sync::Arc::clone(&contract);
        assert_eq!(alone.findings(&OneStory), []);
    }

    #[test]
    fn what_is_there_to_be_acted_on_was_cancelled_by_nobody_else() {
        let script = refused(Script::of("bedrock").get(ID, &state("IN_PROGRESS"))).get(ID, &state("STOPPED"));
        let script = script.known(ID, crate::exchange::Origin::Fixture);
        assert_eq!(script.findings(&OneStory)[0].at_most, Level::Fail);
    }

    #[test]
    fn an_end_as_cancelled_under_another_word_is_none_as_if_nothing_had_happened() {
        let changed = Script::changed("bedrock", |contract| {
            let stopped = contract.facts.lifecycle.states["STOPPED"].clone();
            contract.facts.lifecycle.states.insert("ABORTED".into(), stopped);
        });
        let together = |script: Script| script.last(|e| e.meant_mut().together = Some(1));
        let script = together(changed.create(ID, &state("STARTING")).cancel(ID, &state("STOPPING")));
        let script = together(script.cancel(ID, &state("STOPPING"))).overlapping();
        assert_eq!(script.get(ID, &state("ABORTED")).findings(&OneStory), []);
    }
}
