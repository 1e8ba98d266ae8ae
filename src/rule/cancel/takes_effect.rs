//! `cancel/takes-effect`.

use std::collections::HashMap;

use crate::contract::cancel::Table;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::exchange::transcript::GivenUp;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::follow::Follow;
use crate::story::said::is_one_of;
use crate::story::text::one_of;
use crate::story::{Attempt, Story};

static META: Meta = Meta {
    id: "cancel/takes-effect",
    title: "an accepted cancel leads to the declared state and settles there",
    keyword: Keyword::Must,
    checks: "After an accepted cancel the answer and the first reading show a state that a cancel leads to, the job ends \
             in a state that a cancel settles in (or in which it may have ended first, unless it stands still until it \
             is acted on), and it does end. It is gone only where the documentation allows that.",
    why: "Clients wait for the cancelled state before they free resources or start anew: a job that goes on, or stays in \
          between, makes them wait for ever.",
    fix: "Record the cancel before answering it, stop the work, and move the job to its final state even when the work \
          cannot be reached.",
    seeks: "an accepted cancel with a reading of what became of the job",
};

/// An accepted cancel leads to the declared state and settles there.
#[derive(Debug)]
pub struct TakesEffect;

impl Rule for TakesEffect {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let seen = Seen::of(story);
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Cancel) {
            let Some((row, accepted)) = attempt.accepting() else { continue };
            let gone = seen.gone(attempt, story);
            let is_seen = attempt.shown.is_some() || !attempt.later.is_empty() || gone.is_some();
            if !attempt.answer.is_accepted() || !is_seen {
                continue;
            }
            judgement.look_at(attempt, contract);
            let follow = story.follow(attempt);
            let end = accepted.reference.as_ref().unwrap_or(&row.reference);
            let shows = accepted.shows_ref.as_ref().unwrap_or(end);
            let first = leads_elsewhere(attempt, &follow, story);
            let last = settles_elsewhere(attempt, &follow, story)
                .or_else(|| never_settles(attempt, &follow, seen.wait(attempt), story))
                .or_else(|| gone.filter(|_| !follow.or_gone).map(|index| vanished(index, &follow)));
            let first = first.map(|found| Finding { reference: shows.clone(), ..found });
            let last = last.map(|found| Finding { reference: end.clone(), ..found });
            // One cause gives one finding: the first sign of it, unless what came of it is surer to be wrong.
            let is_sure = |found: &Finding| contract.basis(&found.reference).can_fail();
            let found = match (first, last) {
                (Some(first), Some(last)) if is_sure(&last) && !is_sure(&first) => Some(last),
                (first, last) => first.or(last),
            };
            judgement.find(found.map(|finding| finding.by(attempt, contract)));
        }
        judgement
    }
}

/// What of a transcript is looked up by job.
struct Seen<'s> {
    /// The reads that were refused as for a job that does not exist, in order.
    gone: HashMap<&'s str, Vec<usize>>,
    /// The waits that were given up, in order.
    waits: HashMap<&'s str, Vec<&'s GivenUp>>,
}

impl<'s> Seen<'s> {
    fn of(story: &'s Story<'_>) -> Self {
        let contract = story.contract;
        let (mut gone, mut waits) = (HashMap::new(), HashMap::new());
        for answer in story.answers() {
            let row = contract.error_row(Condition::UnknownJob, answer.name);
            let is_gone = answer.operation.role == Role::Get
                && answer.exchange.meant().probe.is_none()
                && row.is_some_and(|row| is_one_of(row, answer.exchange, contract));
            if let (true, Some(job)) = (is_gone, &answer.exchange.asked.job) {
                gone.entry(job.as_str()).or_insert_with(Vec::new).push(answer.index);
            }
        }
        let lifecycle = &contract.facts.lifecycle;
        // What is waited for is a state, or in words: any end will do.
        let is_end = |s: &String| lifecycle.is_terminal(s) || !lifecycle.states.contains_key(s);
        for wait in story.given_up {
            if wait.waited_for.is_empty() || wait.waited_for.iter().any(is_end) {
                waits.entry(wait.job.as_str()).or_insert_with(Vec::new).push(wait);
            }
        }
        Seen { gone, waits }
    }

