//! Each start is answered with an id of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::contract::cancel::Table;
use crate::contract::operation::Role;
use crate::exchange::{Identity, Reading};
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::{Answer, Story, is_named};

/// `lifecycle/own-id`.
pub struct OwnId;

static META: Meta = Meta {
    id: "lifecycle/own-id",
    title: "two starts give two ids",
    keyword: Keyword::Must,
    checks: "Two starts under the same parents that both succeed are answered with two ids: creates, and retries that \
             start a new job. Neither has the id of a job that was read before, in a list or not. A start that carries \
             the token of an earlier one is left to the group idempotency.",
    why: "A client keeps its jobs by their ids. Where two go by one, it loses sight of one of them, and a cancel of the \
          one ends the other.",
    fix: "Draw a new id for each job where it is stored, and let the store refuse one that is taken. Answer a start with \
          an older job only where the client's token asks for that.",
    seeks: "a start that succeeds after another one under the same parents, or after a job was read",
};

/// Where ids are of one kind: whose jobs, which of a job's ids, and what the jobs belong to.
type Scope<'t> = (Option<Identity>, Option<&'t str>, &'t BTreeMap<String, String>);

/// The starts of one scope so far.
#[derive(Default)]
struct Starts<'t> {
    ids: HashMap<&'t str, &'t str>,
    tokens: HashSet<(&'t str, &'t str)>,
}

impl Rule for OwnId {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        let mut scopes: HashMap<Scope<'_>, Starts<'_>> = HashMap::new();
        let mut found = BTreeSet::new();
        for answer in story.answers() {
            let Some(id) = new_id(story, answer) else { continue };
            let shape = contract.shape(answer.operation);
            let asked = &answer.exchange.asked;
            let scope = (answer.exchange.meant().identity, shape.names.as_deref(), &asked.parents);
            let starts = scopes.entry(scope).or_default();
            let token = asked.client_token.as_deref();
            if token.is_some_and(|token| !starts.tokens.insert((answer.name, token))) {
                continue;
            }
            // A token may be older than this transcript; that a retry gives a known id is the concern of `retry/new-id`.
            let is_plain = token.is_none() && answer.operation.role == Role::Create && asked.job.is_none();
            let mut others = story.readings().iter().take_while(|r| r.exchange < answer.index);
            let is_after_others = is_plain && others.any(|reading| is_beside(story, reading, answer));
            if !starts.ids.is_empty() || is_after_others {
                judgement.look(answer.index);
            }
            let message =
                |which: &str| format!("{} answers with the id of a job that was {which} before", answer.name);
            let (kind, message, due) = match starts.ids.insert(id, answer.name) {
                Some(before) => {
                    let due = format!("another id than {id}, which {before} had given before");
                    ("same-id", message("started"), due)
                }
                None if is_plain && is_known(story, answer, id) => {
                    ("known-id", message("there"), format!("another id than {id}"))
                }
                None => continue,
            };
            if found.insert(answer.name) {
                let finding = Finding::new(answer.index, &answer.operation.reference, message, due, id);
                let at = story
                    .reading_at(answer.index)
                    .map(|shown| story.place(shown, shape.id_place(&shown.job)));
                judgement.find([finding.kind(kind).at(at.unwrap_or_default())]);
            }
        }
        judgement
    }
}

/// Whether a job of this id was read before, under the parents that the start names.
fn is_known(story: &Story<'_>, answer: &Answer<'_>, id: &str) -> bool {
    story.last_named(answer.index, id, |reading| is_beside(story, reading, answer)).is_some()
}

/// Whether a reading shows a job under the parents that a start names.
fn is_beside(story: &Story<'_>, reading: &Reading, start: &Answer<'_>) -> bool {
    let named = &start.exchange.asked.parents;
    let is_there = |(name, value): (&String, &String)| story.parent(reading, name) == Some(value.as_str());
    story.is_ours(reading) && named.iter().all(is_there)
}

