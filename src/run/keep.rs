//! What the driver keeps of an exchange: the exchange itself, the jobs it tells of, and what was made.

use std::collections::BTreeMap;

use super::drive::Driver;
use super::setup::Known;
use crate::case::{Call, Parents};
use crate::contract::combination::Facets;
use crate::contract::operation::Role;
use crate::exchange::reading::readings;
use crate::exchange::refusal::is_error_inside;
use crate::exchange::{Exchange, Origin};

impl Driver<'_> {
    /// Keeps an exchange, and what it says of jobs.
    pub(super) async fn keep(&mut self, call: &Call, exchange: Exchange) {
        self.keep_ended(call, &exchange).await;
        let index = self.exchanges.len();
        let role = exchange.asked.role;
        let found = readings(index, &exchange, &self.setup.contract);
        let creating = role.is_some_and(Role::is_start);
        let created = if creating { found.first().map(|reading| reading.id.clone()) } else { None };
        {
            let mut pool = self.pool.lock().await;
            for reading in found.iter().filter(|reading| !reading.from_list) {
                let Some(state) = reading.state.clone() else { continue };
                let foreign = call.parents == Parents::Foreign;
                let key = pool.key(&reading.id);
                let known = pool.jobs.entry(key).or_insert_with(|| {
                    let by = self.setup.contract.shape_of(&reading.operation).names.clone();
                    let names = by.map(|by| (String::new(), by)).into_iter().collect();
                    let (state, since) = (state.clone(), exchange.received);
                    Known { state, since, facets: Facets::new(), names, foreign, taken: true }
                });
                if known.state != state {
                    known.since = exchange.received;
                }
                known.state = state;
                known.names.extend(reading.aliases.clone());
            }
            if let Some(id) = &created {
                self.known.entry(id.clone()).or_insert(Origin::Started);
                let facets = exchange.asked.facets.clone();
                // An answer to a create need not show the state.
                let key = pool.key(id);
                let known = pool.jobs.entry(key).or_insert_with(|| Known {
                    state: String::new(),
                    since: exchange.received,
                    facets: Facets::new(),
                    names: BTreeMap::new(),
                    foreign: false,
                    taken: true,
                });
                known.facets.extend(facets);
                if !pool.created.contains(id) {
                    pool.created.push(id.clone());
                }
            }
        }
        if let Some(slot) = &call.makes {
            let operation = self.setup.contract.facts.operations.get(&call.operation);
            let body = exchange.success().and_then(|response| response.json().ok());
            let at = operation.and_then(|operation| operation.makes.as_ref()).map(|makes| &makes.at);
            if let Some(value) = at.zip(body).and_then(|(at, body)| at.text(body)) {
                self.made.insert(slot.clone(), value.to_owned());
            }
        }
        if let (Some(slot), Some(id)) = (&call.creates, created) {
            self.slots.insert(slot.clone(), id);
            self.foreign.insert(slot.clone(), call.parents == Parents::Foreign);
        }
        self.exchanges.push(exchange);
    }

    /// Keeps what an answer says was made, and forgets what it says was removed. What was made by a request that should
    /// have been refused counts as well.
    pub(super) async fn keep_made(&self, exchange: &Exchange) {
        let name = exchange.asked.operation.as_ref();
        let Some(operation) = name.and_then(|name| self.setup.contract.facts.operations.get(name)) else {
            return;
        };
        if exchange.success().is_none() || is_error_inside(exchange, &self.setup.contract) {
            return;
        }
        let body = exchange.success().and_then(|response| response.json().ok());
        let made = operation.makes.as_ref().zip(body);
        if let Some((makes, value)) = made.and_then(|(makes, body)| Some((makes, makes.at.text(body)?))) {
            self.pool.lock().await.made.push((makes.parameter.clone(), value.to_owned()));
        }
        let place = operation.removes.as_ref().and_then(|parameter| operation.parent_place(parameter));
        if let Some(removed) = place.and_then(|place| place.text(&exchange.asked.view).map(str::to_owned)) {
            self.pool.lock().await.made.retain(|(_, value)| *value != removed);
        }
    }

    /// Counts a job that was started, as it seems, and not named: nobody can end it, so it must not be one of many.
    pub(super) async fn count_unnamed(&self, exchange: &Exchange) {
        let contract = &self.setup.contract;
        let starts = exchange.asked.role.is_some_and(Role::is_start);
        let succeeded = exchange.success().is_some() && !is_error_inside(exchange, contract);
        if starts && succeeded && readings(0, exchange, contract).is_empty() {
            self.pool.lock().await.unnamed += 1;
        }
    }
}
