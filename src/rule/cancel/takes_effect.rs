//! `cancel/takes-effect`.

use crate::contract::cancel::Accepted;
use crate::contract::cancel::Table;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Attempt;
use crate::story::said::is_one_of;
use crate::story::text::one_of;
use crate::story::{Story, is_named};

static META: Meta = Meta {
    id: "cancel/takes-effect",
    title: "an accepted cancel leads to the declared state and settles there",
    keyword: Keyword::Must,
    checks: "After an accepted cancel the answer and the first reading show a state that a cancel leads to, the job ends \
             in a state that a cancel settles in (or in which it may have ended first), and it does end. It \
             is gone only where the documentation allows that.",
    why: "Clients wait for the cancelled state before they free resources or start anew: a job that goes on, or stays in \
          between, makes them wait for ever.",
    fix: "Record the cancel before answering it, stop the work, and move the job to its final state even when the work \
          cannot be reached.",
    seeks: "",
};

/// An accepted cancel leads to the declared state and settles there.
#[derive(Debug)]
pub struct TakesEffect;

impl Rule for TakesEffect {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let (mut looked_at, mut findings) = (0, Vec::new());
        for attempt in story.attempts(Table::Cancel) {
            let Some((row, accepted)) = attempt.accepting() else { continue };
            let gone = gone(&attempt, story);
            let is_seen = attempt.shown.is_some() || !attempt.later.is_empty() || gone.is_some();
            if !attempt.answer.is_accepted() || !is_seen {
                continue;
            }
            looked_at += 1;
            // One cause gives one finding: the first sign of it.
            let found = leads_elsewhere(&attempt, accepted, story)
                .or_else(|| settles_elsewhere(&attempt, accepted, story))
                .or_else(|| never_settles(&attempt, accepted, story))
                .or_else(|| gone.filter(|_| !accepted.or_gone).map(|index| vanished(index, accepted)));
            let reference = accepted.reference.as_ref().unwrap_or(&row.reference);
            findings.extend(found.map(|finding| Finding { reference: reference.clone(), ..finding }));
        }
        Judgement::of(looked_at, findings, "no accepted cancel was followed by a reading")
    }
}

fn leads_elsewhere(attempt: &Attempt<'_>, accepted: &Accepted, story: &Story<'_>) -> Option<Finding> {
    let due: Vec<&String> =
        accepted.leads_to.iter().chain(&accepted.settles_in).chain(&accepted.or_races_to).collect();
    if accepted.leads_to.is_empty() {
        return None;
    }
    let wrong = [attempt.shown, attempt.after].into_iter().flatten().find(|r| {
        let is_wrong = |state: &&String| !due.contains(state) && !story.may_have_ended_in(state);
        r.state.as_ref().is_some_and(|state| is_wrong(&state))
    })?;
    let message = format!("an accepted cancel left the job in the state {}", wrong.state.as_deref()?);
    Some(finding(wrong, message, one_of(due), story))
}

fn settles_elsewhere(attempt: &Attempt<'_>, accepted: &Accepted, story: &Story<'_>) -> Option<Finding> {
    let contract = story.contract;
    let due: Vec<&String> = accepted.settles_in.iter().chain(&accepted.or_races_to).collect();
    if accepted.settles_in.is_empty() {
        return None;
    }
    let end = attempt
        .later
        .iter()
        .find(|r| r.state.as_ref().is_some_and(|state| contract.facts.lifecycle.is_terminal(state)))?;
    let state = end.state.as_ref().filter(|state| !due.contains(state) && !story.may_have_ended_in(state))?;
    Some(finding(end, format!("a cancelled job ended in the state {state}"), one_of(due), story))
}