/// The id of the job that an answer says was started.
fn new_id<'t>(story: &Story<'t>, answer: &Answer<'t>) -> Option<&'t str> {
    if !answer.is_accepted() || answer.exchange.meant().probe.is_some() {
        return None;
    }
    let shown = story.reading_at(answer.index)?;
    // An answer that shows no id is read as one about the job that the request names.
    story.contract.shape(answer.operation).id.first(&shown.job).filter(|id| !id.is_null())?;
    let is_start = match answer.operation.role {
        Role::Create => true,
        Role::Retry => {
            let attempts = story.attempts(Table::Retry);
            let attempt = attempts.binary_search_by_key(&answer.index, |attempt| attempt.answer.index);
            let attempt = attempts.get(attempt.ok()?)?;
            // That a retry gives the id of the job itself is the concern of `retry/new-id`.
            attempt.renewing().is_some() && !is_named(attempt.before, &shown.id)
        }
        _ => false,
    };
    is_start.then_some(shown.id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::error::Condition;
    use crate::rule::script::Script;
    use serde_json::{Value, json};

    const ID: &str = "AAAAAAAAAA";
    const OTHER: &str = "BBBBBBBBBB";

    fn start(script: Script, id: &str) -> Script {
        script.create(id, &json!({"status": "STARTING"}))
    }

    fn with_token(script: Script, token: &str) -> Script {
        script.last(|e| e.asked.client_token = Some(token.repeat(36)))
    }

    fn once() -> Script {
        start(Script::of("bedrock"), ID)
    }

    #[test]
    fn one_id_for_all_is_found_once() {
        let found = start(start(once(), ID), ID).findings(&OwnId);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].pointer.as_deref(), Some("/ingestionJob/ingestionJobId"));
    }

    #[test]
    fn two_ids_pass() {
        assert_eq!(start(once(), OTHER).judge(&OwnId).verdict(), Some(vec![]));
    }

    #[test]
    fn one_start_says_nothing() {
        assert!(!once().judge(&OwnId).is_judged());
        assert!(!once().get(ID, &json!({})).judge(&OwnId).is_judged());
    }

    #[test]
    fn the_id_of_a_job_that_was_read_before_is_found() {
        let read = || Script::of("bedrock").get(ID, &json!({"status": "COMPLETE"}));
        assert_eq!(start(read(), ID).findings(&OwnId)[0].kind, "known-id");
        assert_eq!(start(read(), OTHER).judge(&OwnId).verdict(), Some(vec![]));
        let listed = Script::of("bedrock").shows(Role::List, ID, &json!({"status": "COMPLETE"}));
        assert_eq!(start(listed, ID).findings(&OwnId).len(), 1);
        // The token may have been used in another transcript.
        assert!(!with_token(start(read(), ID), "a").judge(&OwnId).is_judged());
    }

    #[test]
    fn a_token_that_comes_again_is_left_to_its_rules() {
        let twice = with_token(start(with_token(once(), "a"), ID), "a");
        assert!(!twice.judge(&OwnId).is_judged());
        assert_eq!(with_token(start(with_token(once(), "a"), ID), "b").findings(&OwnId).len(), 1);
        let later = with_token(start(start(with_token(once(), "a"), OTHER), ID), "a");
        assert_eq!(later.findings(&OwnId), []);
    }

    #[test]
    fn refused_starts_probes_and_other_parents_are_left_alone() {
        let is_judged = |script: Script| script.judge(&OwnId).is_judged();
        assert!(!is_judged(start(once(), ID).probe(Condition::InvalidParameter)));
        let refused = start(once(), ID).last(|e| e.outcome.as_mut().unwrap().status = 409);
        assert!(!is_judged(refused));
        let elsewhere = start(once(), ID).last(|e| {
            e.asked.parents.insert("dataSourceId".into(), "DS00000002".into());
        });
        assert!(!is_judged(elsewhere));
    }

    /// Jobs of aiWARE: one that failed, and what two retries of it are answered with.
    fn retried(first: &str, second: &str) -> Script {
        let read = |script: Script, id: &str| {
            let view = script.view("job", Some(id));
            let job = json!({"id": id, "status": "failed"});
            script.call("job", view, 200, &json!({"data": {"job": job}}))
        };
        let retry = |script: Script, id: &str, new: &str| {
            let view = script.view("retryJob", Some(id));
            let job: Value = json!({"id": new, "status": "pending"});
            script.call("retryJob", view, 200, &json!({"data": {"retryJob": job}}))
        };
        let (one, other) = ("23041407_RORjiJw7te", "23041407_RORjiJw7tf");
        let script = retry(read(Script::of("aiware"), one), one, first);
        retry(read(script, other), other, second)
    }

    #[test]
    fn retries_that_start_a_new_job_count() {
        let (a, b) = ("23041408_Xx0aBcDeFg", "23041408_Xx0aBcDeFh");
        match retried(a, a).judge(&OwnId).verdict() {
            Some(found) => assert_eq!(found.len(), 1),
            None => panic!("retries of failed jobs start new ones"),
        }
        assert_eq!(retried(a, b).judge(&OwnId).verdict(), Some(vec![]));
    }
}
