//! `listing/filter`.

use jiff::Timestamp;
use serde_json::Value;

use crate::contract::Contract;
use crate::contract::operation::{Filter, FilterEffect};
use crate::contract::pointer::Pointer;
use crate::exchange::reading::time;
use crate::rule::tool::seen_before::{missing, seen_before};
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::Story;
use crate::story::text::{collapse, cut, show};
use crate::story::walk::{Page, Walk};

static META: Meta = Meta {
    id: "listing/filter",
    title: "a list obeys its filter and its order",
    keyword: Keyword::Must,
    checks: "A list asked for one state holds jobs of that state only, and, walked to its end, all jobs that were seen to \
             have ended in it; a list asked for an order is in that order. Times compare as points in time.",
    why: "A client that asks for the failed jobs acts on all it is given: an ignored filter makes it retry, or delete, \
          what was in order.",
    fix: "Apply filter and order before the list is cut into pages, and refuse filters that are not known.",
    seeks: "",
};

/// A list obeys its filter and its order.
#[derive(Debug)]
pub struct FilterObeyed;

impl Rule for FilterObeyed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut looked_at, mut findings) = (0, Vec::new());
        for walk in story.walks() {
            let Some(first) = walk.first() else { continue };
            let Some((name, state)) = &first.answer.exchange.meant().filter else { continue };
            let Some(filter) = first.answer.operation.filters.iter().find(|f| f.name == *name) else {
                continue;
            };
            looked_at += 1;
            match (&filter.effect, state) {
                (FilterEffect::OnlyState(at), Some(state)) => {
                    findings.extend(foreign_state(&walk, filter, at, state));
                    findings.extend(left_out(&walk, filter, state, story));
                }
                (FilterEffect::OnlyState(_), None) => looked_at -= 1,
                (FilterEffect::Ascending(at), _) => {
                    findings.extend(out_of_order(&walk, filter, at, contract, false));
                }
                (FilterEffect::Descending(at), _) => {
                    findings.extend(out_of_order(&walk, filter, at, contract, true));
                }
            }
        }
        Judgement::of(looked_at, findings, "no list was asked for with a filter or an order")
    }
}

fn foreign_state(walk: &Walk<'_>, filter: &Filter, at: &Pointer, state: &str) -> Option<Finding> {
    let (page, place, other) = walk.items().find_map(|(page, place, item)| {
        at.text(item).filter(|found| *found != state).map(|found| (page, place, found))
    })?;
    let message = format!("the filter `{}` let another state through", filter.name);
    let pointer = collapse(page.body, &format!("{place}{}", at.as_str()));
    Some(Finding::new(page.answer.index, &filter.reference, message, state, other).at(pointer))
}

fn left_out(walk: &Walk<'_>, filter: &Filter, state: &str, story: &Story<'_>) -> Option<Finding> {
    let contract = story.contract;
    let last = walk.pages.last().filter(|_| walk.is_complete)?;
    if !contract.facts.lifecycle.is_terminal(state) || last.answer.operation.pagination.is_none() {
        return None;
    }
    let mut seen = seen_before(story, walk);
    seen.retain(|reading| reading.state.as_deref() == Some(state));
    let lost = missing(story, walk, seen);
    let ids: Vec<&str> = lost.iter().map(|r| r.id.as_str()).collect();
    let message = format!("the filter `{}` left out a job in the state asked for", filter.name);
    let expected = format!("every job seen in {state}");
    let actual = format!("{} listed, without {}", walk.items().count(), cut(&ids.join(", ")));
    (!ids.is_empty()).then(|| Finding::new(last.answer.index, &filter.reference, message, expected, actual))
}

fn out_of_order(
    walk: &Walk<'_>,
    filter: &Filter,
    at: &Pointer,
    contract: &Contract,
    falling: bool,
) -> Option<Finding> {
    let shown: Vec<(&Page<'_>, &str, &Value)> = walk
        .items()
        .filter_map(|(page, place, item)| Some((page, place, at.first(item).filter(|v| !v.is_null())?)))
        .collect();
    let read = |value| time(value, walk.shape(contract).timestamps.format);
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
            .at(pointer)
            .at_most(at_most),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
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
    #[case("FAILED", 1)]
    #[case("COMPLETE", 0)]
    fn and_all_of_it(#[case] state: &str, #[case] expected: usize) {
        let script = Script::of("bedrock").get("JOB0000001", &json!({"status": "FAILED"}));
        assert_eq!(list(script, "status", Some(state), &[]).findings(&FilterObeyed).len(), expected);
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