    /// The first read that finds the job gone, before any reading showed its end.
    fn gone(&self, attempt: &Attempt<'_>, story: &Story<'_>) -> Option<usize> {
        let lifecycle = &story.contract.facts.lifecycle;
        let refused = names(attempt.before).filter_map(|name| self.gone.get(name)).flatten().copied();
        let refused = refused.filter(|index| story.precedes(attempt.answer.index, *index)).min()?;
        let is_final = |r: &&Reading| r.state.as_ref().is_some_and(|state| lifecycle.is_terminal(state));
        let end = attempt.later.iter().copied().chain(attempt.shown).find(is_final);
        end.is_none_or(|end| refused < end.exchange).then_some(refused)
    }

    /// The first wait for the end of the job that was given up after the cancel.
    fn wait(&self, attempt: &Attempt<'_>) -> Option<&'s GivenUp> {
        let waits = names(attempt.before).filter_map(|name| self.waits.get(name)).flatten().copied();
        waits.filter(|wait| wait.exchange > attempt.answer.index).min_by_key(|wait| wait.exchange)
    }
}

/// The ids that a job goes by.
fn names(reading: &Reading) -> impl Iterator<Item = &str> {
    std::iter::once(&reading.id).chain(reading.aliases.values()).map(String::as_str)
}

/// Whether a state is explained by an end that came before a cancel, which was answered with success all the same.
fn ended_first(attempt: &Attempt<'_>, state: &str, story: &Story<'_>) -> bool {
    attempt.may_move && story.may_have_ended_in(state)
}

fn leads_elsewhere(attempt: &Attempt<'_>, follow: &Follow<'_>, story: &Story<'_>) -> Option<Finding> {
    let due = follow.shows.as_ref()?;
    let is_wrong = |state: &String| !due.contains(&state) && !ended_first(attempt, state, story);
    let shown = [attempt.shown, attempt.after].into_iter().flatten();
    let wrong = shown.into_iter().find(|r| r.state.as_ref().is_some_and(is_wrong))?;
    let message = format!("an accepted cancel left the job in the state {}", wrong.state.as_deref()?);
    Some(finding(wrong, "leads-elsewhere", message, one_of(due), story))
}

fn settles_elsewhere(attempt: &Attempt<'_>, follow: &Follow<'_>, story: &Story<'_>) -> Option<Finding> {
    let (lifecycle, due) = (&story.contract.facts.lifecycle, follow.ends.as_ref()?);
    let is_end = |r: &&&Reading| r.state.as_ref().is_some_and(|state| lifecycle.is_terminal(state));
    let end = attempt.later.iter().find(is_end)?;
    let state = end.state.as_ref().filter(|state| !due.contains(state))?;
    if ended_first(attempt, state, story) {
        return None;
    }
    let message = format!("a cancelled job ended in the state {state}");
    Some(finding(end, "settles-elsewhere", message, one_of(due), story))
}

fn never_settles(
    attempt: &Attempt<'_>,
    follow: &Follow<'_>,
    wait: Option<&GivenUp>,
    story: &Story<'_>,
) -> Option<Finding> {
    let (lifecycle, wait) = (&story.contract.facts.lifecycle, wait?);
    let last = attempt.later.iter().rfind(|r| r.exchange <= wait.exchange).copied().or(attempt.shown)?;
    let state = last.state.as_deref().filter(|state| !lifecycle.is_terminal(state))?;
    let actual = format!("still {state} after {} s", wait.after.as_secs());
    let message = "a cancelled job never settled".to_owned();
    Some(Finding { actual, ..finding(last, "never-settles", message, ends(follow), story) })
}

fn vanished(index: usize, follow: &Follow<'_>) -> Finding {
    let message = "a cancelled job is gone".to_owned();
    Finding::new(index, "", message, ends(follow), "an error as for a job that does not exist").kind("gone")
}

fn ends(follow: &Follow<'_>) -> String {
    follow.ends.as_ref().map_or_else(|| "an end".to_owned(), one_of)
}

fn finding(
    reading: &Reading,
    kind: &'static str,
    message: String,
    expected: String,
    story: &Story<'_>,
) -> Finding {
    let state = reading.state.clone().unwrap_or_default();
    Finding::new(reading.exchange, "", message, expected, state).kind(kind).at(story.state_place(reading))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::cancel::Expect;
    use crate::exchange::Origin;
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
        assert_eq!(
            stop("IN_PROGRESS", &["STOPPING"]).findings(&TakesEffect)[0].reference,
            "stop-shows-inferred"
        );
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

    /// A queued job is cancelled at once, and a running one goes through stopping.
    fn by_way(then: &[&str]) -> Script {
        let script = Script::changed("bedrock", |contract| {
            for row in &mut contract.facts.cancel {
                row.unchanged_ref = None;
                let is_waiting = row.state.iter().any(|state| state == "STARTING");
                if let Expect::Accepted(accepted) = &mut row.expect {
                    let way = if is_waiting { "STOPPED" } else { "STOPPING" };
                    (accepted.leads_to, accepted.or_races_to) = (vec![way.to_owned()], Vec::new());
                }
            }
        });
        let script = script
            .get("JOB0000001", &json!({"status": "STARTING"}))
            .cancel("JOB0000001", &json!({"status": then[0]}));
        then[1..].iter().fold(script, |script, state| script.get("JOB0000001", &json!({"status": state})))
    }

    #[rstest]
    #[case(&["STOPPED"], 0, 0)]
    // It may have begun to run before the cancel came, unless it stands still.
    #[case(&["STOPPING", "STOPPED"], 0, 1)]
    #[case(&["STARTING", "STARTING"], 1, 1)]
    #[case(&["IN_PROGRESS", "COMPLETE"], 1, 1)]
    fn the_job_may_have_moved_on_before_the_cancel_came(
        #[case] then: &[&str],
        #[case] expected: usize,
        #[case] where_it_stands_still: usize,
    ) {
        assert_eq!(by_way(then).findings(&TakesEffect).len(), expected);
        let still = by_way(then).known("JOB0000001", Origin::Fixture).findings(&TakesEffect);
        assert_eq!(still.len(), where_it_stands_still, "{still:?}");
    }

    #[rstest]
    #[case(None, 0)]
    #[case(Some(Origin::Started), 0)]
    #[case(Some(Origin::Met), 0)]
    #[case(Some(Origin::Fixture), 1)]
    #[case(Some(Origin::Hook), 1)]
    fn what_stands_still_loses_no_race(#[case] origin: Option<Origin>, #[case] expected: usize) {
        let script = stop("STOPPING", &["STOPPING", "FAILED"]);
        let script = origin.into_iter().fold(script, |script, origin| script.known("JOB0000001", origin));
        let found = script.findings(&TakesEffect);
        assert_eq!(found.len(), expected, "{found:?}");
        assert!(found.iter().all(|found| found.message == "a cancelled job ended in the state FAILED"));
    }

    #[test]
    fn a_job_is_known_to_stand_still_by_any_of_its_ids() {
        let script = Script::changed("bedrock", |contract| {
            let aliases = &mut contract.facts.job.aliases;
            aliases.insert("other".into(), crate::contract::pointer::Pointer::new("/description"));
        });
        let job = |state: &str| json!({"status": state, "description": "another-id"});
        let script = script
            .get("JOB0000001", &job("IN_PROGRESS"))
            .cancel("JOB0000001", &job("STOPPING"))
            .get("JOB0000001", &job("FAILED"));
        assert_eq!(script.findings(&TakesEffect), []);
        assert_eq!(script.known("another-id", Origin::Hook).findings(&TakesEffect).len(), 1);
    }

    #[test]
    fn what_is_shown_rests_on_its_own_reference_and_the_end_on_that_of_the_row() {
        let script = |then: &[&str]| {
            let mut script = stop("IN_PROGRESS", then).known("JOB0000001", Origin::Hook);
            let mut contract = crate::contract::library::builtin("bedrock").unwrap();
            for row in &mut contract.facts.cancel {
                if let Expect::Accepted(accepted) = &mut row.expect {
                    accepted.shows_ref = Some("stop-refusal-inferred".into());
                }
            }
            script.contract = std::sync::Arc::new(contract);
            script.findings(&TakesEffect)
        };
        let shown = script(&["STOPPING", "STOPPED"]);
        assert_eq!(
            (shown[0].kind, shown[0].reference.as_str()),
            ("leads-elsewhere", "stop-refusal-inferred")
        );
        // That the job ends otherwise is surer to be wrong.
        let ended = script(&["IN_PROGRESS", "COMPLETE"]);
        assert_eq!((ended[0].kind, ended[0].reference.as_str()), ("settles-elsewhere", "stop-page"));
        assert_eq!(ended.len(), 1, "{ended:?}");
    }
}
