//! `idempotency/reads-repeat`: the whole of a job that has ended. What is compared of others stands in `at_work`.

use std::collections::HashMap;

use serde_json::Value;

use super::at_work;
use crate::contract::Contract;
use crate::contract::operation::Role;
use crate::contract::pointer::escape;
use crate::exchange::reading::time;
use crate::exchange::{Exchange, Reading};
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::{cut, show};

static META: Meta = Meta {
    id: "idempotency/reads-repeat",
    title: "a job reads the same every time while nothing changes it",
    keyword: Keyword::Should,
    checks: "Two equal gets of a job in the same final state, with no request to change it between them, show the same \
             job. Undocumented and volatile members are left out, and a member may come late or a flag rise. In a \
             state that is not final only what does not move is compared: ids, parents, the time of creation, and what \
             work the job does, of which there may be more.",
    why: "Clients store a job and compare it later: one that reads differently each time looks changed when it is not.",
    fix: "Answer reads from what was stored with the job, and compute nothing anew once it has ended.",
    seeks: "a job read twice in the same way and the same state",
};

/// A job reads the same every time.
#[derive(Debug)]
pub struct ReadsRepeat;

impl Rule for ReadsRepeat {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for life in story.lives() {
            let gets = life.readings.iter().copied().filter(|r| r.role == Role::Get && is_ended(r, contract));
            for (earlier, later) in equal_reads(story, gets) {
                if life.acted_between(earlier, later, &Role::ACTS) {
                    continue;
                }
                judgement.look(later.exchange);
                judgement.find(finding(story, earlier, later));
            }
        }
        at_work::judge(story, &mut judgement);
        judgement
    }
}

fn is_ended(reading: &Reading, contract: &Contract) -> bool {
    reading.state.as_ref().is_some_and(|state| contract.facts.lifecycle.is_terminal(state))
}

/// Each reading with the last one before it that answered the same request and shows the same state. They are looked up
/// by the request, so that a long transcript is not searched anew for each.
pub(super) fn equal_reads<'t>(
    story: &Story<'_>,
    gets: impl Iterator<Item = &'t Reading>,
) -> Vec<(&'t Reading, &'t Reading)> {
    let mut by_request: HashMap<(&str, [String; 3]), Vec<&Reading>> = HashMap::new();
    let mut pairs = Vec::new();
    for later in gets {
        let Some(exchange) = story.exchanges.get(later.exchange) else { continue };
        let part = |name: &str| exchange.asked.view.get(name).map(ToString::to_string).unwrap_or_default();
        let same = by_request.entry((&later.operation, ["path", "query", "body"].map(part))).or_default();
        let is_before = |r: &&&Reading| story.precedes(r.exchange, later.exchange) && r.state == later.state;
        pairs.extend(same.iter().rfind(is_before).map(|earlier| (*earlier, later)));
        same.push(later);
    }
    pairs
}

