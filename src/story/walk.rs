//! A walk through the pages of one list.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Answer, Story};
use crate::contract::Contract;
use crate::contract::job::JobShape;
use crate::contract::operation::{FilterEffect, Operation, PageStyle, Pagination};
use crate::contract::pointer::{Pointer, escape};
use crate::exchange::Exchange;
use crate::exchange::reading::number;

/// One page of a list.
pub(crate) struct Page<'t> {
    pub(crate) answer: Answer<'t>,
    pub(crate) body: &'t Value,
    /// The items, each with its place in the body.
    pub(crate) items: Vec<(String, &'t Value)>,
    /// Whether nothing says that another page follows.
    pub(crate) is_last: bool,
}

/// The pages that were asked for one after the other; a list request that belongs to no walk is a walk of its own.
pub(crate) struct Walk<'t> {
    pub(crate) pages: Vec<Page<'t>>,
    /// Whether its sender walked on purpose, and so knows the filter.
    pub(crate) is_driven: bool,
    /// Whether it goes from the first page to the last.
    pub(crate) is_complete: bool,
    /// Whether the last request of the walk got a page.
    pub(crate) is_unbroken: bool,
}

impl<'t> Walk<'t> {
    /// The first page; a walk has one at least.
    pub(crate) fn first(&self) -> Option<&Page<'t>> {
        self.pages.first()
    }

    /// How a job looks in this list.
    pub(crate) fn shape<'c>(&self, contract: &'c Contract) -> &'c JobShape {
        self.first().map_or(&contract.facts.job, |page| contract.shape(page.answer.operation))
    }

    /// Whether its items are jobs.
    pub(crate) fn has_jobs(&self) -> bool {
        self.first().is_some_and(|page| page.answer.operation.jobs.is_some())
    }

    /// Where the id of an item stands in it.
    pub(crate) fn id<'c>(&self, contract: &'c Contract) -> Option<&'c Pointer> {
        let answer = self.first()?.answer;
        let operation = contract.facts.operations.get(answer.name)?;
        match &operation.items {
            Some(items) => Some(&items.id),
            None => Some(&contract.shape(operation).id),
        }
    }

    /// The id that an item shows, and where it stands in it.
    pub(crate) fn shown_id<'c, 'v>(
        &self,
        contract: &'c Contract,
        item: &'v Value,
    ) -> Option<(&'c Pointer, &'v Value)> {
        if self.has_jobs() {
            return self.shape(contract).shown_id(item);
        }
        let id = self.id(contract)?;
        Some((id, id.first(item)?))
    }

    /// The items of all pages, each with its page.
    pub(crate) fn items(&self) -> impl Iterator<Item = (&Page<'t>, &str, &'t Value)> {
        self.pages.iter().flat_map(|page| page.items.iter().map(move |(at, item)| (page, at.as_str(), *item)))
    }

    /// Whether the list was asked for whole: nothing in the request narrows or orders it, as far as can be told.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_complete
            && self.first().is_some_and(|page| {
                let answer = &page.answer;
                answer.exchange.meant().filter.is_none()
                    && (self.is_driven || is_plain(answer.operation, &answer.exchange.asked.view))
            })
    }
}

/// The walks of a transcript, in order. Requests made wrong on purpose are left out.
pub(super) fn walks<'t>(story: &Story<'t>) -> Vec<Walk<'t>> {
    let mut groups: BTreeMap<(usize, usize, &str), Vec<Answer<'t>>> = BTreeMap::new();
    for answer in story.answers() {
        if answer.operation.list().is_some()
            && answer.operation.role.is_read()
            && answer.exchange.meant().probe.is_none()
        {
            // Numbered walks come first; a request without a number is alone under its own.
            let key = answer
                .exchange
                .meant()
                .walk
                .map_or((1, answer.index, answer.name), |walk| (0, walk, answer.name));
            groups.entry(key).or_default().push(*answer);
        }
    }
    let walk = |((kind, _, _), group): (_, Vec<Answer<'t>>)| {
        let last = group.last().map(|answer| answer.index);
        let pages: Vec<Page<'t>> = group.into_iter().filter_map(page).collect();
        let (first, end) = (pages.first()?, pages.last()?);
        let is_unbroken = last == Some(end.answer.index);
        let begins = is_first(first.answer.operation.pagination.as_ref(), first.answer.exchange);
        Some(Walk {
            is_driven: kind == 0,
            is_complete: begins && is_unbroken && end.is_last,
            is_unbroken,
            pages,
        })
    };
    groups.into_iter().filter_map(walk).collect()
}

