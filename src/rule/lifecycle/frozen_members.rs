//! What is fixed at a job's end stays fixed.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::contract::job::{JobShape, TimeFormat};
use crate::contract::pointer::Pointer;
use crate::exchange::Reading;
use crate::exchange::reading::time;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::text::cut;

/// `lifecycle/frozen-members`.
pub struct FrozenMembers;

static META: Meta = Meta {
    id: "lifecycle/frozen-members",
    title: "members that are fixed at a job's end do not change",
    keyword: Keyword::Must,
    checks: "The members that the contract calls frozen (results, counts, times) are the same in every reading after \
             the first that shows a final state, but for volatile parts of them. What changes after a request to cancel or to retry the job is left \
             to the rules of those groups.",
    why: "Reports, bills and audits are made from a finished job. Numbers that change afterwards can be reconciled \
          with nothing.",
    fix: "Write the final members before, or together with, the final state, and never again.",
    seeks: "a reading of a job after it had ended, with a member that is fixed then",
};

impl Rule for FrozenMembers {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let facts = &contract.facts;
        let mut judgement = Judgement::default();
        let shapes = || std::iter::once(&facts.job).chain(contract.views.values());
        if shapes().all(|shape| shape.frozen.is_empty()) {
            judgement.miss_undocumented("the contract names no members that are fixed at the end");
        }
        for life in story.lives() {
            let mut seen = BTreeSet::new();
            // A job whose state itself changed is reported by `lifecycle/terminal-is-final`.
            let pairs = life.after_end().into_iter().filter(|(a, b)| a.state == b.state);
            for (first, later) in pairs {
                let shape = contract.shape_of(&later.operation);
                // Where a job looks different, its members stand elsewhere.
                let members = shape
                    .frozen
                    .iter()
                    .filter(|_| shape.frozen == contract.shape_of(&first.operation).frozen);
                for member in members {
                    let Some((before, now)) = both(first, later, member, story) else { continue };
                    judgement.look(later.exchange);
                    let is_same = || {
                        is_same(&before, &now, shape.timestamps.format)
                            || is_same_beside(first, later, member, shape)
                    };
                    if !seen.contains(member) && !is_same() {
                        seen.insert(member);
                        let place = story.place(later, member.as_str());
                        let state = first.state.as_deref().unwrap_or_default();
                        let message =
                            format!("{} of a job in the final state {state} changed", member.as_str());
                        let (before, now) = (shown(&before), shown(&now));
                        let reference = &facts.lifecycle.terminal_ref;
                        let finding = Finding::new(later.exchange, reference, message, before, now);
                        judgement.find([finding.kind("changed").at(place)]);
                    }
                }
            }
        }
        judgement
    }
}

/// The member's values in both readings, where they can be compared: answers of different operations may show
/// different parts of a job, and a member may come late.
fn both<'t>(
    first: &'t Reading,
    later: &'t Reading,
    member: &Pointer,
    story: &Story<'_>,
) -> Option<(Vec<&'t Value>, Vec<&'t Value>)> {
    let of = |reading: &'t Reading| -> Vec<&'t Value> {
        member.select(&reading.job).into_iter().map(|(_, v)| v).filter(|v| !v.is_null()).collect()
    };
    let (before, now) = (of(first), of(later));
    let is_partial = first.operation != later.operation || story.omits(later, member);
    let is_comparable = !(before.is_empty() || now.is_empty() && is_partial);
    is_comparable.then_some((before, now))
}

/// Whether nothing changed; one point in time may be written in several ways.
fn is_same(before: &[&Value], now: &[&Value], format: TimeFormat) -> bool {
    let read = |value| time(value, format);
    before.len() == now.len()
        && before.iter().zip(now).all(|(a, b)| a == b || read(a).is_some_and(|t| Some(t) == read(b)))
}

