//! Fixtures are looked at before they are used: one that is not in its state proves nothing.

use super::drive::Driver;
use crate::case::{Arrange, Call, JobRef, Parents};
use crate::contract::operation::Role;
use crate::exchange::reading::readings;
use crate::rule::Why;

impl Driver<'_> {
    /// Reads a fixture's job once in a run, and says so where it is not in the state that the target file says. A
    /// contract that reads no job cannot tell.
    pub(super) async fn verify(&mut self, id: &str, wanted: &Arrange) -> Result<(), Why> {
        let is_it = |ids: &crate::exchange::JobIds| ids.id() == id;
        let fixture = self.setup.fixtures.iter().find(|fixture| fixture.jobs.iter().any(is_it));
        let Some(state) = fixture.map(|fixture| fixture.state.clone()) else { return Ok(()) };
        if !self.pool.lock().await.verified.insert(id.to_owned()) {
            return Ok(());
        }
        let contract = std::sync::Arc::clone(&self.setup.contract);
        let Some(reader) = self.operation(&contract, Role::Get) else { return Ok(()) };
        let mut call = Call::new(reader);
        call.job = JobRef::Literal(id.to_owned());
        call.parents = if wanted.foreign { Parents::Foreign } else { Parents::Own };
        let index = self.call(&call).await?;
        let exchange = &self.exchanges[index];
        if let Err(error) = &exchange.outcome {
            return Err(Why::Lost { operation: reader.to_owned(), error: error.to_string() });
        }
        let shown = readings(index, exchange, &contract).into_iter().find_map(|reading| reading.state);
        let shows = match shown {
            Some(shown) if shown == state => return Ok(()),
            Some(shown) => format!("it is {shown}"),
            None => self.came_instead(exchange, "").to_string(),
        };
        Err(Why::FixtureElsewhere { job: id.to_owned(), state, shows })
    }
}
