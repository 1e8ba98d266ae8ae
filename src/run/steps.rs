//! Steps that send more than one request, or one that no operation is for.

use serde_json::{Value, json};

use super::drive::Driver;
use super::request::prepare_guess;
use crate::case::Call;
use crate::contract::around::Guess;
use crate::contract::operation::Role;
use crate::exchange::{Asked, Meant};
use crate::rule::Why;

/// The size of the page that should hold all parts of a job. Vendors document no limit, or a higher one.
const WHOLE: u64 = 1_000;

/// The most pages that one walk through the parts of a job takes.
const PAGE_LIMIT: u64 = 5;

impl Driver<'_> {
    /// Reads one page that should hold all parts of a job, and then about half of them at a time.
    pub(super) async fn parts(&mut self, call: &Call) -> Result<(), Why> {
        let operation = self.setup.contract.facts.operations.get(&call.operation);
        let Some((operation, parts)) = operation.and_then(|o| Some((o.clone(), o.parts.clone()?))) else {
            return Ok(());
        };
        let list = operation.job.as_ref().map_or_else(|| parts.at.clone(), |job| job.join(parts.at.as_str()));
        self.walks += 1;
        let (mut walk, mut number, mut size) = (self.walks, 1, WHOLE);
        for _ in 0..=PAGE_LIMIT {
            let more = [(parts.page.clone(), json!(number)), (parts.size.clone(), json!(size))];
            let index = self.call_with(call, &more).await?;
            let exchange = &mut self.exchanges[index];
            exchange.meant_mut().walk = Some(walk);
            let body = exchange.success().and_then(|response| response.json().ok());
            let items = body.and_then(|body| list.first(body)).and_then(Value::as_array).map_or(0, Vec::len);
            let items = items as u64;
            if size == WHOLE {
                if items < 2 {
                    return Ok(());
                }
                self.walks += 1;
                (walk, size) = (self.walks, items.div_ceil(2));
            } else if items < size {
                return Ok(());
            } else {
                number += 1;
            }
        }
        Ok(())
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
