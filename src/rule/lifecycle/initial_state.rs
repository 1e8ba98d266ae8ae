//! A new job begins at the beginning.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::contract::lifecycle::{Lifecycle, Phase};
use crate::contract::operation::Role;
use crate::exchange::{Asked, Reading};
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::one_of;

/// `lifecycle/initial-state`.
pub struct InitialState;

static META: Meta = Meta {
    id: "lifecycle/initial-state",
    title: "a new job is in an initial state",
    keyword: Keyword::Must,
    checks: "The answer to a create call shows the job in one of the states that are declared for new jobs. Where it \
             shows no state, the first reading within two seconds counts: that job may have moved on, but it is not \
             cancelled or stopping, as nobody asked for that; and where it shows a later state, no reading after it \
             shows one that comes before. An answer to a repeated client token shows an older job and is left alone.",
    why: "Clients take the first state they see for the beginning: a new job that is born running can be cancelled \
          before the client knows about it, and one that is born finished is never polled.",
    fix: "Answer a create call with the job as it was stored, before any worker takes it up.",
    seeks: "the state of a new job",
};

/// How long after its start a job is new.
const A_MOMENT: Duration = Duration::from_secs(2);

impl Rule for InitialState {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let lifecycle = &story.contract.facts.lifecycle;
        let is_initial = |state: &str| lifecycle.initial.iter().any(|initial| initial == state);
        // Where some states are none that a job comes to by itself, each first reading tells something.
        let tells = lifecycle.states.keys().any(|state| is_asked_for(lifecycle, state));
        let (mut judgement, mut seen) = (Judgement::default(), BTreeSet::new());
        let first = first_starts(story);
        let new = |r: &&Reading| r.role == Role::Create && !r.from_list && first.contains(&r.exchange);
        for start in story.readings().iter().filter(new) {
            let (reading, is_wrong, kind, message) = match &start.state {
                Some(state) => {
                    let message = format!("{} answers with a new job in state {state}", start.operation);
                    (start, !is_initial(state), "not-initial", message)
                }
                None => {
                    let reading = first_reading(story, start);
                    let state = reading.and_then(|reading| reading.state.as_deref()).unwrap_or_default();
                    let is_certain = is_initial(state) || is_asked_for(lifecycle, state);
                    let later = reading.filter(|_| !is_certain).and_then(|reading| younger(story, reading));
                    let message = format!("a job that {} just started is {state}", start.operation);
                    match (reading, later.and_then(|later| later.state.as_deref())) {
                        (Some(reading), Some(then)) => {
                            (reading, true, "born-late", format!("{message}, and {then} after that"))
                        }
                        (Some(reading), None) if is_certain || tells => {
                            (reading, is_asked_for(lifecycle, state), "asked-by-nobody", message)
                        }
                        (None, _) if tells => continue,
                        _ => {
                            let what = "an answer to a start shows no state, and a job that is read after it may have \
                                        moved on";
                            judgement.miss_undocumented(what);
                            continue;
                        }
                    }
                }
            };
            let state = reading.state.as_deref().filter(|state| lifecycle.states.contains_key(*state));
            let Some(state) = state else { continue };
            judgement.look(reading.exchange);
            if is_wrong && seen.insert((&start.operation, state)) {
                let expected = one_of(&lifecycle.initial);
                let reference = &lifecycle.transitions_ref;
                let finding = Finding::new(reading.exchange, reference, message, expected, state);
                let about = About::State(state.to_owned());
                judgement.find([finding.kind(kind).about(about).at(story.state_place(reading))]);
            }
        }
        judgement
    }
}

/// Whether a job comes into a state only where somebody asks for it.
fn is_asked_for(lifecycle: &Lifecycle, state: &str) -> bool {
    let is_initial = lifecycle.initial.iter().any(|initial| initial == state);
    matches!(lifecycle.phase(state), Phase::Stopping | Phase::Cancelled) && !is_initial
}

/// A reading that shows a job in a state which comes before that of an earlier one, as far as anything is declared: no
/// way leads there. Nobody started the job again meanwhile.
fn younger<'t>(story: &Story<'t>, first: &Reading) -> Option<&'t Reading> {
    let lifecycle = &story.contract.facts.lifecycle;
    let (life, state) = (story.life(&first.id)?, first.state.as_deref()?);
    let goes_back = |r: &&Reading| {
        let then = r.state.as_deref().filter(|then| lifecycle.states.contains_key(*then));
        then.is_some_and(|then| {
            // Between two ends nobody can say which one came first.
            !lifecycle.is_terminal(then) && lifecycle.path(state, then).is_none()
        })
    };
    life.after(first.exchange)
        .find(goes_back)
        .filter(|later| !life.acted_between(first, later, &[Role::Retry]))
}

/// The first reading of a job whose start showed no state: within a moment, and before anybody asked to change it.
fn first_reading<'t>(story: &Story<'t>, start: &Reading) -> Option<&'t Reading> {
    // An answer that shows no id is read as one about the job that the request names.
    story.contract.shape_of(&start.operation).shown_id(&start.job)?;
    let life = story.lives_named(&start.id).next()?;
    let reading = life.after(start.exchange).find(|reading| reading.state.is_some())?;
    let began = story.exchanges.get(reading.exchange)?.sent;
    let is_soon = began.saturating_sub(start.when) <= A_MOMENT;
    (is_soon && !life.acted_between(start, reading, &Role::ACTS)).then_some(reading)
}