fn never_settles(attempt: &Attempt<'_>, accepted: &Accepted, story: &Story<'_>) -> Option<Finding> {
    let contract = story.contract;
    let lifecycle = &contract.facts.lifecycle;
    // What is waited for is a state, or in words: any end will do.
    let is_end = |s: &String| lifecycle.is_terminal(s) || !lifecycle.states.contains_key(s);
    let wait = story.given_up.iter().find(|wait| {
        wait.exchange > attempt.answer.index
            && is_named(attempt.before, &wait.job)
            && (wait.waited_for.is_empty() || wait.waited_for.iter().any(is_end))
    })?;
    let last = attempt.later.iter().rfind(|r| r.exchange <= wait.exchange).copied().or(attempt.shown)?;
    let state = last.state.as_deref().filter(|state| !lifecycle.is_terminal(state))?;
    let due = accepted.settles_in.iter().chain(&accepted.or_races_to);
    let actual = format!("still {state} after {} s", wait.after.as_secs());
    let message = "a cancelled job never settled".to_owned();
    Some(Finding { actual, ..finding(last, message, one_of(due), story) })
}

/// The first read that finds the job gone, before any reading showed its end: it is refused as for a job that does not
/// exist.
fn gone(attempt: &Attempt<'_>, story: &Story<'_>) -> Option<usize> {
    let contract = story.contract;
    let is_final = |reading: &&Reading| {
        reading.state.as_ref().is_some_and(|state| contract.facts.lifecycle.is_terminal(state))
    };
    let end =
        attempt.later.iter().copied().chain(attempt.shown).find(is_final).map(|reading| reading.exchange);
    let refused = story.answers().iter().find(|answer| {
        let asked = &answer.exchange.asked;
        let row = contract.error_row(Condition::UnknownJob, answer.name);
        answer.operation.role == Role::Get
            && answer.exchange.meant().probe.is_none()
            && asked.job.as_ref().is_some_and(|job| is_named(attempt.before, job))
            && story.precedes(attempt.answer.index, answer.index)
            && row.is_some_and(|row| is_one_of(row, answer.exchange, contract))
    })?;
    end.is_none_or(|end| refused.index < end).then_some(refused.index)
}

fn vanished(index: usize, accepted: &Accepted) -> Finding {
    let due = accepted.settles_in.iter().chain(&accepted.or_races_to);
    let message = "a cancelled job is gone".to_owned();
    Finding::new(index, "", message, one_of(due), "an error as for a job that does not exist")
}

