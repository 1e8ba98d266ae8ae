//! `listing/page-facts`.

use serde_json::Value;

use crate::contract::operation::{LinkName, PageNumberStyle, PageStyle, Pagination};
use crate::contract::pointer::Pointer;
use crate::exchange::reading::number;
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::walk::{Page, page, size_asked};

static META: Meta = Meta {
    id: "listing/page-facts",
    title: "what a page says of itself is so",
    keyword: Keyword::Must,
    checks: "The number, size and count of items that a page of a list states are those of the page that was asked for and \
             came, the number of pages is that of the total, and each link leads to the page it is named for. Links are \
             compared by the page's number only.",
    why: "Clients follow links and count pages by what the page says: a link that leads elsewhere skips jobs, or reads \
          some twice.",
    fix: "Work out numbers and links from the page that is sent, after sizes were made smaller and filters applied.",
    seeks: "a page of a list that says something of itself",
};

/// The rule.
#[derive(Debug)]
pub struct PageFacts;

impl Rule for PageFacts {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for answer in story.answers() {
            let is_meant = answer.operation.list().is_some() && answer.exchange.meant().probe.is_none();
            let Some(paging) = answer.operation.pagination.as_ref().filter(|_| is_meant) else { continue };
            let Some(page) = page(*answer) else { continue };
            let facts = stated(paging, &page);
            if !facts.is_empty() {
                judgement.look(answer.index);
            }
            let wrong = facts.into_iter().filter(|fact| !fact.right.contains(&fact.stated));
            judgement.find(wrong.map(|fact| {
                let message = format!("a page of a list states a wrong {}", fact.what);
                let right: Vec<String> = fact.right.iter().map(ToString::to_string).collect();
                let actual = fact.stated.to_string();
                let finding =
                    Finding::new(answer.index, &paging.reference, message, right.join(" or "), actual);
                finding.kind(fact.kind).about(About::Member(fact.what.to_owned())).at(fact.at.as_str())
            }));
        }
        judgement
    }
}

/// Something that a page states of itself.
struct Fact<'c> {
    kind: &'static str,
    what: &'static str,
    at: &'c Pointer,
    stated: i128,
    /// What it may be.
    right: Vec<i128>,
}

/// All that a page states and that is known to be right or wrong.
fn stated<'c>(paging: &'c Pagination, page: &Page<'_>) -> Vec<Fact<'c>> {
    let mut facts = Vec::new();
    let mut add = |kind, what, at: Option<&'c Pointer>, right: Vec<i128>| {
        if let Some((at, stated)) = at.and_then(|at| Some((at, number(at.first(page.body)?)?))) {
            facts.push(Fact { kind, what, at, stated, right });
        }
    };
    let view = &page.answer.exchange.asked.view;
    let items = i128::try_from(page.items.len()).unwrap_or_default();
    add("other-count", "number of its items", paging.count.as_ref(), vec![items]);
    let size = size_of(paging, page);
    if let (Some(fact), Some(size)) = (&paging.size, size) {
        add("other-size", "size", fact.response.as_ref(), vec![size]);
    }
    match &paging.style {
        PageStyle::Token(_) => {}
        PageStyle::Offset(style) => {
            let asked = style.request.first(view).map_or(Some(0), number);
            if let Some(asked) = asked.filter(|asked| *asked >= 0) {
                add("other-offset", "offset", style.response.as_ref(), vec![asked]);
            }
        }
        PageStyle::Page(style) => {
            let Some(here) = here(style, view) else { return facts };
            add("other-number", "number", style.number.as_ref(), vec![here]);
            let total = paging.total.as_ref().and_then(|at| at.first(page.body)).and_then(number);
            if let (Some(total), Some(size)) = (total.filter(|total| *total >= 0), size) {
                let pages = (total + size - 1) / size;
                // A list with nothing in it has no page, or an empty one.
                let right = if pages == 0 { vec![0, 1] } else { vec![pages] };
                add("other-pages", "number of pages", style.pages.as_ref(), right);
            }
            facts.extend(links(style, page, here));
        }
    }
    facts
}

/// The size of the page that was asked for, where it is known how large that may be.
fn size_of(paging: &Pagination, page: &Page<'_>) -> Option<i128> {
    let size = paging.size.as_ref()?;
    let asked = size_asked(paging, page.answer.exchange);
    let known = match (asked, size.max) {
        (Some(asked), Some(most)) => Some(asked).filter(|asked| *asked <= most),
        // Nobody says up to which size a server does as it is asked.
        (Some(_), None) => None,
        (None, _) => size.default,
    };
    known.filter(|size| *size > 0).map(i128::from)
}

