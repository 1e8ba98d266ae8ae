//! `listing/pages-partition`.

use std::collections::BTreeMap;

use crate::contract::Contract;
use crate::contract::operation::{PageStyle, Pagination};
use crate::exchange::reading::number;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::Story;
use crate::story::text::collapse;
use crate::story::walk::{Page, Walk};

static META: Meta = Meta {
    id: "listing/pages-partition",
    title: "the pages of a list hold every item once",
    keyword: Keyword::Must,
    checks: "Over one walk no item appears twice, and a total, where the list gives one, equals the number of items. Where \
             the total changes on the way the list itself changed, and nothing is said.",
    why: "Clients that add pages up count jobs twice or lose them when pages overlap or leave gaps.",
    fix: "Order the list by something that does not change, and let each page begin where the last one ended.",
    seeks: "a list with items",
};

/// The rule.
#[derive(Debug)]
pub struct PagesPartition;

impl Rule for PagesPartition {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for walk in story.walks() {
            let with_items = walk.pages.iter().filter(|page| !page.items.is_empty());
            with_items.for_each(|page| judgement.look(page.answer.index));
            let totals: Vec<i128> = walk.pages.iter().filter_map(total).collect();
            if totals.windows(2).any(|pair| pair[0] != pair[1]) {
                continue;
            }
            judgement.find(repeated(walk, contract, totals.len() == walk.pages.len()));
            judgement.find(totals.first().and_then(|total| miscounted(walk, *total)));
        }
        judgement
    }
}

fn total(page: &Page<'_>) -> Option<i128> {
    number(page.answer.operation.pagination.as_ref()?.total.as_ref()?.first(page.body)?)
}

fn repeated(walk: &Walk<'_>, contract: &Contract, has_totals: bool) -> Option<Finding> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let (page, at, job, first) = walk.items().find_map(|(page, at, item)| {
        let (place, id) = walk.shown_id(contract, item)?;
        let job = id.as_str()?;
        let first = seen.insert(job, page.answer.index)?;
        Some((page, format!("{at}{}", place.as_str()), job, first))
    })?;
    let paging = page.answer.operation.pagination.as_ref();
    let is_bare = paging.is_none() && !walk.has_jobs();
    let (kind, message, at_most) = if first == page.answer.index && is_bare {
        // That an id is of one item only is said of jobs, and of what comes in pages.
        ("twice-on-one-page", "an item stands twice on one page", Level::Warn)
    } else if first == page.answer.index {
        ("twice-on-one-page", "an item stands twice on one page", Level::Fail)
    } else if has_totals || paging.is_some_and(|p| matches!(p.style, PageStyle::Token(_))) {
        ("on-two-pages", "an item stands on two pages of one walk", Level::Fail)
    } else {
        // Counted pages shift when somebody starts a job on the way, and without a total nothing shows that.
        ("on-two-pages", "an item stands on two pages of one walk", Level::Warn)
    };
    let actual = format!("{job} again");
    let pointer = collapse(page.body, &at);
    Some(
        Finding::new(
            page.answer.index,
            reference(page, paging),
            message.to_owned(),
            "each item once",
            actual,
        )
        .kind(kind)
        .at(pointer)
        .at_most(at_most),
    )
}

fn miscounted(walk: &Walk<'_>, total: i128) -> Option<Finding> {
    let last = walk.pages.last()?;
    let paging = last.answer.operation.pagination.as_ref()?;
    let count = walk.items().count();
    if !walk.is_complete || i128::try_from(count) == Ok(total) {
        return None;
    }
    let message = "the total of a list is not the number of its items".to_owned();
    let (expected, actual) = (format!("{count}, the number of items"), total.to_string());
    let finding = Finding::new(last.answer.index, &paging.reference, message, expected, actual);
    Some(finding.kind("other-total").at(paging.total.as_ref()?.as_str()))
}

fn reference<'t>(page: &Page<'t>, paging: Option<&'t Pagination>) -> &'t str {
    paging.map_or(&page.answer.operation.reference, |paging| &paging.reference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn page(script: Script, number: u64, ids: &[&str], total: u64, pages: u64) -> Script {
        let jobs: Vec<Value> = ids.iter().map(|id| script.job(id, &json!({}))).collect();
        let body = json!({"jobs": jobs, "meta": {"total": total, "pages": pages, "page": number}});
        let view = json!({"path": {}, "query": {"page": number, "per_page": 2}});
        script.call("ListIndexingJobs", view, 200, &body).last(|e| e.meant_mut().walk = Some(1))
    }

    #[rstest]
    #[case(&["a", "b"], &["c"], 3, 3, 0)]
    #[case(&["a", "b"], &["b"], 3, 3, 1)]
    #[case(&["a", "a"], &["b"], 3, 3, 1)]
    #[case(&["a", "b"], &["c"], 4, 4, 1)]
    // A job was started on the way: what stood last on the first page stands first on the second.
    #[case(&["a", "b"], &["b", "c"], 3, 4, 0)]
    fn pages_partition(
        #[case] one: &[&str],
        #[case] two: &[&str],
        #[case] first_total: u64,
        #[case] then: u64,
        #[case] expected: usize,
    ) {
        let script = page(Script::of("digitalocean"), 1, one, first_total, 2);
        let found = page(script, 2, two, then, 2).findings(&PagesPartition);
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[rstest]
    #[case(Some(3), Level::Fail)]
    #[case(None, Level::Warn)]
    fn without_totals_a_job_may_have_been_started_on_the_way(
        #[case] total: Option<u64>,
        #[case] expected: Level,
    ) {
        let script = [(1, ["a", "b"]), (2, ["b", "c"])].iter().fold(
            Script::of("digitalocean"),
            |script, (number, ids)| {
                let jobs: Vec<Value> = ids.iter().map(|id| script.job(id, &json!({}))).collect();
                let body = json!({"jobs": jobs, "meta": {"total": total, "pages": 2, "page": number}});
                let view = json!({"path": {}, "query": {"page": number, "per_page": 2}});
                script.call("ListIndexingJobs", view, 200, &body).last(|e| e.meant_mut().walk = Some(1))
            },
        );
        assert_eq!(script.findings(&PagesPartition)[0].at_most, expected);
    }
}
