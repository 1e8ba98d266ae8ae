//! `cancel/takes-effect`.

use super::attempt::{Attempt, attempts, may_have_ended_in};
use crate::contract::Contract;
use crate::contract::cancel::Accepted;
use crate::exchange::{Reading, Transcript};
use crate::rule::errors::answer::is_accepted;
use crate::rule::evidence::{is_named, one_of, place};
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};

static META: Meta = Meta {
    id: "cancel/takes-effect",
    title: "an accepted cancel leads to the declared state and settles there",
    keyword: Keyword::Must,
    checks: "After an accepted cancel the answer and the first reading show a state that a cancel leads to, the job ends \
             in a state that a cancel settles in (or in which it may have ended first), and it does end.",
    why: "Clients wait for the cancelled state before they free resources or start anew: a job that goes on, or stays in \
          between, makes them wait for ever.",
    fix: "Record the cancel before answering it, stop the work, and move the job to its final state even when the work \
          cannot be reached.",
};

/// An accepted cancel leads to the declared state and settles there.
#[derive(Debug)]
pub struct TakesEffect;

impl Rule for TakesEffect {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, transcript: &Transcript, contract: &Contract) -> Judgement {
        let (mut looked_at, mut findings) = (0, Vec::new());
        for attempt in attempts(transcript, contract) {
            let Some((row, accepted)) = attempt.accepting() else { continue };
            if !is_accepted(attempt.answer.exchange, contract)
                || (attempt.shown.is_none() && attempt.later.is_empty())
            {
                continue;
            }
            looked_at += 1;
            // One cause gives one finding: the first sign of it.
            let found = leads_elsewhere(&attempt, accepted, transcript, contract)
                .or_else(|| settles_elsewhere(&attempt, accepted, transcript, contract))
                .or_else(|| never_settles(&attempt, accepted, transcript, contract));
            let reference = accepted.reference.as_ref().unwrap_or(&row.reference);
            findings.extend(found.map(|finding| Finding { reference: reference.clone(), ..finding }));
        }
        Judgement::of(looked_at, findings, "no accepted cancel was followed by a reading")
    }
}

fn leads_elsewhere(
    attempt: &Attempt<'_>,
    accepted: &Accepted,
    transcript: &Transcript,
    contract: &Contract,
) -> Option<Finding> {
    let due: Vec<&String> =
        accepted.leads_to.iter().chain(&accepted.settles_in).chain(&accepted.or_races_to).collect();
    if accepted.leads_to.is_empty() {
        return None;
    }
    let wrong = [attempt.shown, attempt.after].into_iter().flatten().find(|r| {
        let is_wrong = |state: &&String| !due.contains(state) && !may_have_ended_in(contract, state);
        r.state.as_ref().is_some_and(|state| is_wrong(&state))
    })?;
    let message = format!("an accepted cancel left the job in the state {}", wrong.state.as_deref()?);
    Some(finding(wrong, message, one_of(due), transcript, contract))
}

fn settles_elsewhere(
    attempt: &Attempt<'_>,
    accepted: &Accepted,
    transcript: &Transcript,
    contract: &Contract,
) -> Option<Finding> {
    let due: Vec<&String> = accepted.settles_in.iter().chain(&accepted.or_races_to).collect();
    if accepted.settles_in.is_empty() {
        return None;
    }
    let end = attempt
        .later
        .iter()
        .find(|r| r.state.as_ref().is_some_and(|state| contract.facts.lifecycle.is_terminal(state)))?;
    let state =
        end.state.as_ref().filter(|state| !due.contains(state) && !may_have_ended_in(contract, state))?;
    Some(finding(
        end,
        format!("a cancelled job ended in the state {state}"),
        one_of(due),
        transcript,
        contract,
    ))
}

fn never_settles(
    attempt: &Attempt<'_>,
    accepted: &Accepted,
    transcript: &Transcript,
    contract: &Contract,
) -> Option<Finding> {
    let lifecycle = &contract.facts.lifecycle;
    let wait = transcript.given_up.iter().find(|wait| {
        wait.exchange > attempt.answer.index
            && is_named(attempt.before, &wait.job)
            && (wait.waited_for.is_empty() || wait.waited_for.iter().any(|s| lifecycle.is_terminal(s)))
    })?;
    let last = attempt.later.iter().rfind(|r| r.exchange <= wait.exchange).copied().or(attempt.shown)?;
    let state = last.state.as_deref().filter(|state| !lifecycle.is_terminal(state))?;
    let due = accepted.settles_in.iter().chain(&accepted.or_races_to);
    let actual = format!("still {state} after {} s", wait.after.as_secs());
    let message = "a cancelled job never settled".to_owned();
    Some(Finding { actual, ..finding(last, message, one_of(due), transcript, contract) })
}

fn finding(
    reading: &Reading,
    message: String,
    expected: String,
    transcript: &Transcript,
    contract: &Contract,
) -> Finding {
    let state = reading.state.clone().unwrap_or_default();
    Finding::new(reading.exchange, "", message, expected, state).at(place(
        transcript,
        reading,
        contract.shape_of(&reading.operation).state.as_str(),
    ))
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
    fn a_job_that_never_settles_is_found() {
        let script = stop("STOPPING", &["STOPPING"]).gave_up("JOB0000001", &["STOPPED"]);
        assert_eq!(script.findings(&TakesEffect)[0].message, "a cancelled job never settled");
        assert_eq!(stop("STOPPING", &["STOPPING"]).findings(&TakesEffect), []);
        let ended = stop("STOPPING", &["COMPLETE"]).gave_up("JOB0000001", &["STOPPED"]);
        assert_eq!(ended.findings(&TakesEffect), []);
    }
}
