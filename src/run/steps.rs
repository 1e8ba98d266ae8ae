//! Steps that send more than one request, or one that no operation is for.

use serde_json::{Value, json};

use super::drive::Driver;
use super::request::prepare_guess;
use crate::case::Call;
use crate::contract::around::Guess;
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;
use crate::exchange::{Asked, Meant};
use crate::rule::Why;

/// The size of the page that should hold all parts of a job. Vendors document no limit, or a higher one.
const WHOLE: u64 = 1_000;

/// The most pages that one walk through the parts of a job takes.
const PAGE_LIMIT: u64 = 5;

impl Driver<'_> {
    /// Reads one page that should hold all parts of a job, and then about half of them at a time. Where there are more
    /// than a page holds for which no size is asked, one such page comes last.
    pub(super) async fn parts(&mut self, call: &Call) -> Result<(), Why> {
        let operation = self.setup.contract.facts.operations.get(&call.operation);
        let Some((operation, parts)) = operation.and_then(|o| Some((o.clone(), o.parts.clone()?))) else {
            return Ok(());
        };
        let list = operation.job.as_ref().map_or_else(|| parts.at.clone(), |job| job.join(parts.at.as_str()));
        let place = (&parts.page, &parts.size, &list);
        let all = self.part_page(call, place, 1, Some(WHOLE), true).await?;
        if all >= 2 {
            let size = all.div_ceil(2);
            for number in 1..=PAGE_LIMIT {
                if self.part_page(call, place, number, Some(size), number == 1).await? < size {
                    break;
                }
            }
        }
        if all > parts.default_size {
            self.part_page(call, place, 1, None, true).await?;
        }
        Ok(())
    }

    /// Reads one page of the parts of a job, the first of a walk or one more; gives the number of its items.
    async fn part_page(
        &mut self,
        call: &Call,
        (page, size, list): (&Pointer, &Pointer, &Pointer),
        number: u64,
        asked: Option<u64>,
        is_new: bool,
    ) -> Result<u64, Why> {
        self.walks += usize::from(is_new);
        let mut more = vec![(page.clone(), json!(number))];
        more.extend(asked.map(|asked| (size.clone(), json!(asked))));
        let index = self.call_with(call, &more).await?;
        let walk = self.walks;
        let exchange = &mut self.exchanges[index];
        exchange.meant_mut().walk = Some(walk);
        let body = exchange.success().and_then(|response| response.json().ok());
        Ok(body
            .and_then(|body| list.first(body))
            .and_then(Value::as_array)
            .map_or(0, |items| items.len() as u64))
    }

    /// Sends a request that the API has no operation for.
    pub(super) async fn guess(&mut self, role: Role, guess: &Guess, job: &str) -> Result<(), Why> {
        let id = self.slot(job)?;
        let (_, request) = prepare_guess(self.setup, guess, &id)?;
        let asked = Asked { job: Some(id), ..Asked::default() };
        let meant = Meant { not_offered: Some(role), ..Meant::default() };
        let exchange = self.send(asked, meant, request).await;
        self.exchanges.push(exchange);
        Ok(())
    }
}
