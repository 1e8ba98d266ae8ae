//! `errors/valid-request-served`.

use std::collections::{BTreeMap, BTreeSet};

use crate::contract::Contract;
use crate::contract::error::{Condition, ErrorRow};
use crate::contract::operation::Role;
use crate::rule::tool::after_cancel;
use crate::rule::tool::lenient::temper_empty_json;
use crate::rule::{About, Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::said::{is_one_of, said, seen};
use crate::story::text::one_of;
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "errors/valid-request-served",
    title: "a valid request is served",
    keyword: Keyword::Must,
    checks: "A list, a start, or a call for what belongs to a job that has ended and is known to be there, which keeps to \
             its schema and comes with the usual credentials under the usual parents, is not refused, unless a \
             documented error says so for a right request of this call. That a start is in conflict explains nothing \
             where a job was cancelled before, all jobs that are known have ended, and a list shows before and after \
             that no other is under way; a third such refusal in a row is no accident. A refusal of a start beside a job \
             that goes on warns at most. Refused credentials, throttling and server \
             errors are left to other rules, and so are reads, cancels and retries of one job.",
    why: "A call that refuses everybody looks like a mistake of each client in turn: they look for it in their own \
          requests, and find none.",
    fix: "Answer every request that keeps to the documented shape, and document each reason to refuse one.",
    seeks: "a valid request",
};

/// The rule.
#[derive(Debug)]
pub struct ValidRequestServed;

impl Rule for ValidRequestServed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        let (mut found, mut past, mut idle) = (BTreeSet::new(), Past::default(), Vec::new());
        for answer in story.answers() {
            let status = answer.response.status;
            if status != 429 && status < 500 && is_valid(story, answer, &past) {
                judgement.look(answer.index);
                let code = said(answer.exchange, contract).code;
                let is_explained = is_explained(answer, code.as_deref(), contract);
                if answer.is_refused() && is_explained && after_cancel::is_free(story, answer) {
                    idle.push((answer, code));
                } else if answer.is_refused()
                    && !is_explained
                    && found.insert((answer.name, status, code.clone()))
                {
                    // That one start may be made beside another is said nowhere.
                    let level =
                        if after_cancel::is_beside(story, answer) { Level::Warn } else { Level::Fail };
                    let finding = refused(answer, code, contract).at_most(level);
                    judgement.find([temper_empty_json(finding, answer.exchange)]);
                }
            }
            past.keep(answer);
        }
        let level = if idle.len() >= after_cancel::NO_ACCIDENT { Level::Fail } else { Level::Warn };
        judgement.find(idle.into_iter().take(1).map(|(answer, code)| Finding {
            kind: "refused-after-cancel",
            ..refused(answer, code, contract).at_most(level)
        }));
        judgement
    }
}

/// What earlier requests leave behind that may be a reason to refuse a later one.
#[derive(Default)]
struct Past<'t> {
    /// The tokens that starts were sent with.
    tokens: BTreeSet<&'t str>,
    /// The values of parameters that were taken out of the world, by parameter.
    removed: BTreeMap<&'t str, BTreeSet<String>>,
}

impl<'t> Past<'t> {
    fn keep(&mut self, answer: &Answer<'t>) {
        self.tokens.extend(answer.exchange.asked.client_token.as_deref());
        let Some(parameter) = &answer.operation.removes else { return };
        let place = answer.operation.parent_place(parameter);
        if let Some(value) = place.and_then(|at| at.text(&answer.exchange.asked.view).map(str::to_owned)) {
            self.removed.entry(parameter).or_default().insert(value);
        }
    }

    /// Whether a request starts with a token that was used before, or names what is gone.
    fn stands_in_the_way(&self, answer: &Answer<'_>) -> bool {
        let asked = &answer.exchange.asked;
        asked.client_token.as_deref().is_some_and(|token| self.tokens.contains(token))
            || self.removed.iter().any(|(parameter, values)| {
                let place = answer.operation.parent_place(parameter);
                place.is_some_and(|at| at.text(&asked.view).is_some_and(|value| values.contains(value)))
            })
    }
}

/// Whether nothing is wrong with a request, as far as is known, and no other rule speaks of its kind.
fn is_valid(story: &Story<'_>, answer: &Answer<'_>, past: &Past<'_>) -> bool {
    // Who did not send it does not know what its sender meant.
    let Some(meant) = &answer.exchange.meant else { return false };
    let operation = answer.operation;
    let is_spoken_of = match operation.role {
        Role::List | Role::Details | Role::Create => true,
        Role::Get => operation.target.is_none(),
        Role::Cancel | Role::CancelMany | Role::Retry => false,
    };
    is_spoken_of
        // Such a call is where credentials come from: that it refuses wrong ones is right.
        && !operation.anonymous
        && meant.probe.is_none()
        && meant.violation.is_none()
        && meant.identity.is_none()
        && !past.stands_in_the_way(answer)
        && story.contract.shapes.is_valid(&operation.request, &answer.exchange.asked.view)
        && (operation.target.is_none() || names_ended_job(story, answer))
}

