//! `listing/walks-agree`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::rule::{Finding, Judgement, Keyword, Meta, Rule, Why};
use crate::story::Story;
use crate::story::text::cut;
use crate::story::walk::{Walk, size_asked};

static META: Meta = Meta {
    id: "listing/walks-agree",
    title: "walks by pages of different sizes hold the same items",
    keyword: Keyword::Must,
    checks: "A list walked by small pages holds the items that it holds walked by pages of another size before and after. Where \
             those two walks differ from each other the list itself changed, and nothing is said.",
    why: "An item that is lost where two pages meet is missed by every client with that page size, and by no test that \
          fits on one page.",
    fix: "Let each page begin exactly where the last one ended, whatever the size asked for.",
    seeks: "a list walked by small pages, between two walks by larger ones",
};

/// The rule.
#[derive(Debug)]
pub struct WalksAgree;

impl Rule for WalksAgree {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        let walks: Vec<&Walk<'_>> = story.walks().iter().filter(|walk| walk.is_driven).collect();
        for (place, walk) in walks.iter().enumerate() {
            let is_other = |other: &&&Walk<'_>| is_alike(walk, other) && size(other) != size(walk);
            let before = walks[..place].iter().rev().find(is_other);
            let after = walks[place + 1..].iter().find(is_other);
            let (Some(before), Some(after)) = (before, after) else { continue };
            // The walk between is that by small pages.
            if walk.pages.len() <= before.pages.len() || size(before) != size(after) {
                continue;
            }
            let gave_up = walk.pages.iter().any(|page| page.answer.exchange.meant().gave_up);
            if !(before.is_complete && walk.is_complete && after.is_complete) {
                if gave_up {
                    judgement.miss(no_way("the list is too long to be walked by small pages"));
                }
                continue;
            }
            let (all, same) = (items(story, before), items(story, after));
            if all != same {
                judgement.miss(no_way("the list changed while it was walked"));
                continue;
            }
            let Some(last) = walk.pages.last() else { continue };
            judgement.look(last.answer.index);
            judgement.find(differs(walk, &all, &items(story, walk)));
        }
        judgement
    }
}

fn no_way(what: &str) -> Why {
    Why::NoWay { what: what.to_owned() }
}

fn size(walk: &Walk<'_>) -> Option<u64> {
    let first = walk.first()?;
    size_asked(first.answer.operation.pagination.as_ref()?, first.answer.exchange)
}

/// Whether two walks ask for the same list.
fn is_alike(one: &Walk<'_>, other: &Walk<'_>) -> bool {
    let (Some(one), Some(other)) = (one.first(), other.first()) else { return false };
    let (one, other) = (one.answer, other.answer);
    let (asked, meant) = (&one.exchange.asked, one.exchange.meant());
    let (asked_by_other, meant_by_other) = (&other.exchange.asked, other.exchange.meant());
    one.name == other.name
        && asked.job == asked_by_other.job
        && asked.parents == asked_by_other.parents
        && meant.filter == meant_by_other.filter
        && meant.identity == meant_by_other.identity
}

/// The items of a walk by id, each with what shows that it moved: its state, and when it last changed.
fn items<'t>(story: &Story<'_>, walk: &Walk<'t>) -> BTreeMap<String, [Option<&'t Value>; 2]> {
    let Some(id) = walk.id(story.contract) else { return BTreeMap::new() };
    let shape = walk.shape(story.contract);
    let has_jobs = walk.has_jobs();
    let told = |item: &'t Value| {
        let updated = shape.timestamps.updated.as_ref().and_then(|at| at.first(item));
        [shape.state.first(item), updated].map(|value| value.filter(|_| has_jobs))
    };
    let items = walk.items().filter_map(|(_, _, item)| Some((id_of(id.first(item)?), told(item))));
    items.collect()
}