/// The page that an answer holds.
pub(crate) fn page<'t>(answer: Answer<'t>) -> Option<Page<'t>> {
    if !answer.is_accepted() {
        return None;
    }
    let body = answer.response.json().ok()?;
    let items = answer.operation.list()?.join("/*").select(body);
    let is_last = is_last(answer.operation, answer.exchange, body, items.len());
    Some(Page { answer, body, items, is_last })
}

/// The page size a request asks for.
pub(crate) fn size_asked(paging: &Pagination, exchange: &Exchange) -> Option<u64> {
    let size = paging.size.as_ref()?.request.first(&exchange.asked.view)?;
    number(size).and_then(|n| u64::try_from(n).ok())
}

/// The token of the next page, where a page has one.
pub(crate) fn next_token<'v>(paging: &Pagination, body: &'v Value) -> Option<&'v str> {
    let PageStyle::Token(style) = &paging.style else { return None };
    style.response.text(body).filter(|token| !token.is_empty())
}

fn is_first(paging: Option<&Pagination>, exchange: &Exchange) -> bool {
    let Some(paging) = paging else { return true };
    let at = |pointer: &Pointer| pointer.first(&exchange.asked.view).filter(|v| !v.is_null());
    match &paging.style {
        PageStyle::Token(style) => at(&style.request).is_none(),
        PageStyle::Page(style) => at(&style.request).is_none_or(|v| number(v) == Some(1)),
        PageStyle::Offset(style) => at(&style.request).is_none_or(|v| number(v) == Some(0)),
    }
}

fn is_last(operation: &Operation, exchange: &Exchange, body: &Value, items: usize) -> bool {
    let Some(paging) = &operation.pagination else { return true };
    let view = &exchange.asked.view;
    let size = size_asked(paging, exchange).or_else(|| paging.size.as_ref()?.default);
    let items = u64::try_from(items).unwrap_or(u64::MAX);
    let is_short = items == 0 || size.is_some_and(|size| items < size);
    match &paging.style {
        PageStyle::Token(_) => next_token(paging, body).is_none(),
        PageStyle::Page(style) => {
            let page = |pointer: &Pointer, value| pointer.first(value).and_then(number);
            let here = page(&style.request, view).unwrap_or(1).max(1);
            let pages = style.pages.as_ref().and_then(|pointer| page(pointer, body));
            let has_link =
                style.next_link.iter().any(|link| link.text(body).is_some_and(|text| !text.is_empty()));
            match pages {
                Some(pages) => !has_link && here >= pages,
                None if style.next_link.is_empty() => {
                    let total = paging.total.as_ref().and_then(|total| total.first(body)).and_then(number);
                    let passed = size.map(|size| here * i128::from(size));
                    is_short || total.zip(passed).is_some_and(|(total, passed)| passed >= total)
                }
                None => !has_link,
            }
        }
        PageStyle::Offset(style) => {
            let passed = style.request.first(view).and_then(number).unwrap_or(0);
            match paging.total.as_ref().and_then(|total| total.first(body)).and_then(number) {
                Some(total) => passed + i128::from(items) >= total,
                None => is_short,
            }
        }
    }
}

/// Whether a request for a list carries nothing that is not known to leave it whole: parents, paging, order.
fn is_plain(operation: &Operation, view: &Value) -> bool {
    let mut known: Vec<Pointer> = operation.parents.values().cloned().collect();
    if let Some(paging) = &operation.pagination {
        known.extend(paging.size.iter().map(|size| size.request.clone()));
        known.push(match &paging.style {
            PageStyle::Token(style) => style.request.clone(),
            PageStyle::Page(style) => style.request.clone(),
            PageStyle::Offset(style) => style.request.clone(),
        });
    }
    let orders = operation.filters.iter().filter(|f| !matches!(f.effect, FilterEffect::OnlyState(_)));
    let harmless: Vec<&Value> = operation.send.iter().chain(orders.map(|filter| &filter.send)).collect();
    ["query", "body"].iter().all(|part| {
        let members = view.get(part).and_then(Value::as_object).into_iter().flatten();
        members.filter(|(_, value)| !value.is_null()).all(|(name, _)| {
            let at = format!("/{part}/{}", escape(name));
            known.iter().any(|k| k.as_str() == at || k.as_str().starts_with(&format!("{at}/")))
                || harmless.iter().any(|send| send.pointer(&at).is_some())
        })
    })
}
