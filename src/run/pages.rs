//! Walks through lists that come in pages.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::drive::Driver;
use crate::case::Call;
use crate::contract::operation::{PageStyle, Pagination};
use crate::exchange::reading::number;
use crate::rule::Why;

/// The most pages that one walk through a list takes, where the list does not say that it is longer. A list that does
/// not end must not hold the run.
const PAGE_LIMIT: u64 = 2_000;
/// The same for a walk by pages of a size asked for: that is about seams, and a few hundred show them.
const SMALL_PAGE_LIMIT: u64 = 200;

impl Driver<'_> {
    /// Walks through all pages of a list.
    pub(super) async fn pages(&mut self, call: &Call, size: Option<u64>) -> Result<(), Why> {
        let Some(operation) = self.setup.contract.facts.operations.get(&call.operation).cloned() else {
            return Ok(());
        };
        self.walks += 1;
        let walk = self.walks;
        let paging = operation.pagination.as_ref();
        let mut more = Vec::new();
        if let (Some(size), Some(place)) = (size, paging.and_then(|p| p.size.as_ref())) {
            more.push((place.request.clone(), json!(size)));
        }
        let fixed = more.len();
        let (mut seen, mut number) = (0_u64, 1_u64);
        let mut tokens = BTreeSet::new();
        loop {
            let index = self.call_with(call, &more).await?;
            self.exchanges[index].meant_mut().walk = Some(walk);
            let exchange = &self.exchanges[index];
            let Some(body) = exchange.success().and_then(|r| r.json().ok()) else { return Ok(()) };
            let items = operation
                .list()
                .and_then(|jobs| jobs.first(body))
                .and_then(Value::as_array)
                .map_or(0, Vec::len);
            seen += items as u64;
            number += 1;
            let next = match paging.map(|p| &p.style) {
                None => None,
                Some(PageStyle::Token(style)) => style
                    .response
                    .text(body)
                    .filter(|t| !t.is_empty())
                    .map(|t| (style.request.clone(), json!(t))),
                Some(PageStyle::Page(style)) => {
                    let linked =
                        style.next_link.iter().any(|link| link.text(body).is_some_and(|l| !l.is_empty()));
                    let counted = style.pages.as_ref().and_then(|p| p.first(body)).and_then(counted);
                    // Where a page says nothing of the next one, the total tells, or a page that is not full.
                    let says = !style.next_link.is_empty() || style.pages.is_some();
                    let asked = size.or_else(|| paging.and_then(|p| p.size.as_ref()?.default));
                    let is_full = asked.is_some_and(|asked| items as u64 >= asked);
                    let total = paging
                        .and_then(|p| p.total.as_ref())
                        .and_then(|t| t.first(body))
                        .and_then(self::counted);
                    let more = if says {
                        linked || counted.is_some_and(|pages| number <= pages)
                    } else {
                        total.map_or(is_full, |total| seen < total)
                    };
                    (more && items > 0).then(|| (style.request.clone(), json!(number)))
                }
                Some(PageStyle::Offset(style)) => {
                    let total =
                        paging.and_then(|p| p.total.as_ref()).and_then(|t| t.first(body)).and_then(counted);
                    let more = items > 0 && total.is_none_or(|total| seen < total);
                    more.then(|| (style.request.clone(), json!(seen)))
                }
            };
            let Some(next) = next else { return Ok(()) };
            // A token that came before would lead in a circle; the rules see it in the transcript.
            let is_token = matches!(paging.map(|p| &p.style), Some(PageStyle::Token(_)));
            if is_token && !tokens.insert(next.1.to_string()) {
                return Ok(());
            }
            let claims = paging.and_then(|paging| claimed(paging, body, size.unwrap_or(items as u64)));
            match end(number - 1, claims, size.is_some()) {
                None => {}
                // By its own account the list has ended, and still leads on.
                Some(End::Passed) => return Ok(()),
                Some(End::GivenUp) => {
                    self.exchanges[index].meant_mut().gave_up = true;
                    return Ok(());
                }
            }
            more.truncate(fixed);
            more.push(next);
        }
    }
}

/// Why a walk goes no further, though the list does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It went past what the list says of itself.
    Passed,
    /// It has had enough.
    GivenUp,
}

/// Whether a walk ends after this number of pages, of which the list says that it has so many.
fn end(pages: u64, claims: Option<u64>, is_small: bool) -> Option<End> {
    // What is started on the way makes a list a little longer than it said.
    let own = claims.map(|claims| claims.saturating_add(3));
    if own.is_some_and(|own| pages >= own) {
        return Some(End::Passed);
    }
    let most = if is_small { SMALL_PAGE_LIMIT } else { own.unwrap_or_default().max(PAGE_LIMIT) };
    (pages >= most).then_some(End::GivenUp)
}

/// How many pages of this size a list has by its own account.
fn claimed(paging: &Pagination, body: &Value, size: u64) -> Option<u64> {
    let pages = match &paging.style {
        PageStyle::Page(style) => style.pages.as_ref().and_then(|p| p.first(body)).and_then(counted),
        _ => None,
    };
    let total = || paging.total.as_ref().and_then(|t| t.first(body)).and_then(counted);
    pages.or_else(|| Some(total()?.div_ceil(size.max(1))))
}

/// A number of items or pages, in whatever form it is written.
fn counted(value: &Value) -> Option<u64> {
    number(value).and_then(|number| u64::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    // Small pages are walked for a while, whatever the list says of its length.
    #[case(199, None, true, None)]
    #[case(200, None, true, Some(End::GivenUp))]
    #[case(200, Some(5_000), true, Some(End::GivenUp))]
    // Otherwise the bound grows with the list.
    #[case(2_000, None, false, Some(End::GivenUp))]
    #[case(2_000, Some(5_000), false, None)]
    #[case(5_002, Some(5_000), false, None)]
    // A list that leads on past its own end has none.
    #[case(5_003, Some(5_000), false, Some(End::Passed))]
    #[case(6, Some(3), true, Some(End::Passed))]
    #[case(3, Some(3), true, None)]
    fn walks_are_given_up_by_what_the_list_says(
        #[case] pages: u64,
        #[case] claims: Option<u64>,
        #[case] is_small: bool,
        #[case] expected: Option<End>,
    ) {
        assert_eq!(end(pages, claims, is_small), expected);
    }
}