fn id_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn differs(
    walk: &Walk<'_>,
    all: &BTreeMap<String, [Option<&Value>; 2]>,
    small: &BTreeMap<String, [Option<&Value>; 2]>,
) -> Option<Finding> {
    let last = walk.pages.last()?;
    let paging = last.answer.operation.pagination.as_ref()?;
    let only_in = |these: &BTreeMap<String, _>, others: &BTreeMap<String, _>| -> Vec<String> {
        these.keys().filter(|id| !others.contains_key(*id)).cloned().collect()
    };
    let (lost, more) = (only_in(all, small), only_in(small, all));
    let (kind, message, ids) = match (lost.is_empty(), more.is_empty()) {
        (true, true) => return None,
        (false, _) => ("lost", "an item is on none of the small pages of a list that holds it", lost),
        (true, false) => {
            ("only-on-small-pages", "an item is on the small pages of a list, and not on larger ones", more)
        }
    };
    let expected = format!("the same {} items", all.len());
    let with = if kind == "lost" { "without" } else { "with" };
    let actual = format!("{} items, {with} {}", small.len(), cut(&ids.join(", ")));
    let finding = Finding::new(last.answer.index, &paging.reference, message.to_owned(), expected, actual);
    Some(finding.kind(kind).at(last.answer.operation.list()?.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    /// One walk: each page is written as the numbers of its jobs.
    fn walk(mut script: Script, number: usize, size: Option<u64>, pages: &[&str]) -> Script {
        for (index, page) in pages.iter().enumerate() {
            let jobs: Vec<Value> =
                page.split_whitespace().map(|id| script.job(id, &json!({"status": "COMPLETE"}))).collect();
            let token = (index + 1 < pages.len()).then(|| format!("{number}-{index}"));
            let mut view = script.view("ListIngestionJobs", None);
            view["body"] = json!({});
            if let Some(size) = size {
                view["body"]["maxResults"] = json!(size);
            }
            if index > 0 {
                view["body"]["nextToken"] = json!(format!("{number}-{}", index - 1));
            }
            let body = json!({"ingestionJobSummaries": jobs, "nextToken": token});
            script = script
                .call("ListIngestionJobs", view, 200, &body)
                .last(|e| e.meant_mut().walk = Some(number));
        }
        script
    }

    fn walks(before: &[&str], small: &[&str], after: &[&str]) -> Script {
        let script = walk(Script::of("bedrock"), 1, None, before);
        walk(walk(script, 2, Some(2), small), 3, None, after)
    }

    #[rstest]
    #[case(&["A B C"], &["A B", "C"], &["A B C"], Some(None))]
    #[case(&["A B C"], &["C A", "B"], &["A B C"], Some(None))]
    #[case(&["A B C"], &["A", "C"], &["A B C"], Some(Some("lost")))]
    #[case(&["A B C"], &["A B", "C D"], &["A B C"], Some(Some("only-on-small-pages")))]
    // The list changed.
    #[case(&["A B C"], &["A B", "C"], &["A B C D"], None)]
    #[case(&["A B C"], &["A B", "D"], &["A B D"], None)]
    // One page has no seam.
    #[case(&["A B"], &["A"], &["A B"], None)]
    fn small_pages_hold_the_same(
        #[case] before: &[&str],
        #[case] small: &[&str],
        #[case] after: &[&str],
        #[case] expected: Option<Option<&str>>,
    ) {
        let found = walks(before, small, after).judge(&WalksAgree).verdict();
        assert_eq!(found.map(|found| found.first().map(|f| f.kind)), expected);
    }

    #[test]
    fn walks_that_broke_off_and_those_of_one_size_are_not_compared() {
        let script = walk(Script::of("bedrock"), 1, Some(2), &["A B", "C"]);
        let script = walk(walk(script, 2, Some(2), &["A", "C"]), 3, Some(2), &["A B", "C"]);
        assert!(!script.judge(&WalksAgree).is_judged());
        let broken = walks(&["A B C"], &["A B", "C"], &["A B C"]);
        let broken = broken.last(|e| e.outcome.as_mut().unwrap().status = 500);
        assert!(!broken.judge(&WalksAgree).is_judged());
    }
}
