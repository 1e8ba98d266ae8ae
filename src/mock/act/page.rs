//! Cutting a list into pages, and saying where the next one is.

use serde_json::Value;

use super::super::fault::Check;
use super::super::{Call, Mock};
use crate::contract::error::Condition;
use crate::contract::likeness::mix;
use crate::contract::operation::{LinkName, PageStyle, Pagination};
use crate::contract::pointer::Pointer;
use crate::exchange::compose::encode;

/// The page size where nothing is asked for and none is documented.
const USUAL_SIZE: usize = 100;

/// One page.
pub(super) struct Page {
    /// The jobs on it.
    pub numbers: Vec<usize>,
    /// Where it begins.
    start: usize,
    /// Its size.
    size: usize,
    /// Where the next page begins, with the last job before it.
    next: Option<(usize, usize)>,
}

impl Mock {
    /// The page of a list that a request asks for.
    pub(super) fn cut(&self, call: &Call<'_>, all: &[usize]) -> Result<Page, Condition> {
        let Some(pagination) = &call.operation.pagination else {
            let most = call.operation.latest.unwrap_or(usize::MAX).min(all.len());
            let mut numbers = all[..most].to_vec();
            self.fault.page(0, all, &mut numbers);
            return Ok(Page { numbers, start: 0, size: all.len().max(1), next: None });
        };
        let size = self.size(call, pagination);
        let start = match &pagination.style {
            PageStyle::Token(style) => match style.request.first(&call.asked.view) {
                None | Some(Value::Null) => Some(0),
                Some(token) => token
                    .as_str()
                    .and_then(|token| self.place(token, all))
                    .or_else(|| self.fault.skips(Check::PageToken, call.name).then_some(0)),
            },
            PageStyle::Page(style) => Some(match whole(&style.request, &call.asked.view) {
                Some(page) => page.saturating_sub(1).saturating_mul(size),
                None => 0,
            }),
            PageStyle::Offset(style) => Some(whole(&style.request, &call.asked.view).unwrap_or(0)),
        };
        let start = start.ok_or(Condition::InvalidParameter)?.min(all.len());
        let end = start.saturating_add(size).min(all.len());
        let mut numbers = all.get(start..end).unwrap_or_default().to_vec();
        let last = numbers.last().copied().unwrap_or_default();
        if self.fault.skips(Check::PageLimit, call.name) && too_large(call, pagination) {
            numbers.clear();
        }
        self.fault.page(start, all, &mut numbers);
        let next = if end < all.len() {
            Some((end, last))
        } else if self.fault.skips(Check::LastPage, call.name) {
            Some((start, usize::MAX))
        } else {
            None
        };
        Ok(Page { numbers, start, size, next })
    }

    fn size(&self, call: &Call<'_>, pagination: &Pagination) -> usize {
        let Some(size) = &pagination.size else { return USUAL_SIZE };
        let fits = |size: u64| usize::try_from(size).unwrap_or(usize::MAX).max(1);
        let asked = whole(&size.request, &call.asked.view)
            .filter(|_| !self.fault.skips(Check::PageSize, call.name))
            .unwrap_or_else(|| size.default.map_or(USUAL_SIZE, fits));
        let most = size.max.filter(|_| !self.fault.skips(Check::LargestPage, call.name));
        let asked = asked.clamp(1, most.map_or(usize::MAX, fits));
        self.decoy.size(asked, matches!(pagination.style, PageStyle::Token(_)))
    }

    /// An opaque token for a place in a list: the last job before it, and where that stood.
    fn token(&self, (place, last): (usize, usize)) -> String {
        let key = mix(self.seed);
        let (place, last) = (place as u64, last as u64);
        format!("{:016X}{:016X}{:016X}", place ^ key, last ^ mix(key), mix(place ^ mix(last) ^ key))
    }

    /// The place in a list that a token stands for; `None` where the mock did not make the token. Jobs that came in
    /// front since do not move it.
    fn place(&self, token: &str, all: &[usize]) -> Option<usize> {
        let key = mix(self.seed);
        let part = |index: usize| u64::from_str_radix(token.get(index * 16..(index + 1) * 16)?, 16).ok();
        let (place, last) = (part(0)? ^ key, part(1)? ^ mix(key));
        if token.len() != 48 || part(2)? != mix(place ^ mix(last) ^ key) {
            return None;
        }
        let after = all.iter().position(|number| *number as u64 == last).map(|found| found + 1);
        after.or_else(|| usize::try_from(place).ok())
    }

