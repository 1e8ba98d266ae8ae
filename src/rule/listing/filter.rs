//! `listing/filter`.

use jiff::Timestamp;
use serde_json::Value;

use crate::contract::operation::{Filter, FilterEffect};
use crate::contract::pointer::Pointer;
use crate::exchange::Reading;
use crate::exchange::reading::time;
use crate::rule::tool::lag::is_settled;
use crate::rule::tool::seen_before::{missing, seen_before};
use crate::rule::{About, Finding, Judgement, Keyword, Level, Meta, Rule, Why};

use crate::story::Story;
use crate::story::text::{collapse, cut, show};
use crate::story::walk::{Page, Walk};

static META: Meta = Meta {
    id: "listing/filter",
    title: "a list obeys its filter and its order",
    keyword: Keyword::Must,
    checks: "A list asked for one state holds jobs of that state only, and, walked to its end, all jobs that were seen to \
             have ended in it, or that stand still in it; a list asked for an order is in that order. Times compare as points in time.",
    why: "A client that asks for the failed jobs acts on all it is given: an ignored filter makes it retry, or delete, \
          what was in order.",
    fix: "Apply filter and order before the list is cut into pages, and refuse filters that are not known.",
    seeks: "a list asked for with a filter, which must hold a job, or with an order",
};

/// The rule.
#[derive(Debug)]
pub struct FilterObeyed;

impl Rule for FilterObeyed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for walk in story.walks() {
            let Some(first) = walk.first() else { continue };
            let Some((name, state)) = &first.answer.exchange.meant().filter else { continue };
            let Some(filter) = first.answer.operation.filters.iter().find(|f| f.name == *name) else {
                continue;
            };
            match (&filter.effect, state) {
                (FilterEffect::OnlyState(at), Some(state)) => {
                    narrowed(&mut judgement, story, walk, filter, at, state);
                }
                // A filter for no state says nothing.
                (FilterEffect::OnlyState(_), None) => {}
                (FilterEffect::Ascending(at), _) => {
                    ordered(&mut judgement, story, walk, filter, at, false);
                }
                (FilterEffect::Descending(at), _) => {
                    ordered(&mut judgement, story, walk, filter, at, true);
                }
            }
        }
        judgement
    }
}

/// Judges a list that was asked for one state. An empty one shows nothing where no job is known that it must hold.
fn narrowed(
    judgement: &mut Judgement,
    story: &Story<'_>,
    walk: &Walk<'_>,
    filter: &Filter,
    at: &Pointer,
    state: &str,
) {
    let Some(last) = walk.pages.last() else { return };
    let due = due(story, walk, state);
    if due.is_empty() && walk.items().next().is_none() {
        let states = vec![state.to_owned()];
        judgement.miss(Why::NoJob { states, facets: String::new(), foreign: false, tried: false });
        return;
    }
    judgement.look(last.answer.index);
    judgement.find(foreign_state(walk, filter, at, state));
    judgement.find(left_out(story, walk, filter, state, due));
}

/// The jobs that a list must hold which was asked for one state: those that were seen in it before and stay there.
fn due<'t>(story: &Story<'t>, walk: &Walk<'_>, state: &str) -> Vec<&'t Reading> {
    // A list without pages may hold the latest jobs only.
    let is_paged = walk.first().is_some_and(|page| page.answer.operation.pagination.is_some());
    if !walk.is_complete || !is_paged {
        return Vec::new();
    }
    let mut seen = seen_before(story, walk);
    let Some(first) = walk.first().map(|page| page.answer) else { return Vec::new() };
    seen.retain(|reading| reading.state.as_deref() == Some(state) && is_settled(story, reading, first.index));
    seen
}

fn foreign_state(walk: &Walk<'_>, filter: &Filter, at: &Pointer, state: &str) -> Option<Finding> {
    let (page, place, other) = walk.items().find_map(|(page, place, item)| {
        at.text(item).filter(|found| *found != state).map(|found| (page, place, found))
    })?;
    let message = format!("the filter `{}` let another state through", filter.name);
    let pointer = collapse(page.body, &format!("{place}{}", at.as_str()));
    Some(
        Finding::new(page.answer.index, &filter.reference, message, state, other)
            .kind("other-state")
            .about(About::Member(filter.name.clone()))
            .at(pointer),
    )
}

fn left_out(
    story: &Story<'_>,
    walk: &Walk<'_>,
    filter: &Filter,
    state: &str,
    due: Vec<&Reading>,
) -> Option<Finding> {
    let last = walk.pages.last()?;
    let lost = missing(story, walk, due);
    let ids: Vec<&str> = lost.iter().map(|r| r.id.as_str()).collect();
    let message = format!("the filter `{}` left out a job in the state asked for", filter.name);
    let expected = format!("every job seen in {state}");
    let actual = format!("{} listed, without {}", walk.items().count(), cut(&ids.join(", ")));
    (!ids.is_empty()).then(|| {
        Finding::new(last.answer.index, &filter.reference, message, expected, actual)
            .kind("left-out")
            .about(About::Member(filter.name.clone()))
    })
}