/// Whether nothing changed beside what is another value at each reading.
fn is_same_beside(first: &Reading, later: &Reading, member: &Pointer, shape: &JobShape) -> bool {
    let is_inside = |at: &&Pointer| at.as_str().starts_with(&format!("{}/", member.as_str()));
    let inside: Vec<&Pointer> = shape.volatile.iter().filter(is_inside).collect();
    if inside.is_empty() {
        return false;
    }
    let without = |reading: &Reading| {
        let mut job = reading.job.clone();
        inside.iter().for_each(|at| at.remove(&mut job));
        job
    };
    let (a, b) = (without(first), without(later));
    let of = |job| -> Vec<&Value> { member.select(job).into_iter().map(|(_, value)| value).collect() };
    is_same(&of(&a), &of(&b), shape.timestamps.format)
}

fn shown(values: &[&Value]) -> String {
    match values {
        [] => "absent".to_owned(),
        _ => cut(&values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::operation::Role;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    const ID: &str = "AAAAAAAAAA";

    fn shown(first: &Value, second: &Value) -> Script {
        Script::of("bedrock").get(ID, first).get(ID, second)
    }

    #[rstest]
    #[case(json!({"updatedAt": "2027-01-01T00:00:00Z"}), "/updatedAt")]
    #[case(json!({"statistics": {"numberOfDocumentsScanned": 121}}), "/statistics")]
    #[case(json!({"statistics": null}), "/statistics")]
    #[case(json!({"failureReasons": []}), "/failureReasons")]
    fn changes_after_the_end_are_found(#[case] change: Value, #[case] member: &str) {
        let findings = shown(&json!({}), &change).findings(&FrozenMembers);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].pointer, Some(format!("/ingestionJob{member}")));
    }

    #[rstest]
    #[case(json!({}), json!({}))]
    #[case(json!({}), json!({"description": "another"}))]
    #[case(json!({"statistics": null}), json!({}))]
    #[case(json!({"updatedAt": "2026-01-01T00:00:00Z"}), json!({"updatedAt": "2026-01-01T01:00:00.000+01:00"}))]
    fn what_stays_or_comes_late_passes(#[case] first: Value, #[case] second: Value) {
        assert_eq!(shown(&first, &second).findings(&FrozenMembers), vec![]);
    }

    #[test]
    fn a_volatile_part_of_a_frozen_member_is_left_out() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        contract.facts.job.volatile = vec![Pointer::new("/statistics/now")];
        let mut script = Script::of("bedrock");
        script.contract = std::sync::Arc::new(contract);
        let shown = |now: u8, scanned: u8| json!({"statistics": {"now": now, "scanned": scanned}});
        let script = script.get(ID, &shown(1, 1)).get(ID, &shown(2, 1));
        assert_eq!(script.judge(&FrozenMembers).verdict(), Some(vec![]));
        assert_eq!(script.get(ID, &shown(3, 2)).findings(&FrozenMembers).len(), 1);
    }

    #[test]
    fn a_running_job_may_change() {
        let script = shown(&json!({"status": "IN_PROGRESS"}), &json!({"updatedAt": "2027-01-01T00:00:00Z"}));
        assert!(!script.judge(&FrozenMembers).is_judged());
    }

    #[test]
    fn what_a_cancel_changes_is_left_to_its_rules() {
        let script = Script::of("bedrock").get(ID, &json!({})).shows(Role::Cancel, ID, &json!({}));
        let script = script.get(ID, &json!({"updatedAt": "2027-01-01T00:00:00Z"}));
        assert!(!script.judge(&FrozenMembers).is_judged());
    }

    #[test]
    fn another_operation_may_show_less_of_a_job() {
        let script = Script::of("bedrock").create(ID, &json!({})).get(ID, &json!({"statistics": null}));
        assert_eq!(script.findings(&FrozenMembers), vec![]);
    }

    #[test]
    fn a_job_whose_state_changed_is_left_to_its_rule() {
        let script = shown(&json!({}), &json!({"status": "FAILED", "updatedAt": "2027-01-01T00:00:00Z"}));
        assert!(!script.judge(&FrozenMembers).is_judged());
    }

    #[test]
    fn both_values_are_told() {
        let found = super::tests::shown(&json!({"failureReasons": ["a"]}), &json!({"failureReasons": null}));
        let found = found.findings(&FrozenMembers);
        assert_eq!((found[0].expected.as_str(), found[0].actual.as_str()), ("[\"a\"]", "absent"));
    }
}