fn finding(reading: &Reading, message: String, expected: String, story: &Story<'_>) -> Finding {
    let state = reading.state.clone().unwrap_or_default();
    Finding::new(reading.exchange, "", message, expected, state).at(story.state_place(reading))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    fn stop(answer: &str, then: &[&str]) -> Script {
        let script = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "IN_PROGRESS"}))
            .cancel("JOB0000001", &json!({"status": answer}));
        then.iter().fold(script, |script, state| script.get("JOB0000001", &json!({"status": state})))
    }

    #[rstest]
    #[case("STOPPING", &["STOPPING", "STOPPED"], 0)]
    #[case("STOPPED", &["STOPPED"], 0)]
    #[case("STOPPING", &["COMPLETE"], 0)]
    #[case("IN_PROGRESS", &["STOPPING"], 1)]
    #[case("STOPPING", &["IN_PROGRESS", "IN_PROGRESS", "COMPLETE"], 1)]
    fn the_job_stops(#[case] answer: &str, #[case] then: &[&str], #[case] expected: usize) {
        let found = stop(answer, then).findings(&TakesEffect);
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[test]
    fn a_cancelled_job_does_not_vanish_unless_the_contract_says_so() {
        let gone = |script: Script| {
            let (get, _) = script.contract.of_role(Role::Get).next().unwrap();
            let (get, view) = (get.to_owned(), script.view(get, Some("JOB0000001")));
            let no = json!({"__type": "ResourceNotFoundException", "message": "no"});
            script.call(&get, view, 404, &no)
        };
        let found = gone(stop("STOPPING", &[])).findings(&TakesEffect);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].message, "a cancelled job is gone");
        // What has ended may be cleared away later.
        assert_eq!(gone(stop("STOPPING", &["STOPPED"])).findings(&TakesEffect), []);
    }

    /// A cancelled query of a vendor that says nothing of what becomes of it.
    fn cancelled(status: u16, body: &serde_json::Value) -> Judgement {
        const ID: &str = "4448c9fb-0b16-4a78-8d89-2a137c53454a001679122";
        let script = Script::of("ges");
        let (start, show) = (script.view("QueryVertices", None), script.view("ShowJob", Some(ID)));
        let cancel = script.view("DeleteJob", Some(ID));
        script
            .call("QueryVertices", start, 200, &json!({"jobId": ID}))
            .call("ShowJob", show.clone(), 200, &json!({"status": "running"}))
            .call("DeleteJob", cancel, 200, &json!({}))
            .call("ShowJob", show, status, body)
            .judge(&TakesEffect)
    }

    #[rstest]
    #[case::failed(200, json!({"status": "failed"}), true)]
    #[case::finished_first(200, json!({"status": "success"}), true)]
    #[case::gone(400, json!({"errorMessage": "can not find job, jobId is  x", "errorCode": "GES.8301"}), true)]
    // The same code, and other words: the job is there, and has failed.
    #[case::told(400, json!({"errorMessage": "Running algorithm [X] error: no!", "errorCode": "GES.8301"}), true)]
    #[case::other_trouble(400, json!({"errorMessage": "no", "errorCode": "GES.8000"}), false)]
    fn where_the_end_is_open_each_of_them_will_do(
        #[case] status: u16,
        #[case] body: serde_json::Value,
        #[case] is_judged: bool,
    ) {
        let judgement = cancelled(status, &body);
        assert_eq!(judgement.verdict() == Some(Vec::new()), is_judged, "{judgement:?}");
    }

    #[test]
    fn a_job_that_never_settles_is_found() {
        let script = stop("STOPPING", &["STOPPING"]).gave_up("JOB0000001", &["STOPPED"]);
        assert_eq!(script.findings(&TakesEffect)[0].message, "a cancelled job never settled");
        let script = stop("STOPPING", &["STOPPING"]).gave_up("JOB0000001", &["a final state"]);
        assert_eq!(script.findings(&TakesEffect).len(), 1);
        assert_eq!(stop("STOPPING", &["STOPPING"]).findings(&TakesEffect), []);
        let ended = stop("STOPPING", &["COMPLETE"]).gave_up("JOB0000001", &["STOPPED"]);
        assert_eq!(ended.findings(&TakesEffect), []);
    }

    #[test]
    fn what_an_accepted_cancel_leads_to_rests_on_its_row() {
        assert_eq!(stop("IN_PROGRESS", &["STOPPING"]).findings(&TakesEffect)[0].reference, "stop-page");
    }

    #[test]
    fn an_end_that_no_cancel_leads_to_is_found_after_the_way_there() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        for row in &mut contract.facts.cancel {
            row.unchanged_ref = None;
            if let crate::contract::cancel::Expect::Accepted(accepted) = &mut row.expect {
                accepted.or_races_to.clear();
            }
        }
        let contract = std::sync::Arc::new(contract);
        let ended = |then: &[&str]| {
            let mut script = stop("STOPPING", then);
            script.contract = std::sync::Arc::clone(&contract);
            script.findings(&TakesEffect)
        };
        let found = ended(&["STOPPING", "COMPLETE"]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].message, "a cancelled job ended in the state COMPLETE");
        assert_eq!(ended(&["STOPPING", "STOPPED"]), []);
    }

    #[test]
    fn only_waits_for_the_end_of_the_cancelled_job_count() {
        let stopping = || stop("STOPPING", &["STOPPING"]);
        assert_eq!(stopping().gave_up("JOB0000002", &["STOPPED"]).findings(&TakesEffect), []);
        assert_eq!(stopping().gave_up("JOB0000001", &["STOPPING"]).findings(&TakesEffect), []);
        assert_eq!(stopping().gave_up("JOB0000001", &[]).findings(&TakesEffect).len(), 1);
        let before = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "IN_PROGRESS"}))
            .gave_up("JOB0000001", &["COMPLETE"])
            .cancel("JOB0000001", &json!({"status": "STOPPING"}));
        assert_eq!(before.findings(&TakesEffect), []);
    }
}
