//! Walks through lists that come in pages.

use serde_json::{Value, json};

use super::drive::Driver;
use crate::case::Call;
use crate::contract::operation::PageStyle;
use crate::exchange::reading::number;
use crate::rule::Why;

/// The most pages that one walk through a list takes. A list that does not end must not hold the run.
const PAGE_LIMIT: usize = 200;

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
        for _ in 0..PAGE_LIMIT {
            let index = self.call_with(call, &more).await?;
            self.exchanges[index].meant_mut().walk = Some(walk);
            let exchange = &self.exchanges[index];
            let Some(body) = exchange.success().and_then(|r| r.json().ok()) else { return Ok(()) };
            let items = operation
                .jobs
                .as_ref()
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
                    let more = linked || counted.is_some_and(|pages| number <= pages);
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
            // The same token again would lead in a circle; the rules see it in the transcript.
            if more.get(fixed) == Some(&next) {
                return Ok(());
            }
            more.truncate(fixed);
            more.push(next);
        }
        Ok(())
    }
}

/// A number of items or pages, in whatever form it is written.
fn counted(value: &Value) -> Option<u64> {
    number(value).and_then(|number| u64::try_from(number).ok())
}
