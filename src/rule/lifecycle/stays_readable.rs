//! A job that an answer named can be read.

use std::collections::{HashMap, HashSet};

use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::{Exchange, Reading};
use crate::rule::tool::removed::Removed;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::said::{is_one_of, said, seen};
use crate::story::{Answer, Story};

/// `lifecycle/stays-readable`.
pub struct StaysReadable;

static META: Meta = Meta {
    id: "lifecycle/stays-readable",
    title: "a job that an answer named can be read",
    keyword: Keyword::Must,
    checks: "A valid read of a job that an answer had named, under the parents of that answer, is not refused as for a \
             job that does not exist, from the moment the answer is there. Left out is what may have been removed: after \
             a cancel that may remove the job, and after a call that removes or destroys what it belongs to.",
    why: "A client takes \"no such job\" for the truth: it starts the work a second time, or reports as lost what is \
          under way and will be billed.",
    fix: "Store the job where reads look for it before the answer names it, and keep it there after its end. Look for \
          a replica that lags, a cache of misses, and a clean-up that comes too early.",
    seeks: "a read of a job that an answer had named",
};

impl Rule for StaysReadable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        let (named, removed) = (named(story), Removed::of(story));
        let (mut read, mut found) = (HashSet::new(), HashSet::new());
        for answer in story.answers() {
            let Some(naming) = naming(story, &named, answer) else { continue };
            if !is_unknown(story, answer) {
                // Another refusal says nothing about whether there is a job.
                if answer.is_accepted() || !story.readings_at(answer.index).is_empty() {
                    judgement.look(answer.index);
                    read.insert(&naming.id);
                }
                continue;
            }
            let is_known = found.contains(&naming.id);
            if !is_known && (is_invalid(story, answer) || removed.may_hold(story, naming, answer.index)) {
                continue;
            }
            judgement.look(answer.index);
            if found.insert(&naming.id) {
                judgement.find([finding(story, naming, answer, read.contains(&naming.id))]);
            }
        }
        judgement
    }
}

/// The first reading that names each job, by the kind of its id and the id.
type Named<'t> = HashMap<(Option<&'t str>, &'t str), &'t Reading>;

fn named<'t>(story: &Story<'t>) -> Named<'t> {
    let mut found = Named::new();
    let is_plain = |exchange: &Exchange| {
        let meant = exchange.meant();
        meant.probe.is_none() && meant.violation.is_none() && meant.identity.is_none()
    };
    for reading in story.readings() {
        if story.exchanges.get(reading.exchange).is_some_and(is_plain) {
            let kind = story.contract.shape_of(&reading.operation).names.as_deref();
            found.entry((kind, reading.id.as_str())).or_insert(reading);
            for (name, id) in &reading.aliases {
                found.entry((Some(name), id)).or_insert(reading);
            }
        }
    }
    found
}

/// The reading that named the job which a plain get asks for, before it, under the same parents.
fn naming<'t>(story: &Story<'t>, named: &Named<'t>, answer: &Answer<'t>) -> Option<&'t Reading> {
    let (asked, meant) = (&answer.exchange.asked, answer.exchange.meant());
    let is_plain = meant.probe.is_none() && meant.violation.is_none() && meant.identity.is_none();
    if !is_plain || answer.operation.role != Role::Get {
        return None;
    }
    let kind = story.contract.shape(answer.operation).names.as_deref();
    let naming = named.get(&(kind, asked.job.as_deref()?)).copied()?;
    let fits = |(name, value): (&String, &String)| story.parent(naming, name) == Some(value.as_str());
    (story.precedes(naming.exchange, answer.index) && asked.parents.iter().all(fits)).then_some(naming)
}

