//! `cancel/effects`.

use std::time::Duration;

use crate::contract::cancel::Table;
use crate::contract::effect::{Change, Effect};
use crate::contract::lifecycle::Phase;
use crate::exchange::Reading;
use crate::exchange::reading::time;
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::text::show;
use crate::story::{Attempt, Story};

/// Times may be told in whole seconds: two that are closer may look alike.
const APART: Duration = Duration::from_millis(1_500);

static META: Meta = Meta {
    id: "cancel/effects",
    title: "a cancel changes the members of a job that it has to, and leaves the others",
    keyword: Keyword::Must,
    checks: "A job that ended as cancelled after an accepted cancel shows the members of which the documentation says what \
             a cancel does to them so: a point in time that moves is later than in the last reading before, where that \
             was long enough before the cancel; a member that stays is what it was.",
    why: "Clients measure by these members how long a job ran, and ask for what has changed since: one that does not move \
          with a cancel hides it, one that moves without reason makes an old job young.",
    fix: "Write the documented members in the same step that records the cancel, and no others.",
    seeks: "a job that was cancelled, read before and after",
};

/// A cancel does to members of the job what the documentation says.
#[derive(Debug)]
pub struct Effects;

impl Rule for Effects {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let effects = &story.contract.facts.cancel_effects;
        let mut judgement = Judgement::default();
        if effects.is_empty() {
            judgement
                .miss_undocumented("the contract says nothing of what a cancel does to members of a job");
        }
        for attempt in story.attempts(Table::Cancel).iter().filter(|attempt| attempt.answer.is_accepted()) {
            let Some(after) = end(attempt, story) else { continue };
            for effect in effects {
                let Some(broken) = examine(effect, attempt, after, story) else { continue };
                judgement.look(after.exchange);
                judgement.find(broken.map(|(kind, message, expected)| {
                    let member = effect.does.member();
                    let actual = show(member.first(&after.job));
                    Finding::new(after.exchange, &effect.reference, message, expected, actual)
                        .kind(kind)
                        .about(About::Member(effect.name.clone()))
                        .at(story.place(after, member.as_str()))
                }));
            }
        }
        judgement
    }
}

/// The last reading of a job that ended as cancelled, by the same call as the one before the cancel.
fn end<'t>(attempt: &Attempt<'t>, story: &Story<'_>) -> Option<&'t Reading> {
    let lifecycle = &story.contract.facts.lifecycle;
    let is_cancelled = |state: &String| lifecycle.phase(state) == Phase::Cancelled;
    let before = attempt.before;
    let last = attempt.later.iter().rev().copied().find(|after| after.operation == before.operation)?;
    (last.state.as_ref().is_some_and(is_cancelled) && !before.state.as_ref().is_some_and(is_cancelled))
        .then_some(last)
}

type Broken = (&'static str, String, String);

/// `None` where the readings say nothing about the effect, `Some(None)` where it shows.
fn examine(
    effect: &Effect,
    attempt: &Attempt<'_>,
    after: &Reading,
    story: &Story<'_>,
) -> Option<Option<Broken>> {
    let before = attempt.before;
    let member = effect.does.member();
    let value = |reading: &'_ Reading| member.first(&reading.job).filter(|value| !value.is_null()).cloned();
    let (old, new) = (value(before)?, value(after)?);
    let name = member.as_str();
    let format = story.contract.shape_of(&before.operation).timestamps.format;
    match &effect.does {
        Change::Moves(_) => {
            let (earlier, later) = (time(&old, format)?, time(&new, format)?);
            if attempt.answer.exchange.sent.saturating_sub(before.when) < APART {
                return None;
            }
            Some((later <= earlier).then(|| {
                (
                    "not-moved",
                    format!("{name} did not move with the cancel"),
                    format!("later than {}", show(Some(&old))),
                )
            }))
        }
        Change::Keeps(_) => {
            // The same moment may be written in another way.
            let is_same_time = time(&old, format).is_some_and(|old| Some(old) == time(&new, format));
            Some(
                (old != new && !is_same_time)
                    .then(|| ("not-kept", format!("{name} changed with the cancel"), show(Some(&old)))),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    const ID: &str = "AAAAAAAAAA";

    fn script(word: &str, member: &str) -> Script {
        Script::changed("bedrock", |contract| {
            let reference = contract.facts.references.keys().next().unwrap();
            let effect = json!({ "name": word, "does": { word: member }, "ref": reference });
            contract.facts.cancel_effects = vec![serde_json::from_value(effect).unwrap()];
        })
    }

    #[rstest]
    #[case("2026-01-01T00:00:00Z", 1)]
    #[case("2025-12-31T00:00:00Z", 1)]
    #[case("2026-01-01T00:00:05Z", 0)]
    fn a_time_has_to_move(#[case] after: &str, #[case] expected: usize) {
        let at = |state: &str, time: &str| json!({ "status": state, "updatedAt": time });
        let found = script("moves", "/updatedAt")
            .get(ID, &at("IN_PROGRESS", "2026-01-01T00:00:00Z"))
            .cancel(ID, &json!({ "status": "STOPPING" }))
            .last(|cancel| {
                cancel.sent += APART;
                cancel.received += APART;
            })
            .get(ID, &at("STOPPED", after))
            .last(|get| {
                get.sent += APART;
                get.received += APART;
            })
            .findings(&Effects);
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[test]
    fn at_once_it_may_look_alike() {
        let at = |state: &str| json!({ "status": state, "updatedAt": "2026-01-01T00:00:00Z" });
        let script = script("moves", "/updatedAt").get(ID, &at("IN_PROGRESS"));
        let script = script.cancel(ID, &json!({ "status": "STOPPING" })).get(ID, &at("STOPPED"));
        assert!(!script.judge(&Effects).is_judged());
    }

    #[rstest]
    #[case("STOPPED", "2026-01-01T00:00:09Z", Some(1))]
    #[case("STOPPED", "2026-01-01T00:00:00Z", Some(0))]
    // It ended before the cancel came: another end may do as it likes.
    #[case("COMPLETE", "2026-01-01T00:00:09Z", None)]
    fn a_member_has_to_stay(#[case] state: &str, #[case] after: &str, #[case] expected: Option<usize>) {
        let at = |state: &str, time: &str| json!({ "status": state, "startedAt": time });
        let script = script("keeps", "/startedAt")
            .get(ID, &at("IN_PROGRESS", "2026-01-01T00:00:00Z"))
            .cancel(ID, &json!({ "status": "STOPPING" }))
            .get(ID, &at(state, after));
        assert_eq!(script.judge(&Effects).verdict().map(|found| found.len()), expected);
    }
}
