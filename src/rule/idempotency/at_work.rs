//! What two equal reads of a job that has not ended have in common: which job it is, and what it is made of.

use std::collections::BTreeMap;

use super::reads_repeat::equal_reads;
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::exchange::reading::text;
use crate::rule::{About, Finding, Judgement};
use crate::story::Story;
use crate::story::text::cut;

/// What one member shows: each of its values as a text, in order.
type Shown = BTreeMap<String, Vec<String>>;

/// Judges each get of a job that has not ended by the last equal one before it.
pub(super) fn judge(story: &Story<'_>, judgement: &mut Judgement) {
    let lifecycle = &story.contract.facts.lifecycle;
    let goes_on = |reading: &&Reading| {
        let state = reading.state.as_ref().and_then(|state| lifecycle.states.get(state));
        reading.role == Role::Get
            && !reading.from_list
            && state.is_some_and(|state| !state.phase.is_terminal())
    };
    for (earlier, later) in equal_reads(story, story.readings().iter().filter(goes_on)) {
        // The two may show different ids: what was done to either counts.
        let lives = [earlier, later].into_iter().filter_map(|reading| story.life(&reading.id));
        if lives.into_iter().any(|life| life.acted_between(earlier, later, &Role::ACTS)) {
            continue;
        }
        judgement.look(later.exchange);
        judgement.find(finding(story, earlier, later));
    }
}

fn finding(story: &Story<'_>, earlier: &Reading, later: &Reading) -> Option<Finding> {
    let (before, now) = (shown(story, earlier), shown(story, later));
    let both = before.iter().filter_map(|(at, old)| Some((at, old, now.get(at)?)));
    // Work may be added while a job goes on.
    let is_kept = |old: &[String], new: &[String]| old.iter().all(|value| new.contains(value));
    let (at, old, new) = both.into_iter().find(|(_, old, new)| !is_kept(old, new))?;
    let reference = &story.contract.facts.operations.get(&later.operation)?.reference;
    let message = "a job that goes on was read again and was another one".to_owned();
    let words = |values: &[String]| cut(&values.join(", "));
    let finding = Finding::new(later.exchange, reference, message, words(old), words(new));
    let finding = finding.kind("another").about(About::Member(at.clone()));
    Some(finding.at(story.place(later, at)))
}

/// What a reading shows of the job that does not move, by place in the job. What it does not show is left out.
fn shown(story: &Story<'_>, reading: &Reading) -> Shown {
    let shape = story.contract.shape_of(&reading.operation);
    let mut found = Shown::new();
    let places = std::iter::once(&shape.id).chain(shape.aliases.values()).chain(shape.parents.values());
    for at in places.chain(&shape.work) {
        // A member that is made of others is compared as it was sent.
        let written = |value: &serde_json::Value| text(value).unwrap_or_else(|| value.to_string());
        let values = at.select(&reading.job).into_iter().filter(|(_, value)| !value.is_null());
        let values: Vec<String> = values.map(|(_, value)| written(value)).collect();
        if !values.is_empty() {
            found.insert(at.as_str().to_owned(), values);
        }
    }
    if let (Some(at), Some(created)) = (&shape.timestamps.created, reading.times.get("created")) {
        found.insert(at.as_str().to_owned(), vec![created.to_string()]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::reads_repeat::ReadsRepeat;
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const ID: &str = "2c1f3a9e-4b7d-4e21-8f6a-5d0c9b8a7e61";
    const OTHER: &str = "9b2f4f0e-7c1d-4b8e-9a55-0d3f6c2a1e77";
    const STATE: &str = "INDEX_JOB_STATUS_IN_PROGRESS";

    fn read(script: Script, patch: &Value) -> Script {
        let mut patch = patch.clone();
        if patch.get("status").is_none() {
            patch["status"] = STATE.into();
        }
        script.get(ID, &patch)
    }

    fn twice(first: &Value, second: &Value) -> Script {
        read(read(Script::of("digitalocean"), first), second)
    }

    #[rstest]
    #[case(json!({}), json!({}), None)]
    #[case(json!({}), json!({"uuid": OTHER}), Some("/uuid"))]
    #[case(json!({}), json!({"knowledge_base_uuid": OTHER}), Some("/knowledge_base_uuid"))]
    #[case(
        json!({"created_at": "2026-01-01T00:00:00Z"}),
        json!({"created_at": "2026-01-01T00:00:01Z"}),
        Some("/created_at")
    )]
    // The same moment, written in another way.
    #[case(json!({"created_at": "2026-01-01T00:00:00Z"}), json!({"created_at": "2026-01-01T00:00:00.000Z"}), None)]
    #[case(json!({"created_at": null}), json!({"created_at": "2026-01-01T00:00:00Z"}), None)]
    #[case(json!({"created_at": "2026-01-01T00:00:00Z"}), json!({"created_at": null}), None)]
    // What moves may move.
    #[case(json!({"tokens": 1, "phase": "A"}), json!({"tokens": 7, "phase": "B"}), None)]
    fn what_does_not_move_stays(#[case] first: Value, #[case] second: Value, #[case] at: Option<&str>) {
        let found = twice(&first, &second).findings(&ReadsRepeat);
        let about = |finding: &Finding| finding.about.clone();
        assert_eq!(found.first().and_then(about), at.map(|at| About::Member(at.into())), "{found:?}");
    }

    #[test]
    fn other_states_and_cancels_are_another_matter() {
        let other = json!({"created_at": "2026-01-02T00:00:00Z"});
        let waiting = json!({"status": "INDEX_JOB_STATUS_PENDING"});
        assert!(!twice(&waiting, &other).judge(&ReadsRepeat).is_judged());
        assert!(!twice(&json!({}), &other).overlapping().judge(&ReadsRepeat).is_judged());
        let first = read(Script::of("digitalocean"), &json!({}));
        let script = read(first.cancel(ID, &json!({"status": STATE})), &other);
        assert!(!script.judge(&ReadsRepeat).is_judged());
        let unknown = json!({"status": "NO_SUCH_STATE"});
        assert!(!twice(&unknown, &unknown).judge(&ReadsRepeat).is_judged());
    }

    #[rstest]
    #[case(&["a"], &["a", "b"], 0)]
    #[case(&["a", "b"], &["b", "a"], 0)]
    #[case(&["a", "b"], &["a"], 1)]
    #[case(&["a"], &["b"], 1)]
    fn work_may_be_added(#[case] before: &[&str], #[case] now: &[&str], #[case] expected: usize) {
        let change = |contract: &mut crate::contract::Contract| {
            contract.facts.job.work = vec![crate::contract::pointer::Pointer::new("/data_source_uuids/*")];
        };
        let script = read(Script::changed("digitalocean", change), &json!({"data_source_uuids": before}));
        let script = read(script, &json!({"data_source_uuids": now}));
        assert_eq!(script.findings(&ReadsRepeat).len(), expected);
    }
}
