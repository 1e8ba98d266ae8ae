//! A job's state is one of the documented states.

use std::collections::BTreeSet;

use crate::contract::cancel::{Expect, Table};
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::acts::Act;
use crate::story::text::{one_of, respelt};
use crate::story::{Answer, Attempt, Story};

/// `status/state-in-enum`.
pub struct StateInEnum;

static META: Meta = Meta {
    id: "status/state-in-enum",
    title: "a job's state is a documented one",
    keyword: Keyword::Must,
    checks: "Each state that an answer shows, in lists too, is one of the documented words. A word that differs from a \
             documented one only in spelling is left to status/letter-case. After an accepted cancel it is as sure as \
             what becomes of a cancelled job: the documentation may have no word for it.",
    why: "Clients loop until they see a state they know. A word they do not know keeps them polling for ever, or makes \
          a typed client fail.",
    fix: "Map the server's inner states to the documented words before they leave the server.",
    seeks: "a job's state",
};

impl Rule for StateInEnum {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let lifecycle = &contract.facts.lifecycle;
        let documented = || lifecycle.states.keys().map(String::as_str);
        let (mut judgement, mut seen) = (Judgement::default(), BTreeSet::new());
        for reading in story.readings() {
            let Some(state) = reading.state.as_deref() else { continue };
            judgement.look(reading.exchange);
            let is_known = lifecycle.states.contains_key(state) || respelt(state, documented()).is_some();
            if is_known {
                continue;
            }
            let reference = after_cancel(story, reading).unwrap_or(&lifecycle.states_ref);
            if seen.insert((state, reference)) {
                let message =
                    format!("the answer to {} shows the undocumented state {state:?}", reading.operation);
                let due = one_of(documented());
                let finding = Finding::new(reading.exchange, reference, message, due, state);
                let about = About::State(state.to_owned());
                judgement.find([finding.kind("not-documented").about(about).at(story.state_place(reading))]);
            }
        }
        judgement
    }
}

/// Where it is documented what becomes of a cancelled job, for a reading of a job that was cancelled. A job of which only
/// lists tell may have been, before: where that has a word that no page names, they show it.
fn after_cancel<'t>(story: &Story<'t>, reading: &Reading) -> Option<&'t str> {
    let mut lives = story.lives_named(&reading.id).peekable();
    if lives.peek().is_none() {
        return any_end(story).filter(|end| reading.from_list && !story.contract.basis(end).can_fail());
    }
    let is_cancel = |act: &&Act| {
        matches!(act.role, Role::Cancel | Role::CancelMany)
            && act.exchange <= reading.exchange
            && story.answer(act.exchange).is_some_and(Answer::is_accepted)
    };
    let cancel = lives.find_map(|life| life.acts.iter().find(is_cancel))?;
    let attempts = story.attempts(Table::Cancel);
    let attempt = attempts.iter().find(|attempt| attempt.answer.index == cancel.exchange);
    attempt.filter(|attempt| attempt.accepting().is_some()).map(Attempt::outcome).or_else(|| any_end(story))
}

/// Where it is documented what becomes of cancelled jobs, whichever they are: the least sure place.
fn any_end<'t>(story: &Story<'t>) -> Option<&'t str> {
    let ends = story.contract.facts.cancel.iter().filter_map(|row| match &row.expect {
        Expect::Accepted(accepted) => Some(accepted.reference.as_ref().unwrap_or(&row.reference).as_str()),
        Expect::Refused(_) | Expect::Undocumented(_) => None,
    });
    ends.min_by_key(|end| story.contract.basis(end).can_fail())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Level;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const ID: &str = "AAAAAAAAAA";

    #[rstest]
    #[case(Role::Get, "/ingestionJob/status")]
    #[case(Role::Cancel, "/ingestionJob/status")]
    #[case(Role::List, "/ingestionJobSummaries/*/status")]
    fn another_word_is_found(#[case] role: Role, #[case] at: &str) {
        let findings =
            Script::of("bedrock").shows(role, ID, &json!({"status": "DONE"})).findings(&StateInEnum);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].actual, "DONE");
        assert_eq!(findings[0].pointer.as_deref(), Some(at));
    }

    #[rstest]
    #[case(json!("STARTING"))]
    #[case(json!("STOPPED"))]
    #[case(json!("stopped"))]
    fn documented_words_pass_and_other_spellings_are_left_alone(#[case] state: Value) {
        let script = Script::of("bedrock").get(ID, &json!({"status": state}));
        assert_eq!(script.judge(&StateInEnum).verdict(), Some(vec![]));
    }

    /// What a job of a vendor is read as before it is cancelled, and after.
    fn cancelled(vendor: &str, states: [&str; 2], accepted: bool) -> Vec<Level> {
        let state = |state: &str| json!({ "status": state });
        let script = Script::of(vendor).get(ID, &state(states[0])).last(|e| {
            e.asked.facets.insert("kind".into(), vec!["vertex-query".into()]);
        });
        let (cancel, _) = script.contract.of_role(Role::Cancel).next().unwrap();
        let (cancel, view) = (cancel.to_owned(), script.view(cancel, Some(ID)));
        let status = if accepted {
            script.contract.facts.operations[&cancel].success_statuses().next().unwrap()
        } else {
            400
        };
        let script = script.call(&cancel, view, status, &json!({})).get(ID, &state(states[1]));
        script.findings(&StateInEnum).iter().map(|found| script.level(&StateInEnum, found)).collect()
    }

    #[rstest]
    // No page of this vendor names the state of a cancelled job.
    #[case("ges", ["running", "canceled"], true, &[Level::Warn])]
    #[case("ges", ["running", "canceled"], false, &[Level::Fail])]
    #[case("ges", ["canceled", "success"], true, &[Level::Fail])]
    #[case("bedrock", ["IN_PROGRESS", "CANCELED"], true, &[Level::Fail])]
    fn after_an_accepted_cancel_the_word_is_as_sure_as_the_end(
        #[case] vendor: &str,
        #[case] states: [&str; 2],
        #[case] accepted: bool,
        #[case] expected: &[Level],
    ) {
        assert_eq!(cancelled(vendor, states, accepted), expected);
    }

    #[rstest]
    #[case("ges", "someone-elses-job", Level::Warn)]
    #[case("ges", ID, Level::Fail)]
    #[case("bedrock", "BBBBBBBBBB", Level::Fail)]
    fn a_listed_job_may_have_been_cancelled_before(
        #[case] vendor: &str,
        #[case] listed: &str,
        #[case] expected: Level,
    ) {
        let script = Script::of(vendor).get(ID, &json!({}));
        let script = script.shows(Role::List, listed, &json!({"status": "canceled_by_user"}));
        let found = script.findings(&StateInEnum);
        assert_eq!(found.len(), 1);
        assert_eq!(script.level(&StateInEnum, &found[0]), expected);
    }

    #[test]
    fn a_missing_state_is_left_to_the_schema() {
        let script = Script::of("bedrock").get(ID, &json!({"status": null}));
        assert!(!script.judge(&StateInEnum).is_judged());
    }
}
