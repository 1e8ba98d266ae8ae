//! What lists need before they can be judged: time to catch up, and enough jobs.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::drive::Driver;
use crate::case::Call;
use crate::exchange::reading::readings;
use crate::rule::{LAG, Why};
use crate::target::Wanted;

impl Driver<'_> {
    /// Waits until what was seen of the jobs of the case is old enough for lists to know it. Where waiting takes real
    /// time, only if it must be.
    pub(super) async fn rest(&mut self, must_be: bool) {
        if !must_be && !self.setup.target.is_ours() {
            return;
        }
        let contract = &self.setup.contract;
        let is_old = |id: &String| self.known.get(id).is_some_and(|origin| origin.is_from_before());
        // Since when each job is seen in the state that it was last seen in.
        let mut since: BTreeMap<String, (Option<String>, Duration)> = BTreeMap::new();
        for (index, exchange) in self.exchanges.iter().enumerate() {
            for reading in readings(index, exchange, contract) {
                if reading.from_list || is_old(&reading.id) {
                    continue;
                }
                let known =
                    since.entry(reading.id).or_insert_with(|| (reading.state.clone(), exchange.received));
                if known.0 != reading.state {
                    *known = (reading.state, exchange.received);
                }
            }
        }
        let Some(last) = since.into_values().map(|(_, when)| when).max() else { return };
        let wait = (last + LAG).saturating_sub(self.setup.target.elapsed());
        if !wait.is_zero() {
            self.setup.target.pause(wait).await;
        }
    }

    /// Sees to it that a list holds more jobs than `most`.
    pub(super) async fn crowd(&mut self, states: &[String], most: u64, list: &Call) -> Result<(), Why> {
        let contract = std::sync::Arc::clone(&self.setup.contract);
        if self.setup.target.is_ours() {
            let service = self.service(&contract);
            let state = states.iter().find(|state| contract.can_show(service.as_deref(), state));
            let wanted = Wanted {
                state: state.cloned().unwrap_or_default(),
                facets: BTreeMap::new(),
                parents: BTreeMap::new(),
            };
            for _ in 0..=most {
                let made = self.setup.target.arrange(&wanted).await;
                made.map_err(|why| Why::NotSent { because: format!("the arrange hook: {why}") })?;
            }
            return Ok(());
        }
        let index = self.call(list).await?;
        let exchange = &self.exchanges[index];
        let place = contract.facts.operations.get(&list.operation).and_then(|operation| operation.list());
        let items = exchange.success().and_then(|response| response.json().ok()).and_then(|body| {
            let items = place?.first(body).and_then(Value::as_array)?;
            u64::try_from(items.len()).ok()
        });
        // A page that is full is taken for one of several.
        match items {
            Some(items) if items >= most => Ok(()),
            Some(_) => Err(Why::NotSeen { sought: format!("a list that holds more than {most} jobs") }),
            None => Err(self.came_instead(exchange, "a page of a list")),
        }
    }
}
