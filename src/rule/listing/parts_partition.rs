//! `listing/parts-partition`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::contract::around::Parts;
use crate::exchange::Reading;
use crate::exchange::reading::number;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule, Why};
use crate::story::Story;
use crate::story::text::show;

static META: Meta = Meta {
    id: "listing/parts-partition",
    title: "the pages of a list inside a job hold every item once, and do not change the job",
    keyword: Keyword::Must,
    checks: "In one walk through the pages of a job that has ended, every page shows the same state and no more items \
             than asked for, no item comes twice, and the walk has the items of one page that holds them all. A first page for which \
             no size is asked holds as many items as documented, where the job has more.",
    why: "Clients count on every document being on one page, and read the job's state from whichever page they asked \
          for last.",
    fix: "Cut the pages from one ordered list of the job's items, and take the state from the job.",
    seeks: "a job that has ended, on more than one page",
};

/// The rule.
#[derive(Debug)]
pub struct PartsPartition;

/// One page: its reading, its size and its items' ids.
struct Page<'t> {
    reading: &'t Reading,
    size: u64,
    /// Whether the request asks for that size; otherwise it is the documented default.
    is_asked: bool,
    number: u64,
    ids: Vec<String>,
}

impl Rule for PartsPartition {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut walks: BTreeMap<(usize, &str), (&Parts, Vec<Page<'_>>)> = BTreeMap::new();
        for reading in story.readings() {
            let operation = contract.facts.operations.get(&reading.operation);
            let exchange = story.exchanges.get(reading.exchange);
            let (Some(parts), Some(exchange)) = (operation.and_then(|o| o.parts.as_ref()), exchange) else {
                continue;
            };
            let Some(walk) = exchange.meant().walk else { continue };
            let asked = |at: &crate::contract::pointer::Pointer| {
                at.first(&exchange.asked.view).and_then(number).and_then(|n| u64::try_from(n).ok())
            };
            let items = parts.at.join("/*").select(&reading.job);
            let size = asked(&parts.size);
            let page = Page {
                reading,
                size: size.unwrap_or(parts.default_size),
                is_asked: size.is_some(),
                number: asked(&parts.page).unwrap_or(1),
                ids: items.iter().filter_map(|(_, item)| parts.id.text(item).map(str::to_owned)).collect(),
            };
            walks.entry((walk, reading.id.as_str())).or_insert((parts, Vec::new())).1.push(page);
        }
        let ended = |page: &Page<'_>| {
            page.reading.state.as_ref().is_some_and(|state| contract.facts.lifecycle.is_terminal(state))
        };
        walks.retain(|_, (_, pages)| pages.first().is_some_and(ended));
        // One page that holds them all, by job.
        let whole: BTreeMap<&str, BTreeSet<&String>> = walks
            .iter()
            .filter(|(_, (_, pages))| pages.len() == 1 && is_short(&pages[0]))
            .map(|((_, job), (_, pages))| (*job, pages[0].ids.iter().collect()))
            .collect();
        let mut judgement = Judgement::default();
        for ((_, job), (parts, pages)) in &walks {
            if pages.len() > 1 {
                judgement.look(pages[0].reading.exchange);
                judgement.find(examine(story, parts, pages, whole.get(job)));
            } else if let ([page], Some(all)) = (pages.as_slice(), whole.get(job))
                && !page.is_asked
                && page.number == 1
                && all.len() as u64 > page.size
            {
                judgement.look(page.reading.exchange);
                judgement.find(of_default_size(story, parts, page));
            }
        }
        if !judgement.is_judged() && !walks.is_empty() {
            judgement
                .miss(Why::NoWay { what: "no job that has ended has more parts than one page".to_owned() });
        }
        judgement
    }
}

fn is_short(page: &Page<'_>) -> bool {
    page.is_asked && page.number == 1 && (page.ids.len() as u64) < page.size
}

/// What is wrong with the first page of a job with more items than fit, where no size was asked for.
fn of_default_size(story: &Story<'_>, parts: &Parts, page: &Page<'_>) -> Option<Finding> {
    let shown = page.ids.len() as u64;
    (shown != page.size).then(|| {
        let message = "a page for which no size was asked holds another number of items than documented";
        let (expected, actual) = (page.size.to_string(), shown.to_string());
        let exchange = page.reading.exchange;
        let finding = Finding::new(exchange, &parts.reference, message.to_owned(), expected, actual);
        finding.kind("default-size").at(story.place(page.reading, parts.at.as_str()))
    })
}