/// Whether a read is refused as for a job that does not exist: with the documented error, or with a status that says
/// so, unless its code is documented for something else.
fn is_unknown(story: &Story<'_>, answer: &Answer<'_>) -> bool {
    let status = answer.response.status;
    let is_aside = matches!(status, 401 | 429) || status >= 500;
    // Some vendors tell a job's state by an error.
    if !answer.is_refused() || is_aside || !story.readings_at(answer.index).is_empty() {
        return false;
    }
    let contract = story.contract;
    let row = contract.error_row(Condition::UnknownJob, answer.name);
    let is_due = row.is_some_and(|row| {
        let says_so = status != 403 || row.any_of.iter().any(|due| due.status == Some(status));
        says_so && is_one_of(row, answer.exchange, contract)
    });
    let is_other = || {
        let code = said(answer.exchange, contract).code;
        row.is_some() && code.is_some_and(|code| contract.error_body(answer.name).codes.contains_key(&code))
    };
    is_due || matches!(status, 404 | 410) && !is_other()
}

/// Whether the request itself gives a reason to refuse it.
fn is_invalid(story: &Story<'_>, answer: &Answer<'_>) -> bool {
    !story.contract.shapes.is_valid(&answer.operation.request, &answer.exchange.asked.view)
}

fn finding(story: &Story<'_>, naming: &Reading, answer: &Answer<'_>, was_read: bool) -> Finding {
    let operation = &naming.operation;
    let (kind, message) = if was_read {
        ("forgotten", "a job that had been read is not known any more".to_owned())
    } else {
        ("not-there-yet", format!("a job that {operation} had named is not known to {}", answer.name))
    };
    let since = answer.exchange.sent.saturating_sub(naming.when).as_secs_f64();
    let due = format!("the job {}, which {operation} had named {since:.3} s before", naming.id);
    let actual = seen(answer.exchange, story.contract);
    Finding::new(answer.index, &answer.operation.reference, message, due, actual).kind(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const ID: &str = "AAAAAAAAAA";
    const NOT_FOUND: &str = "ResourceNotFoundException";

    fn state(state: &str) -> Value {
        json!({ "status": state })
    }

    /// A get that is refused.
    fn refused(script: Script, id: &str, status: u16, code: Option<&str>) -> Script {
        let view = script.view("GetIngestionJob", Some(id));
        let mut body = json!({"message": "no"});
        if let Some(code) = code {
            body["__type"] = json!(code);
        }
        script.call("GetIngestionJob", view, status, &body)
    }

    fn gone(script: Script) -> Script {
        refused(script, ID, 404, Some(NOT_FOUND))
    }

    fn started() -> Script {
        Script::of("bedrock").create(ID, &state("STARTING"))
    }

    fn kinds(script: &Script) -> Vec<&'static str> {
        script.findings(&StaysReadable).iter().map(|finding| finding.kind).collect()
    }

    #[rstest]
    #[case(404, Some(NOT_FOUND), true)]
    #[case(404, None, true)]
    #[case(410, Some("Gone"), true)]
    #[case(404, Some("ValidationException"), false)]
    #[case(403, Some("AccessDeniedException"), false)]
    #[case(401, None, false)]
    #[case(429, Some("ThrottlingException"), false)]
    #[case(503, None, false)]
    fn a_started_job_is_known_at_once(
        #[case] status: u16,
        #[case] code: Option<&str>,
        #[case] is_unknown: bool,
    ) {
        let script = refused(started(), ID, status, code);
        assert_eq!(script.judge(&StaysReadable).found.len(), usize::from(is_unknown));
        assert_eq!(script.judge(&StaysReadable).is_judged(), is_unknown);
    }

    #[test]
    fn a_job_that_comes_late_is_found_once() {
        let late = gone(gone(started())).get(ID, &state("STARTING"));
        assert_eq!(kinds(&late), ["not-there-yet"]);
        assert_eq!(late.judge(&StaysReadable).looked_at.len(), 3);
        let read = &late.contract.facts.operations["GetIngestionJob"];
        assert_eq!(late.findings(&StaysReadable)[0].reference, read.reference);
    }

    #[test]
    fn a_job_that_is_lost_is_found() {
        let read = started().get(ID, &state("COMPLETE"));
        assert_eq!(kinds(&gone(read)), ["forgotten"]);
    }

    #[test]
    fn a_list_names_jobs_too() {
        let listed = Script::of("bedrock").shows(Role::List, ID, &state("COMPLETE"));
        assert_eq!(kinds(&gone(listed)), ["not-there-yet"]);
    }

    #[test]
    fn a_job_that_is_read_passes() {
        assert_eq!(kinds(&started().get(ID, &state("STARTING"))), [""; 0]);
    }

    #[test]
    fn what_no_answer_named_may_be_unknown() {
        assert!(!gone(Script::of("bedrock")).judge(&StaysReadable).is_judged());
        let other = Script::of("bedrock").create("BBBBBBBBBB", &state("STARTING"));
        assert!(!gone(other).judge(&StaysReadable).is_judged());
        assert!(!gone(started()).overlapping().judge(&StaysReadable).is_judged());
    }

    #[test]
    fn requests_that_ask_for_it_are_left_alone() {
        assert!(!gone(started()).probe(Condition::UnknownParent).judge(&StaysReadable).is_judged());
        let foreign =
            gone(started()).last(|e| e.meant_mut().identity = Some(crate::exchange::Identity::Foreign));
        assert!(!foreign.judge(&StaysReadable).is_judged());
        let elsewhere = gone(started()).last(|e| {
            e.asked.parents.insert("dataSourceId".into(), "DS00000002".into());
        });
        assert!(!elsewhere.judge(&StaysReadable).is_judged());
        let invalid = gone(started()).last(|e| e.asked.view["path"]["knowledgeBaseId"] = json!(""));
        assert!(!invalid.judge(&StaysReadable).is_judged());
    }

    #[test]
    fn a_cancelled_job_is_left_to_its_rule_until_it_has_ended() {
        let cancelled = || started().get(ID, &state("IN_PROGRESS")).cancel(ID, &state("STOPPING"));
        let at_once = gone(cancelled());
        assert_eq!(at_once.judge(&StaysReadable).found, []);
        assert_eq!(kinds(&gone(cancelled().get(ID, &state("STOPPED")))), ["forgotten"]);
        let refused = started().get(ID, &state("COMPLETE")).cancel_refused(ID, 409, &json!({}));
        assert_eq!(kinds(&gone(refused)), ["forgotten"]);
    }

    #[test]
    fn what_a_contract_lets_go_may_go() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        for row in &mut contract.facts.cancel {
            if let crate::contract::cancel::Expect::Accepted(accepted) = &mut row.expect {
                accepted.or_gone = true;
            }
        }
        let mut script = Script::of("bedrock");
        script.contract = std::sync::Arc::new(contract);
        let script = script.create(ID, &state("STARTING")).get(ID, &state("IN_PROGRESS"));
        let script = gone(script.cancel(ID, &state("STOPPED")).get(ID, &state("STOPPED")));
        assert_eq!(script.findings(&StaysReadable), []);
    }

    #[test]
    fn what_it_belonged_to_may_be_removed() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        contract.facts.operations.get_mut("StartIngestionJob").unwrap().destroys = true;
        let contract = std::sync::Arc::new(contract);
        let started = || {
            let mut script = Script::of("bedrock");
            script.contract = std::sync::Arc::clone(&contract);
            script.create(ID, &state("STARTING"))
        };
        // No start removes its own job, and another one may.
        assert_eq!(kinds(&gone(started())), ["not-there-yet"]);
        let destroyed = started().create("BBBBBBBBBB", &state("STARTING"));
        assert!(!gone(destroyed).judge(&StaysReadable).is_judged());
    }

    #[test]
    fn an_error_that_tells_a_state_is_a_reading() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        let told = json!([{ "answer": {"status": 404, "code": "Failed"}, "state": "FAILED", "ref": "docs" }]);
        contract.facts.job.told_by_error = serde_json::from_value(told).unwrap();
        let mut script = Script::of("bedrock");
        script.contract = std::sync::Arc::new(contract);
        let script = script.create(ID, &state("STARTING"));
        let told = refused(script, ID, 404, Some("Failed"));
        assert_eq!(told.judge(&StaysReadable).verdict(), Some(vec![]));
    }
}
