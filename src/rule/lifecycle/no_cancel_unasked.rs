//! `lifecycle/no-cancel-unasked`.

use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;
use crate::exchange::{Exchange, Reading};
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::{Life, Story};

static META: Meta = Meta {
    id: "lifecycle/no-cancel-unasked",
    title: "no job is cancelled that nobody cancelled",
    keyword: Keyword::Must,
    checks: "A job that was started here is not seen stopping or cancelled \
             unless a request asked for that: a cancel of the job itself, of many, or of a job that is not known here, \
             or a call that destroys something or takes away what jobs belong to.",
    why: "Work that somebody waits for is thrown away, and nobody can say by whom: its owner looks for a colleague who \
          pressed a button.",
    fix: "Cancel what the request names and nothing else, and give work that the server ends by itself another end.",
    seeks: "a job that was started, read before anybody asked to cancel it",
};

/// The rule.
#[derive(Debug)]
pub struct NoCancelUnasked;

impl Rule for NoCancelUnasked {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let lifecycle = &story.contract.facts.lifecycle;
        let mut judgement = Judgement::default();
        if !lifecycle.states.keys().any(|state| is_by_request(story, state)) {
            judgement.miss_undocumented("no state of a job says that it was cancelled");
            return judgement;
        }
        for life in story.lives() {
            let Some(first) = beginning(story, life) else { continue };
            let later = life.readings.iter().copied().filter(|r| r.exchange > first && r.state.is_some());
            let asked = first_asked(story, life, first);
            for reading in later.take_while(|r| asked.is_none_or(|asked| story.precedes(r.exchange, asked))) {
                judgement.look(reading.exchange);
                let state = reading.state.as_deref().unwrap_or_default();
                if is_by_request(story, state) {
                    judgement.find([found(story, reading, state)]);
                    break;
                }
            }
        }
        judgement.looked_at.sort();
        judgement
    }
}

/// Whether a job comes into a state only where somebody asks for it.
fn is_by_request(story: &Story<'_>, state: &str) -> bool {
    let lifecycle = &story.contract.facts.lifecycle;
    let is_initial = lifecycle.initial.iter().any(|initial| initial == state);
    matches!(lifecycle.phase(state), Phase::Stopping | Phase::Cancelled) && !is_initial
}

/// The exchange from which on everything that was asked of a job is known: its start.
fn beginning(story: &Story<'_>, life: &Life<'_>) -> Option<usize> {
    let start = life.readings.first().filter(|first| first.role.is_start())?.exchange;
    let asked = &story.exchanges.get(start)?.asked;
    let shown = story.reading_at(start).filter(|shown| {
        // An answer that shows no id is read as one about the job that the request names.
        story.contract.shape_of(&shown.operation).id.first(&shown.job).is_some_and(|id| !id.is_null())
    })?;
    // A token that comes again, maybe from another transcript, is answered with an older job.
    let is_new = asked.client_token.is_none()
        || shown.state.as_deref().is_some_and(|state| {
            story.contract.facts.lifecycle.initial.iter().any(|initial| initial == state)
        });
    (asked.job.as_deref() != Some(life.id) && is_new).then_some(start)
}

/// The first request after a job's start that may have asked for its cancel.
fn first_asked(story: &Story<'_>, life: &Life<'_>, start: usize) -> Option<usize> {
    let mut later = story.exchanges.iter().enumerate().skip(start + 1);
    later.find(|(_, exchange)| asks(story, life, exchange)).map(|(index, _)| index)
}

fn asks(story: &Story<'_>, life: &Life<'_>, exchange: &Exchange) -> bool {
    let asked = &exchange.asked;
    let name = asked.operation.as_deref().unwrap_or_default();
    let Some(operation) = story.contract.facts.operations.get(name) else {
        // Who knows what a request is for that no operation is for.
        return exchange.request.method != "GET" || exchange.meant().not_offered.is_some();
    };
    // A job by an id that is known here is another one; a wrong id may be read as that of this job.
    let is_of_other = || {
        let named = asked.job.as_deref().filter(|job| story.lives_named(job).next().is_some());
        named.is_some_and(|job| story.lives_named(job).all(|other| other.id != life.id))
    };
    match operation.role {
        Role::Cancel => !is_of_other(),
        Role::CancelMany => true,
        _ => operation.destroys || operation.removes.is_some() || story.contract.writes(name),
    }
}

fn found(story: &Story<'_>, reading: &Reading, state: &str) -> Finding {
    let reference = &story.contract.facts.lifecycle.transitions_ref;
    let message = format!("a job that nobody cancelled is {state}");
    let due = "a state that a job comes to by itself";
    Finding::new(reading.exchange, reference, message, due, state)
        .kind("unasked")
        .about(About::State(state.to_owned()))
        .at(story.state_place(reading))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const ID: &str = "AAAAAAAAAA";
    const OTHER: &str = "BBBBBBBBBB";

    fn state(state: &str) -> Value {
        json!({ "status": state })
    }

    fn started() -> Script {
        Script::of("bedrock").create(ID, &state("STARTING"))
    }

    #[rstest]
    #[case("STOPPED", 1)]
    #[case("STOPPING", 1)]
    #[case("FAILED", 0)]
    #[case("COMPLETE", 0)]
    fn a_job_that_stops_by_itself_is_found(#[case] then: &str, #[case] expected: usize) {
        let script = started().get(ID, &state("IN_PROGRESS")).get(ID, &state(then)).get(ID, &state(then));
        assert_eq!(script.findings(&NoCancelUnasked).len(), expected);
    }

    #[test]
    fn whoever_may_have_asked_for_it_excuses_the_server() {
        let is_judged =
            |script: Script| script.get(ID, &state("STOPPED")).judge(&NoCancelUnasked).is_judged();
        assert!(!is_judged(started().cancel(ID, &state("STOPPING"))));
        assert!(!is_judged(started().cancel_refused(ID, 409, &json!({}))));
        // An id that no job here has: a server may read it as that of this job.
        assert!(!is_judged(started().cancel_refused("aaaaaaaaaa", 404, &json!({}))));
        let many = started().get(OTHER, &state("COMPLETE")).last(|e| e.asked.operation = Some("Odd".into()));
        assert!(is_judged(many));
    }

    #[test]
    fn the_cancel_of_another_job_is_none_of_this_one() {
        let script = started().get(OTHER, &state("IN_PROGRESS")).cancel(OTHER, &state("STOPPING"));
        assert_eq!(script.get(ID, &state("STOPPED")).findings(&NoCancelUnasked).len(), 1);
    }

    #[test]
    fn jobs_of_others_and_older_ones_are_left_alone() {
        let is_judged =
            |script: Script| script.get(ID, &state("STOPPED")).judge(&NoCancelUnasked).is_judged();
        assert!(!is_judged(Script::of("bedrock").get(ID, &state("IN_PROGRESS"))));
        let replayed = Script::of("bedrock").create(ID, &state("STOPPED"));
        assert!(!is_judged(replayed.last(|e| e.asked.client_token = Some("a".repeat(36)))));
    }

    #[test]
    fn what_was_cancelled_in_time_may_be_stopped_later() {
        let script = started().get(ID, &state("IN_PROGRESS")).cancel(ID, &state("STOPPING"));
        assert_eq!(script.get(ID, &state("STOPPED")).findings(&NoCancelUnasked), []);
    }
}