/// The create calls that carry a client token for the first time, or none: others are answered with an older job.
fn first_starts(story: &Story<'_>) -> BTreeSet<usize> {
    let mut tokens = BTreeSet::new();
    let starts = story.exchanges.iter().enumerate().filter(|(_, e)| e.asked.role == Some(Role::Create));
    let mut is_first = |asked: &Asked| asked.client_token.clone().is_none_or(|token| tokens.insert(token));
    starts.filter(|(_, exchange)| is_first(&exchange.asked)).map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const ID: &str = "AAAAAAAAAA";

    fn state(state: &str) -> Value {
        json!({ "status": state })
    }

    #[rstest]
    #[case("COMPLETE")]
    #[case("STOPPING")]
    fn jobs_born_later_in_life_are_found(#[case] born: &str) {
        let findings = Script::of("bedrock").create(ID, &state(born)).findings(&InitialState);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].actual, born);
    }

    #[test]
    fn initial_states_pass() {
        let script = Script::of("bedrock").create(ID, &state("STARTING")).get(ID, &state("COMPLETE"));
        assert_eq!(script.judge(&InitialState).verdict(), Some(vec![]));
    }

    #[test]
    fn a_repeated_token_shows_an_older_job() {
        let token = |script: Script| script.last(|e| e.asked.client_token = Some("t".repeat(36)));
        let script = token(Script::of("bedrock").create(ID, &state("STARTING")));
        let script = token(script.create(ID, &state("COMPLETE")));
        assert_eq!(script.judge(&InitialState).verdict(), Some(vec![]));
    }

    #[test]
    fn a_fresh_token_shows_a_new_job() {
        let token = |script: Script, t: &str| script.last(|e| e.asked.client_token = Some(t.to_owned()));
        let script = token(Script::of("bedrock").create(ID, &state("STARTING")), "a");
        let script = token(script.create("BBBBBBBBBB", &state("COMPLETE")), "b");
        assert_eq!(script.findings(&InitialState).len(), 1);
    }

    /// A start that shows an id only, and what the job is read as then.
    fn quiet(read: &str) -> Script {
        let script = Script::of("bedrock").create(ID, &json!({"status": null}));
        script.get(ID, &state(read))
    }

    #[rstest]
    #[case("STOPPED", 1)]
    #[case("STOPPING", 1)]
    #[case("STARTING", 0)]
    #[case("COMPLETE", 0)]
    #[case("FAILED", 0)]
    fn the_first_reading_counts_where_the_answer_shows_no_state(#[case] read: &str, #[case] found: usize) {
        assert_eq!(quiet(read).findings(&InitialState).len(), found);
    }

    #[rstest]
    #[case(&["COMPLETE", "IN_PROGRESS"], 1)]
    #[case(&["FAILED", "FAILED", "STARTING"], 1)]
    #[case(&["COMPLETE", "COMPLETE"], 0)]
    #[case(&["COMPLETE", "FAILED"], 0)]
    #[case(&["IN_PROGRESS", "COMPLETE"], 0)]
    fn a_job_that_is_born_ended_and_then_runs_is_found(#[case] read: &[&str], #[case] found: usize) {
        let script = read[1..].iter().fold(quiet(read[0]), |script, s| script.get(ID, &state(s)));
        let findings = script.findings(&InitialState);
        assert_eq!(findings.len(), found, "{findings:?}");
        assert!(findings.iter().all(|finding| finding.kind == "born-late"));
    }

    #[test]
    fn a_later_reading_and_one_after_a_cancel_say_nothing() {
        let late = quiet("STOPPED").last(|e| e.sent += Duration::from_secs(5));
        assert!(!late.judge(&InitialState).is_judged());
        let script = Script::of("bedrock").create(ID, &json!({"status": null}));
        let script = script.cancel_refused(ID, 500, &json!({})).last(|e| {
            e.sent -= Duration::from_millis(900);
            e.received = e.sent;
        });
        assert!(!script.get(ID, &state("STOPPED")).judge(&InitialState).is_judged());
    }

    #[test]
    fn where_nothing_could_be_wrong_the_reason_is_given() {
        let script = Script::of("bailian");
        let (create, operation) = script.contract.of_role(Role::Create).next().unwrap();
        let body = script.contract.sample(operation.response_schema(200).unwrap()).unwrap().clone();
        let (create, view) = (create.to_owned(), script.view(create, None));
        let judgement = script.call(&create, view, 200, &body).judge(&InitialState);
        assert!(!judgement.is_judged());
        assert_eq!(judgement.missing.len(), 1, "{judgement:?}");
    }

    #[test]
    fn undocumented_words_are_left_to_their_rules() {
        let script = Script::of("bedrock").create(ID, &state("NEW"));
        assert!(!script.judge(&InitialState).is_judged());
    }
}