/// What is wrong with the pages of one walk; the first thing only.
fn examine(
    story: &Story<'_>,
    parts: &Parts,
    pages: &[Page<'_>],
    whole: Option<&BTreeSet<&String>>,
) -> Option<Finding> {
    let contract = story.contract;
    let first = pages.first()?;
    let at = |page: &Page<'_>, below: &str| story.place(page.reading, below);
    if let Some(other) = pages.iter().find(|page| page.reading.state != first.reading.state) {
        let text = |page: &Page<'_>| page.reading.state.clone().unwrap_or_else(|| "no state".into());
        let message = "a job that has ended is in another state on another page".to_owned();
        let finding =
            Finding::new(other.reading.exchange, &parts.reference, message, text(first), text(other))
                .kind("other-state");
        let state = contract.shape_of(&other.reading.operation).state.as_str();
        return Some(finding.at(at(other, state)));
    }
    if let Some(page) = pages.iter().find(|page| page.ids.len() as u64 > page.size) {
        let message = "a page holds more items than asked for".to_owned();
        let (most, number) = (format!("at most {}", page.size), page.ids.len().to_string());
        let finding = Finding::new(page.reading.exchange, &parts.reference, message, most, number)
            .kind("too-many-items");
        return Some(finding.at(at(page, parts.at.as_str())));
    }
    let mut seen = BTreeSet::new();
    for page in pages {
        if let Some(twice) = page.ids.iter().find(|id| !seen.insert(*id)) {
            let message = "an item is on the pages of a job twice".to_owned();
            let twice = show(Some(&Value::from(twice.as_str())));
            let finding =
                Finding::new(page.reading.exchange, &parts.agrees_ref, message, "each item once", twice)
                    .kind("item-twice");
            return Some(finding.at(at(page, parts.at.as_str())));
        }
    }
    let last = pages.last()?;
    let is_complete = first.number == 1 && (last.ids.len() as u64) < last.size;
    let lost = whole.filter(|_| is_complete)?.difference(&seen).next().copied()?;
    let message = "an item of a job is on none of its pages".to_owned();
    let lost = show(Some(&Value::from(lost.as_str())));
    let finding =
        Finding::new(last.reading.exchange, &parts.agrees_ref, message, lost, "absent").kind("item-lost");
    Some(finding.at(at(last, parts.at.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::operation::Role;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    /// A walk of pages of two, after one page with all of three documents. A page is written as its state and the
    /// numbers of its documents.
    fn walk(pages: &[&str]) -> Script {
        let mut script = page(Script::of("bailian"), 1, 1, 1_000, "COMPLETED 1 2 3");
        for (number, written) in (1..).zip(pages) {
            script = page(script, 2, number, 2, written);
        }
        script
    }

    fn page(script: Script, walk: usize, number: u64, size: impl Into<Option<u64>>, written: &str) -> Script {
        let (state, ids) = written.split_once(' ').unwrap_or((written, ""));
        let (get, operation) = script.contract.of_role(Role::Get).next().unwrap();
        let (get, parts) = (get.to_owned(), operation.parts.clone().unwrap());
        let documents: Vec<Value> =
            ids.split_whitespace().map(|id| json!({"DocId": id, "Status": "FINISH"})).collect();
        let job = script.job("66122af1", &json!({"Status": state, "Documents": documents}));
        let mut view = script.view(&get, Some("66122af1"));
        parts.page.put(&mut view, json!(number));
        if let Some(size) = size.into() {
            parts.size.put(&mut view, json!(size));
        }
        script.call(&get, view, 200, &json!({"Data": job})).last(|e| e.meant_mut().walk = Some(walk))
    }

    #[rstest]
    #[case(&["COMPLETED 1 2", "COMPLETED 3"], None)]
    #[case(&["COMPLETED 3 1", "COMPLETED 2", "COMPLETED"], None)]
    #[case(&["COMPLETED 1 2", "RUNNING 3"], Some("a job that has ended is in another state on another page"))]
    #[case(&["COMPLETED 1 2", "COMPLETED 2"], Some("an item is on the pages of a job twice"))]
    #[case(&["COMPLETED 1 2 3", "COMPLETED"], Some("a page holds more items than asked for"))]
    #[case(&["COMPLETED 1 2", "COMPLETED"], Some("an item of a job is on none of its pages"))]
    #[case(&["COMPLETED 1 2", "COMPLETED 3 4"], None)]
    fn pages_partition(#[case] pages: &[&str], #[case] expected: Option<&str>) {
        let found = walk(pages).findings(&PartsPartition);
        assert_eq!(found.first().map(|f| f.message.as_str()), expected);
    }

    /// The numbers of so many documents, after the state.
    fn many(count: usize) -> String {
        (1..=count).fold("COMPLETED".to_owned(), |text, number| format!("{text} {number}"))
    }

    #[rstest]
    #[case(12, 10, None)]
    #[case(12, 12, Some("default-size"))]
    #[case(12, 9, Some("default-size"))]
    #[case(11, 10, None)]
    fn a_page_of_no_size_has_the_default_one(
        #[case] all: usize,
        #[case] shown: usize,
        #[case] kind: Option<&str>,
    ) {
        let script = page(Script::of("bailian"), 1, 1, 1_000, &many(all));
        let script = page(script, 2, 1, None, &many(shown));
        let found = script.findings(&PartsPartition);
        assert_eq!(found.first().map(|f| f.kind), kind);
        assert!(found.iter().all(|f| script.level(&PartsPartition, f) == crate::rule::Level::Fail));
    }

    #[rstest]
    // Nobody knows whether there are more than fit.
    #[case(1_000, 10, 10)]
    #[case(12, 12, 10)]
    fn a_page_of_no_size_says_nothing_alone(#[case] size: u64, #[case] all: usize, #[case] shown: usize) {
        let script = page(Script::of("bailian"), 1, 1, size, &many(all));
        assert!(!page(script, 2, 1, None, &many(shown)).judge(&PartsPartition).is_judged());
    }

    #[test]
    fn a_page_of_no_size_does_not_hold_them_all() {
        let script = page(Script::of("bailian"), 1, 1, None, &many(3));
        let script = page(page(script, 2, 1, 2, "COMPLETED 1 2"), 2, 2, 2, "COMPLETED");
        assert_eq!(script.findings(&PartsPartition), []);
    }

    #[test]
    fn a_job_that_goes_on_may_change() {
        let script = walk(&["RUNNING 1 2", "COMPLETED 1 2"]);
        assert!(!script.judge(&PartsPartition).is_judged());
    }

    #[test]
    fn a_full_page_may_not_hold_them_all() {
        let script = page(Script::of("bailian"), 1, 1, 3, "COMPLETED 1 2 3");
        let script = page(page(script, 2, 1, 2, "COMPLETED 1 2"), 2, 2, 2, "COMPLETED 4");
        assert_eq!(script.findings(&PartsPartition), []);
    }
}