fn finding(story: &Story<'_>, earlier: &Reading, later: &Reading) -> Option<Finding> {
    let contract = story.contract;
    let mut changed = Vec::new();
    compare(Some(&earlier.job), Some(&later.job), String::new(), contract, &mut changed);
    let unknown = undocumented(story.exchanges.get(later.exchange)?, contract);
    let unknown_before = undocumented(story.exchanges.get(earlier.exchange)?, contract);
    let volatile = |reading: &Reading| {
        let members = contract.shape_of(&reading.operation).volatile.iter();
        members.flat_map(|member| member.select(&reading.job)).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let moving: Vec<String> = volatile(earlier).into_iter().chain(volatile(later)).collect();
    changed.retain(|(at, _, _)| !moving.iter().any(|member| is_below(at, member)));
    changed.retain(|(at, _, _)| {
        let (now, before) = (format!("{}{at}", later.at), format!("{}{at}", earlier.at));
        !unknown.iter().any(|u| is_below(&now, u)) && !unknown_before.iter().any(|u| is_below(&before, u))
    });
    let (first, old, new) = changed.first()?;
    let reference = &contract.facts.operations.get(&later.operation)?.reference;
    let places = changed.iter().map(|(at, _, _)| at.as_str()).collect::<Vec<_>>().join(", ");
    let actual = format!("{}; changed: {}", show(*new), cut(&places));
    let message = "a job that has ended was read again and showed other values".to_owned();
    let finding = Finding::new(later.exchange, reference, message, show(*old), actual);
    Some(finding.kind("changed").at(story.place(later, first)))
}

type Change<'v> = (String, Option<&'v Value>, Option<&'v Value>);

/// The members that changed or went away. A member that comes late is left out, and so is a flag that rises: reports
/// are often finished after the job.
fn compare<'v>(
    old: Option<&'v Value>,
    new: Option<&'v Value>,
    at: String,
    contract: &Contract,
    changed: &mut Vec<Change<'v>>,
) {
    match (old, new) {
        (None | Some(Value::Null), _) | (Some(Value::Bool(false)), Some(Value::Bool(true))) => {}
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            for (name, value) in a {
                compare(Some(value), b.get(name), format!("{at}/{}", escape(name)), contract, changed);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() == b.len() => {
            for (index, (x, y)) in a.iter().zip(b).enumerate() {
                compare(Some(x), Some(y), format!("{at}/{index}"), contract, changed);
            }
        }
        (Some(a), Some(b)) => {
            let read = |value| time(value, contract.facts.job.timestamps.format);
            if a != b && !(read(a).is_some() && read(a) == read(b)) {
                changed.push((at, old, new));
            }
        }
        (Some(_), None) => changed.push((at, old, new)),
    }
}

fn undocumented(exchange: &Exchange, contract: &Contract) -> Vec<String> {
    let operation = exchange.asked.operation.as_ref().and_then(|id| contract.facts.operations.get(id));
    let Some((operation, response)) = operation.zip(exchange.success()) else { return Vec::new() };
    let schema = operation.response_schema(response.status);
    schema.zip(response.json().ok()).map_or_else(Vec::new, |(s, body)| contract.shapes.undocumented(s, body))
}

fn is_below(at: &str, above: &str) -> bool {
    at.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(json!({"description": "b"}), 1)]
    #[case(json!({"description": null}), 1)]
    #[case(json!({"description": "a"}), 0)]
    #[case(json!({"description": "a", "textReadyAt": "2026-01-01T00:00:00Z"}), 0)]
    #[case(json!({"description": "a", "cachedFor": 3}), 0)]
    fn reads_repeat(#[case] again: Value, #[case] expected: usize) {
        let first = json!({"status": "COMPLETE", "description": "a", "textReadyAt": null, "cachedFor": 1});
        let mut second = first.clone();
        for (name, value) in again.as_object().unwrap() {
            second[name] = value.clone();
        }
        let script = Script::of("bedrock").get("JOB0000001", &first).get("JOB0000001", &second);
        let found = script.findings(&ReadsRepeat);
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[test]
    fn volatile_members_are_left_out() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        contract.facts.job.volatile = vec![crate::contract::pointer::Pointer::new("/description")];
        let mut script = Script::of("bedrock");
        script.contract = std::sync::Arc::new(contract);
        let job =
            |text: &str, data: &str| json!({"status": "COMPLETE", "description": text, "dataSourceId": data});
        let script = script.get("JOB0000001", &job("10:00", "DS1")).get("JOB0000001", &job("10:01", "DS1"));
        assert_eq!(script.judge(&ReadsRepeat).verdict(), Some(vec![]));
        assert_eq!(script.get("JOB0000001", &job("10:02", "DS2")).findings(&ReadsRepeat).len(), 1);
    }

    #[test]
    fn a_report_may_come_late() {
        let job = |ready| json!({"status": "INDEX_JOB_STATUS_COMPLETED", "is_report_available": ready});
        let script = Script::of("digitalocean").get("a-job", &job(false)).get("a-job", &job(true));
        assert_eq!(script.findings(&ReadsRepeat), []);
    }

    #[test]
    fn a_cancel_between_is_another_matter() {
        let script = Script::of("bedrock")
            .get("JOB0000001", &json!({"status": "STOPPED", "description": "a"}))
            .cancel("JOB0000001", &json!({"status": "STOPPED"}))
            .get("JOB0000001", &json!({"status": "STOPPED", "description": "b"}));
        assert!(!script.judge(&ReadsRepeat).is_judged());
    }

    #[test]
    fn other_states_other_requests_and_reads_at_once_are_not_compared() {
        let read = |script: Script, state: &str, text: &str| {
            script.get("JOB0000001", &json!({"status": state, "description": text}))
        };
        let is_judged = |script: Script| script.judge(&ReadsRepeat).is_judged();
        let once = || read(Script::of("bedrock"), "COMPLETE", "a");
        assert!(is_judged(read(once(), "COMPLETE", "b")));
        assert!(!is_judged(read(once(), "FAILED", "b")));
        assert!(!is_judged(read(once(), "COMPLETE", "b").overlapping()));
        let more = |script: Script| script.last(|e| e.asked.view["query"] = json!({"more": "1"}));
        assert!(!is_judged(more(read(once(), "COMPLETE", "b"))));
    }
}