    /// Puts the totals, the page's number, the token and the links into a list's body.
    pub(super) fn number_pages(&self, call: &Call<'_>, page: &Page, total: usize, body: &mut Value) {
        let Some(pagination) = &call.operation.pagination else { return };
        if let Some(at) = &pagination.total {
            at.put(body, total.into());
        }
        if let Some(at) = &pagination.count {
            at.put(body, page.numbers.len().into());
        }
        if let Some(at) = pagination.size.as_ref().and_then(|size| size.response.as_ref()) {
            at.put(body, page.size.into());
        }
        match &pagination.style {
            PageStyle::Token(style) => match page.next {
                Some(next) => style.response.put(body, self.token(next).into()),
                None => style.response.remove(body),
            },
            PageStyle::Page(style) => {
                let pages = total.div_ceil(page.size).max(1);
                let asked = whole(&style.request, &call.asked.view).unwrap_or(1).max(1);
                if let Some(at) = &style.pages {
                    at.put(body, pages.into());
                }
                if let Some(at) = &style.number {
                    at.put(body, asked.into());
                }
                let next = page.next.map(|(place, _)| if place > page.start { asked + 1 } else { asked });
                let links = style.next_link.first().map(|at| (at, next)).into_iter().chain(
                    style.links.iter().map(|(name, at)| {
                        let leads_to = match name {
                            LinkName::First => (asked > 1).then_some(1),
                            LinkName::Previous => (asked > 1).then(|| (asked - 1).min(pages)),
                            LinkName::Last => (asked < pages).then_some(pages),
                        };
                        (at, leads_to)
                    }),
                );
                for (at, leads_to) in links {
                    match leads_to {
                        Some(number) => {
                            at.put(
                                body,
                                self.link(call, pagination, &style.request, number, page.size).into(),
                            );
                        }
                        None => remove_with_empty(at, body),
                    }
                }
            }
            PageStyle::Offset(style) => {
                if let Some(at) = &style.response {
                    at.put(body, page.start.into());
                }
            }
        }
    }

    /// The address of another page: that of the request, with the page's number and size.
    fn link(
        &self,
        call: &Call<'_>,
        pagination: &Pagination,
        number_at: &Pointer,
        number: usize,
        size: usize,
    ) -> String {
        let name = |at: &Pointer| at.segments().pop().unwrap_or_default();
        let number_name = name(number_at);
        let size_name = pagination.size.as_ref().map(|size| name(&size.request));
        let mut query: Vec<String> = call
            .request
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| {
                let key = pair.split('=').next().unwrap_or_default();
                !key.is_empty() && key != number_name && Some(key) != size_name.as_deref()
            })
            .map(str::to_owned)
            .collect();
        query.push(format!("{}={number}", encode(&number_name)));
        query.extend(size_name.map(|name| format!("{}={size}", encode(&name))));
        format!("{}{}?{}", self.base_url, call.request.path(), query.join("&"))
    }
}

/// Whether a request asks for a page that is larger than the largest.
pub(in crate::mock) fn too_large(call: &Call<'_>, pagination: &Pagination) -> bool {
    let Some(size) = &pagination.size else { return false };
    let asked = whole(&size.request, &call.asked.view).and_then(|asked| u64::try_from(asked).ok());
    asked.zip(size.max).is_some_and(|(asked, most)| asked > most)
}

/// A whole number of the request that is not negative.
pub(super) fn whole(at: &Pointer, view: &Value) -> Option<usize> {
    let number = crate::exchange::reading::number(at.first(view)?)?;
    usize::try_from(number.max(0)).ok()
}

/// Takes a member away, and the objects around it that it leaves empty.
fn remove_with_empty(at: &Pointer, body: &mut Value) {
    at.remove(body);
    let mut at = at.as_str();
    while let Some((outer, _)) = at.rsplit_once('/') {
        let is_empty = !outer.is_empty()
            && body.pointer(outer).and_then(Value::as_object).is_some_and(serde_json::Map::is_empty);
        if !is_empty {
            return;
        }
        Pointer::new(outer).remove(body);
        at = outer;
    }
}