/// The number of the page that was asked for.
fn here(style: &PageNumberStyle, view: &Value) -> Option<i128> {
    style.request.first(view).filter(|v| !v.is_null()).map_or(Some(1), number).filter(|here| *here > 0)
}

/// Where the links of a page lead.
fn links<'c>(style: &'c PageNumberStyle, page: &Page<'_>, here: i128) -> Vec<Fact<'c>> {
    let pages = style.pages.as_ref().and_then(|at| at.first(page.body)).and_then(number);
    // From a page beyond the last one nobody knows where links lead.
    if pages.is_some_and(|pages| here > pages) {
        return Vec::new();
    }
    let others = style.links.iter().filter_map(|(name, at)| {
        let (what, leads_to) = match name {
            LinkName::First => ("link to the first page", Some(1)),
            LinkName::Previous => ("link to the page before", Some(here - 1)),
            LinkName::Last => ("link to the last page", pages),
        };
        Some((what, at, leads_to?))
    });
    let next = style.next_link.iter().map(|at| ("link to the next page", at, here + 1));
    let name = style.request.as_str().strip_prefix("/query/").unwrap_or_default();
    next.chain(others)
        .filter_map(|(what, at, leads_to)| {
            let stated = leads_where(at.text(page.body)?, name)?;
            Some(Fact { kind: "other-link", what, at, stated, right: vec![leads_to] })
        })
        .collect()
}

/// The number of the page that a link leads to, where it says so in the query.
fn leads_where(link: &str, name: &str) -> Option<i128> {
    let (_, query) = link.split('#').next()?.split_once('?')?;
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    /// The second of three pages of two.
    fn second(change: &Value) -> Vec<&'static str> {
        let script = Script::of("digitalocean");
        let jobs = [script.job("a", &json!({})), script.job("b", &json!({}))];
        let link = |page: u8| format!("https://api.example/v2/jobs?per_page=2&page={page}");
        let mut body = json!({
            "jobs": jobs,
            "meta": {"total": 5, "pages": 3, "page": 2},
            "links": {"pages": {"first": link(1), "previous": link(1), "next": link(3), "last": link(3)}},
        });
        for (at, value) in change.as_object().unwrap() {
            Pointer::new(at).put(&mut body, value.clone());
        }
        let view = json!({"path": {}, "query": {"page": 2, "per_page": 2}});
        let script = script.call("ListIndexingJobs", view, 200, &body);
        script.findings(&PageFacts).iter().map(|finding| finding.kind).collect()
    }

    #[rstest]
    #[case(json!({}), &[])]
    #[case(json!({"/meta/page": 1}), &["other-number"])]
    #[case(json!({"/meta/pages": 2}), &["other-pages", "other-link"])]
    #[case(json!({"/links/pages/next": "https://api.example/v2/jobs?page=4&per_page=2"}), &["other-link"])]
    #[case(json!({"/links/pages/previous": "?page=2"}), &["other-link"])]
    // What cannot be read says nothing, and a link may be written in any way.
    #[case(json!({"/links/pages/next": "cursor:3"}), &[])]
    #[case(json!({"/links/pages/first": "/v2/jobs?per_page=2"}), &[])]
    #[case(json!({"/meta/page": "2"}), &[])]
    #[case(json!({"/meta/page": null}), &[])]
    fn a_page_says_what_it_is(#[case] change: Value, #[case] expected: &[&str]) {
        assert_eq!(second(&change), expected);
    }

    #[rstest]
    #[case(0, true)]
    #[case(1, true)]
    #[case(2, false)]
    fn an_empty_list_has_no_page_or_one(#[case] pages: u8, #[case] is_right: bool) {
        let body = json!({"jobs": [], "meta": {"total": 0, "pages": pages}});
        let script = Script::of("digitalocean").call("ListIndexingJobs", json!({"path": {}}), 200, &body);
        assert_eq!(script.findings(&PageFacts).is_empty(), is_right);
    }

    #[test]
    fn a_page_beyond_the_last_one_and_a_size_above_the_largest_are_left_alone() {
        let body = json!({"jobs": [], "meta": {"total": 5, "pages": 3}, "links": {"pages": {"previous": "?page=3"}}});
        let view = json!({"path": {}, "query": {"page": 9, "per_page": 999}});
        let script = Script::of("digitalocean").call("ListIndexingJobs", view, 200, &body);
        assert!(!script.judge(&PageFacts).is_judged());
    }
}