/// Judges a list that was asked for in an order. One item alone is in every order.
fn ordered(
    judgement: &mut Judgement,
    story: &Story<'_>,
    walk: &Walk<'_>,
    filter: &Filter,
    at: &Pointer,
    falling: bool,
) {
    let shown: Vec<(&Page<'_>, &str, &Value)> = walk
        .items()
        .filter_map(|(page, place, item)| Some((page, place, at.first(item).filter(|v| !v.is_null())?)))
        .collect();
    if let (Some((page, _, _)), true) = (shown.last(), shown.len() > 1) {
        judgement.look(page.answer.index);
    }
    judgement.find(
        out_of_order(story, walk, filter, at, &shown, falling).map(|finding| finding.kind("out-of-order")),
    );
}

fn out_of_order(
    story: &Story<'_>,
    walk: &Walk<'_>,
    filter: &Filter,
    at: &Pointer,
    shown: &[(&Page<'_>, &str, &Value)],
    falling: bool,
) -> Option<Finding> {
    let read = |value| time(value, walk.shape(story.contract).timestamps.format);
    let times: Option<Vec<Timestamp>> = shown.iter().map(|(_, _, value)| read(value)).collect();
    let is_wrong = |left: usize, right: usize| match &times {
        Some(times) => times[if falling { right } else { left }] > times[if falling { left } else { right }],
        None => {
            let text = |index: usize| shown[index].2.as_str();
            let (low, high) = if falling { (right, left) } else { (left, right) };
            text(low).zip(text(high)).is_some_and(|(low, high)| low > high)
        }
    };
    let wrong = (1..shown.len()).find(|&index| is_wrong(index - 1, index))?;
    let (page, place, value) = shown[wrong];
    let message = format!("a list asked for in the order `{}` is in another", filter.name);
    let way = if falling { "no more" } else { "no less" };
    let expected = format!("{way} than {}, the item before", show(Some(shown[wrong - 1].2)));
    let pointer = collapse(page.body, &format!("{place}{}", at.as_str()));
    // How words sort is seldom documented: by letter, or by their place in the lifecycle.
    let at_most = if times.is_some() { Level::Fail } else { Level::Warn };
    Some(
        Finding::new(page.answer.index, &filter.reference, message, expected, show(Some(value)))
            .about(About::Member(filter.name.clone()))
            .at(pointer)
            .at_most(at_most),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use crate::rule::tool::lag::LAG;
    use rstest::rstest;
    use serde_json::json;

    fn list(script: Script, filter: &str, state: Option<&str>, jobs: &[Value]) -> Script {
        let mut view = script.view("ListIngestionJobs", None);
        view["body"] = json!({});
        script.call("ListIngestionJobs", view, 200, &json!({ "ingestionJobSummaries": jobs })).last(|e| {
            e.meant_mut().walk = Some(1);
            e.meant_mut().filter = Some((filter.to_owned(), state.map(str::to_owned)));
        })
    }

    #[rstest]
    #[case(&["FAILED", "FAILED"], 0)]
    #[case(&["FAILED", "COMPLETE"], 1)]
    fn only_the_state_asked_for(#[case] states: &[&str], #[case] expected: usize) {
        let script = Script::of("bedrock");
        let jobs: Vec<Value> =
            states.iter().map(|s| script.job("JOB0000001", &json!({"status": s}))).collect();
        let found = list(script, "status", Some("FAILED"), &jobs).findings(&FilterObeyed);
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[rstest]
    // A job that has ended in the state asked for must be there.
    #[case("FAILED", "FAILED", Some(1))]
    // An empty list shows nothing where no such job is known, or where the one that was seen may have gone on.
    #[case("FAILED", "COMPLETE", None)]
    #[case("IN_PROGRESS", "IN_PROGRESS", None)]
    fn and_all_of_it(#[case] seen: &str, #[case] wanted: &str, #[case] expected: Option<usize>) {
        let script = Script::of("bedrock").get("JOB0000001", &json!({"status": seen}));
        let asked = list(script, "status", Some(wanted), &[]);
        // A list may lag behind for some seconds.
        let soon = asked.judge(&FilterObeyed);
        assert!(!soon.is_judged());
        let judgement = asked
            .last(|e| {
                e.sent += LAG;
                e.received += LAG;
            })
            .judge(&FilterObeyed);
        assert_eq!(judgement.verdict().map(|found| found.len()), expected);
        assert_eq!(judgement.missing.is_empty(), expected.is_some());
    }

    #[test]
    fn a_job_that_stands_still_must_be_there_in_any_state() {
        let script = Script::of("bedrock").get("JOB0000001", &json!({"status": "IN_PROGRESS"}));
        let asked = list(script, "status", Some("IN_PROGRESS"), &[]).last(|e| {
            e.sent += LAG;
            e.received += LAG;
        });
        assert!(!asked.judge(&FilterObeyed).is_judged());
        let still = asked.known("JOB0000001", crate::exchange::Origin::Fixture);
        assert_eq!(still.findings(&FilterObeyed).len(), 1);
    }

    #[test]
    fn one_item_is_in_every_order() {
        let script = Script::of("bedrock");
        let jobs = [script.job("JOB0000001", &json!({}))];
        assert!(!list(script, "oldest-first", None, &jobs).judge(&FilterObeyed).is_judged());
    }

    #[rstest]
    #[case("oldest-first", &["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"], 0)]
    #[case("oldest-first", &["2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"], 1)]
    // By letter the first stands before the second; as points in time it comes later.
    #[case("newest-first", &["2026-01-01T01:00:00Z", "2026-01-01T01:30:00+02:00"], 0)]
    #[case("newest-first", &["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"], 1)]
    fn the_order_asked_for(#[case] order: &str, #[case] times: &[&str], #[case] expected: usize) {
        let script = Script::of("bedrock");
        let jobs: Vec<Value> = times
            .iter()
            .enumerate()
            .map(|(n, t)| script.job(&format!("JOB000000{n}"), &json!({"startedAt": t})))
            .collect();
        let found = list(script, order, None, &jobs).findings(&FilterObeyed);
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[test]
    fn a_filter_for_no_state_tells_nothing() {
        let script = list(Script::of("bedrock"), "status", None, &[]);
        assert!(!script.judge(&FilterObeyed).is_judged());
    }
}
