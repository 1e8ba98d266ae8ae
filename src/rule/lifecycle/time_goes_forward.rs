//! A job's points in time stay, or move forward.

use jiff::Timestamp;

use crate::contract::operation::Role;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;

/// `lifecycle/time-goes-forward`.
pub struct TimeGoesForward;

static META: Meta = Meta {
    id: "lifecycle/time-goes-forward",
    title: "a job's times stay as they are, or move forward",
    keyword: Keyword::Must,
    checks: "Over the readings of a job, the times of creation and start never change once they are shown, and the \
             times of the last change and of the end never go back. One answer may show fractions of a second and \
             another none.",
    why: "Clients compute durations from these times, and use the time of the last change to tell the newer of two \
          answers. A time that moves back makes them drop the newer one.",
    fix: "Store each time once, when the thing happens, and serve it from storage; do not compute it while answering.",
    seeks: "two readings of a job, one after the other, with one of its times",
};

impl Rule for TimeGoesForward {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for life in story.lives() {
            for name in ["created", "started", "updated", "finished"] {
                let mut is_found = false;
                for (earlier, later) in life.steps(|r| r.times.contains_key(name)) {
                    let (Some(&before), Some(&now)) = (earlier.times.get(name), later.times.get(name)) else {
                        continue;
                    };
                    judgement.look(later.exchange);
                    let is_fixed = matches!(name, "created" | "started");
                    let is_wrong = !is_same(before, now) && (is_fixed || now < before);
                    if !is_wrong || is_found || life.acted_between(earlier, later, &[Role::Retry]) {
                        continue;
                    }
                    let times = &contract.shape_of(&later.operation).timestamps;
                    let Some((_, pointer)) = times.named().find(|(n, _)| *n == name) else { continue };
                    is_found = true;
                    let (kind, verb) =
                        if is_fixed { ("changed", "changed") } else { ("went-back", "went back") };
                    let message =
                        format!("the time in {} {verb} between two readings of a job", pointer.as_str());
                    let expected = if is_fixed { before.to_string() } else { format!("{before} or later") };
                    let finding = Finding::new(
                        later.exchange,
                        &contract.facts.job.progress_ref,
                        message,
                        expected,
                        now.to_string(),
                    );
                    judgement.find([finding.kind(kind).at(story.place(later, pointer.as_str()))]);
                }
            }
        }
        judgement
    }
}

/// Whether two times may be the same one: where either is a whole second, fractions may have been cut or rounded.
fn is_same(a: Timestamp, b: Timestamp) -> bool {
    let is_whole = a.subsec_nanosecond() == 0 || b.subsec_nanosecond() == 0;
    let apart = a.duration_since(b).abs();
    apart.is_zero() || (is_whole && apart.as_secs() < 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    const ID: &str = "AAAAAAAAAA";

    fn shown(member: &str, first: &str, second: &str) -> Script {
        Script::of("bedrock").get(ID, &json!({member: first})).get(ID, &json!({member: second}))
    }

    #[rstest]
    #[case("startedAt", "2026-01-01T00:00:00Z", "2026-01-01T00:00:05Z")]
    #[case("startedAt", "2026-01-01T00:00:05Z", "2026-01-01T00:00:00Z")]
    #[case("startedAt", "2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.2Z")]
    #[case("updatedAt", "2026-01-01T00:00:05Z", "2026-01-01T00:00:04Z")]
    #[case("updatedAt", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00+01:00")]
    fn times_that_move_are_found(#[case] member: &str, #[case] first: &str, #[case] second: &str) {
        let findings = shown(member, first, second).findings(&TimeGoesForward);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].pointer, Some(format!("/ingestionJob/{member}")));
    }

    #[rstest]
    #[case("startedAt", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00")]
    #[case("startedAt", "2026-01-01T00:00:00.7Z", "2026-01-01T00:00:00Z")]
    #[case("updatedAt", "2026-01-01T00:00:04.9Z", "2026-01-01T00:00:04Z")]
    #[case("updatedAt", "2026-01-01T00:00:04Z", "2026-01-01T00:00:09Z")]
    fn times_that_stay_or_go_forward_pass(#[case] member: &str, #[case] first: &str, #[case] second: &str) {
        assert_eq!(shown(member, first, second).findings(&TimeGoesForward), vec![]);
    }

    #[test]
    fn readings_that_overlap_are_not_compared() {
        let script = shown("updatedAt", "2026-01-01T00:00:05Z", "2026-01-01T00:00:04Z").overlapping();
        assert!(!script.judge(&TimeGoesForward).is_judged());
    }

    #[test]
    fn a_time_that_goes_back_twice_is_found_once() {
        let script = shown("updatedAt", "2026-01-01T00:00:05Z", "2026-01-01T00:00:04Z");
        let script = script.get(ID, &json!({"updatedAt": "2026-01-01T00:00:03Z"}));
        assert_eq!(script.findings(&TimeGoesForward).len(), 1);
    }

    #[test]
    fn a_retry_may_set_the_times_anew() {
        let script = shown("updatedAt", "2026-01-01T00:00:05Z", "2026-01-01T00:00:04Z");
        let script = script.last(|e| e.asked.role = Some(Role::Retry));
        assert_eq!(script.judge(&TimeGoesForward).verdict(), Some(vec![]));
    }
}