/// Whether a request names a job that was last seen ended, under these parents, and that nothing was done to since.
fn names_ended_job(story: &Story<'_>, answer: &Answer<'_>) -> bool {
    let Some(job) = &answer.exchange.asked.job else { return false };
    let is_shown = |reading: &crate::exchange::Reading| {
        let is_accepted = story.answer(reading.exchange).is_some_and(Answer::is_accepted);
        reading.state.is_some() && is_accepted && story.is_ours(reading)
    };
    let Some(last) = story.last_named(answer.index, job, is_shown) else { return false };
    let is_ended = |state: &String| story.contract.facts.lifecycle.is_terminal(state);
    let is_touched = story.lives_named(job).any(|life| {
        life.acts
            .iter()
            .rev()
            .take_while(|act| act.exchange > last.exchange)
            .any(|act| act.exchange < answer.index)
    });
    last.state.as_ref().is_some_and(is_ended) && !is_touched && !story.is_foreign(answer.index)
}

/// Whether the contract has an error that a right request of this call may meet, and this is it; or the credentials are
/// at fault.
fn is_explained(answer: &Answer<'_>, code: Option<&str>, contract: &Contract) -> bool {
    let is_of_credentials = |row: &ErrorRow| {
        matches!(
            row.when,
            Condition::MissingCredentials
                | Condition::BadCredentials
                | Condition::BadSignature
                | Condition::ExpiredCredentials
        )
    };
    let names_code =
        |row: &ErrorRow| row.any_of.iter().any(|a| a.code.is_some() && a.code.as_deref() == code);
    let mut rows = contract.facts.errors.iter().filter(|row| contract.speaks_of(row, answer.name));
    matches!(answer.response.status, 401 | 403)
        || rows.any(|row| {
            let counts = contract.can_concern_right(row.when, answer.name)
                || (is_of_credentials(row) && !answer.operation.anonymous && names_code(row));
            counts && is_one_of(row, answer.exchange, contract)
        })
}

fn refused(answer: &Answer<'_>, code: Option<String>, contract: &Contract) -> Finding {
    let message = format!("a valid request for {} was refused", answer.name);
    let expected = one_of(answer.operation.success_statuses().map(|status| status.to_string()));
    let status = answer.response.status.to_string();
    let about = code.map_or_else(|| status.clone(), |code| format!("{status} {code}"));
    Finding::new(
        answer.index,
        &answer.operation.reference,
        message,
        expected,
        seen(answer.exchange, contract),
    )
    .kind("refused")
    .about(About::Code(about))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Identity, Violation};
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn bedrock(operation: &str, status: u16, code: &str) -> Script {
        let script = Script::of("bedrock");
        let view = script.view(operation, None);
        script.call(operation, view, status, &json!({"__type": code, "message": "no"}))
    }

    #[rstest]
    #[case("ListIngestionJobs", 404, "ResourceNotFoundException", 1)]
    #[case("ListIngestionJobs", 400, "ValidationException", 1)]
    #[case("StartIngestionJob", 404, "ResourceNotFoundException", 1)]
    #[case("StartIngestionJob", 409, "ConflictException", 0)]
    #[case("ListIngestionJobs", 409, "ConflictException", 1)]
    // Refused credentials are another cause.
    #[case("ListIngestionJobs", 403, "AccessDeniedException", 0)]
    #[case("ListIngestionJobs", 200, "", 0)]
    fn only_a_documented_reason_will_do(
        #[case] operation: &str,
        #[case] status: u16,
        #[case] code: &str,
        #[case] expected: usize,
    ) {
        assert_eq!(bedrock(operation, status, code).findings(&ValidRequestServed).len(), expected);
    }

    #[test]
    fn one_habit_is_one_finding() {
        let script = (0..3).fold(Script::of("bedrock"), |script, _| {
            let view = script.view("ListIngestionJobs", None);
            script.call("ListIngestionJobs", view, 404, &json!({"message": "no"}))
        });
        let judgement = script.judge(&ValidRequestServed);
        assert_eq!((judgement.looked_at.len(), judgement.found.len()), (3, 1));
        assert_eq!(judgement.found[0].about, Some(About::Code("404".into())));
    }

    #[rstest]
    #[case(429)]
    #[case(503)]
    fn a_busy_server_says_nothing(#[case] status: u16) {
        assert!(!bedrock("ListIngestionJobs", status, "").judge(&ValidRequestServed).is_judged());
    }

    #[test]
    fn what_may_be_wrong_is_not_judged() {
        let not_judged = |change: &dyn Fn(&mut crate::exchange::Exchange)| {
            let script = bedrock("ListIngestionJobs", 404, "").last(change);
            assert!(!script.judge(&ValidRequestServed).is_judged());
        };
        not_judged(&|e| e.meant_mut().probe = Some(Condition::UnknownParent));
        not_judged(&|e| e.meant_mut().identity = Some(Identity::Foreign));
        not_judged(&|e| e.meant_mut().violation = Some(Violation::new("is wrong", "x")));
        not_judged(&|e| e.meant = None);
        not_judged(&|e| e.asked.view["body"] = json!({"maxResults": 0}));
        // Reads and cancels of one job have rules of their own.
        for operation in ["GetIngestionJob", "StopIngestionJob"] {
            let script = Script::of("bedrock").get("JOB0000001", &json!({"status": "COMPLETE"}));
            let view = script.view(operation, Some("JOB0000001"));
            let script = script.call(operation, view, 404, &json!({}));
            assert!(!script.judge(&ValidRequestServed).is_judged());
        }
    }

    #[test]
    fn a_token_that_was_used_before_is_a_reason() {
        let token = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
        let start = |script: Script, status: u16| {
            let mut view = script.view("StartIngestionJob", None);
            view["body"] = json!({ "clientToken": token });
            script.call("StartIngestionJob", view, status, &json!({"message": "no"}))
        };
        let judgement = start(start(Script::of("bedrock"), 202), 400).judge(&ValidRequestServed);
        assert_eq!((judgement.looked_at.len(), judgement.found.len()), (1, 0));
    }

    const JOB: &str = "2d9c4e7a-1b3f-4c58-8a60-f7e1d5b3c924";

    fn details(seen: Option<&str>, between: impl Fn(Script) -> Script) -> Option<usize> {
        const OF_A_JOB: &str = "ListIndexingJobDataSources";
        let script = Script::of("digitalocean");
        let script = match seen {
            Some(state) => script.get(JOB, &json!({ "status": state })),
            None => script,
        };
        let script = between(script);
        let view = script.view(OF_A_JOB, Some(JOB));
        let body: Value = json!({"id": "not_found", "message": "no"});
        let judgement = script.call(OF_A_JOB, view, 404, &body).judge(&ValidRequestServed);
        judgement.verdict().map(|found| found.len())
    }

    #[test]
    fn a_job_must_be_known_to_be_there() {
        let contract = crate::rule::script::contract("digitalocean");
        let state = |is_final: bool| {
            let states = &contract.facts.lifecycle.states;
            states
                .iter()
                .find(|(_, s)| s.phase.is_terminal() == is_final)
                .map(|(name, _)| name.clone())
                .unwrap()
        };
        let (ended, open) = (state(true), state(false));
        assert_eq!(details(Some(&ended), |script| script), Some(1));
        assert_eq!(details(None, |script| script), None);
        assert_eq!(details(Some(&open), |script| script), None);
        let cancelled = |script: Script| script.cancel_refused(JOB, 409, &json!({}));
        assert_eq!(details(Some(&ended), cancelled), None);
    }

    /// A job that was cancelled and has ended, and so many refused starts between two lists.
    fn after_a_stop(listed: &[&str], refusals: usize) -> Script {
        let list = |script: Script, states: &[&str]| {
            let job = |(n, state): (usize, &&str)| {
                script.job(&format!("JOB000000{n}"), &json!({ "status": state }))
            };
            let jobs: Vec<Value> = states.iter().enumerate().map(job).collect();
            let view = script.view("ListIngestionJobs", None);
            script.call("ListIngestionJobs", view, 200, &json!({ "ingestionJobSummaries": jobs }))
        };
        let state = |state: &str| json!({ "status": state });
        let script = Script::of("bedrock").create("JOB0000000", &state("STARTING"));
        let script = script.cancel("JOB0000000", &state("STOPPING")).get("JOB0000000", &state("STOPPED"));
        let refused = (0..refusals).fold(list(script, listed), |script, _| {
            let view = script.view("StartIngestionJob", None);
            script.call(
                "StartIngestionJob",
                view,
                409,
                &json!({"__type": "ConflictException", "message": "no"}),
            )
        });
        list(refused, listed)
    }

    #[rstest]
    #[case(&["STOPPED"], 1, Some(Level::Warn))]
    #[case(&["STOPPED"], 3, Some(Level::Fail))]
    #[case(&["STOPPED", "COMPLETE"], 1, Some(Level::Warn))]
    // Something else is under way, or the list does not know of the end yet.
    #[case(&["STOPPED", "IN_PROGRESS"], 3, None)]
    #[case(&["STOPPING"], 3, None)]
    // A list without the job says nothing about others.
    #[case(&[], 3, None)]
    fn after_a_stop_nothing_is_in_conflict(
        #[case] listed: &[&str],
        #[case] refusals: usize,
        #[case] expected: Option<Level>,
    ) {
        let found = after_a_stop(listed, refusals).findings(&ValidRequestServed);
        assert_eq!(found.iter().map(|found| found.at_most).collect::<Vec<_>>(), Vec::from_iter(expected));
    }

    #[test]
    fn a_start_beside_another_may_be_refused_without_a_word_about_it() {
        let second = |before: Script| {
            let view = before.view("StartIngestionJob", None);
            let no = json!({"__type": "ValidationException", "message": "no"});
            before.call("StartIngestionJob", view, 400, &no).findings(&ValidRequestServed)[0].at_most
        };
        let started = || Script::of("bedrock").create("JOB0000000", &json!({"status": "STARTING"}));
        assert_eq!(second(started()), Level::Warn);
        assert_eq!(second(started().get("JOB0000000", &json!({"status": "COMPLETE"}))), Level::Fail);
    }
}
