//! Starting a job.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::fault::Check;
use super::super::job::{Job, STAY, usual_way};
use super::super::store::{Seedling, Store};
use super::super::{Call, Mock, Reply};
use crate::contract::echo::Echo;
use crate::contract::error::Condition;
use crate::contract::pointer::{Pointer, escape};

impl Mock {
    pub(super) fn create(&self, call: &Call<'_>, store: &mut Store) -> Result<Reply, Condition> {
        let token = call.asked.client_token.as_ref().map(|token| {
            let is_bound = self.fault.skips(Check::TokenAlone, call.name);
            let body = Mock::body(call).filter(|_| is_bound).map(ToString::to_string).unwrap_or_default();
            format!("{} {token}{body}", call.name)
        });
        if let Some(number) = token.as_ref().and_then(|token| store.tokens.get(token)).copied()
            && !self.fault.skips(Check::Token, call.name)
        {
            if let Some(job) = store.jobs.get_mut(number) {
                job.settle(call.now, &self.contract.facts.lifecycle);
            }
            return Ok(self.reply(call, self.view(call, store, number)));
        }
        self.source(call, store)?;
        let is_after_cancel = store.jobs.iter().any(|job| job.cancelled && job.parents == call.parents);
        if let Some(condition) = self.fault.refuses_start(call.name, is_after_cancel) {
            return Err(condition);
        }
        // Only a fault answers with a job that is there already.
        let now = |job: &Job| job.past.first().is_some_and(|step| step.at == call.now);
        let twin =
            || store.jobs.iter().position(|j| j.created_by_request && j.parents == call.parents && now(j));
        if let Some(number) = self.fault.skips(Check::OwnJobAtOnce, call.name).then(twin).flatten() {
            return Ok(self.reply(call, self.view(call, store, number)));
        }
        if self.allows_one_at_a_time(call) && self.has_active(call, store) {
            return Err(Condition::Conflict);
        }
        let first = || store.jobs.iter().position(|j| j.created_by_request && j.parents == call.parents);
        if let Some(number) = self.fault.skips(Check::OwnJob, call.name).then(first).flatten() {
            if let Some(job) = store.jobs.get_mut(number) {
                job.settle(call.now, &self.contract.facts.lifecycle);
            }
            return Ok(self.reply(call, self.view(call, store, number)));
        }
        let number = self.begin(call, store);
        if let Some(token) = token {
            store.tokens.insert(token, number);
        }
        Ok(self.reply(call, self.view(call, store, number)))
    }

    /// Puts a new job into the store, and sets it out on its way.
    pub(in crate::mock) fn begin(&self, call: &Call<'_>, store: &mut Store) -> usize {
        let is_like = |job: &&Job| job.created_by_request && !job.retried && job.parents == call.parents;
        let again = u32::try_from(store.jobs.iter().filter(is_like).count()).unwrap_or(u32::MAX);
        let seedling = Seedling {
            parents: call.parents.clone(),
            facets: call.asked.facets.clone(),
            echoed: self.echoed(call),
            created_by_request: true,
        };
        let number = store.add(&self.contract, self.whole_job(), self.seed, seedling);
        let mut way = usual_way(&self.contract.facts.lifecycle);
        self.decoy.plan(call.operation.service.as_deref(), &mut way);
        self.fault.plan(&mut way);
        if self.fault.skips(Check::OwnId, call.name) {
            store.take_id(number, &self.contract.facts.lifecycle);
        }
        if let Some(job) = store.jobs.get_mut(number) {
            job.again = again;
            job.set_out(&way, call.now, self.decoy.stay(STAY));
        }
        number
    }

    /// The job that the new one is made of must exist, where the request names one.
    fn source(&self, call: &Call<'_>, store: &Store) -> Result<(), Condition> {
        let named = call.operation.target.is_some() && !self.fault.skips(Check::Existence, call.name);
        let is_there = || {
            let job = store.find(call.asked.job.as_ref()?).and_then(|number| store.jobs.get(number))?;
            let ignores_parents = self.fault.skips(Check::Parent, call.name);
            let fits = |(name, value): (&String, &String)| job.parents.get(name) == Some(value);
            (ignores_parents || call.named.iter().all(fits)).then_some(())
        };
        if named && is_there().is_none() { Err(Condition::UnknownJob) } else { Ok(()) }
    }

    /// Whether the contract has an error for starting while another job is under way.
    fn allows_one_at_a_time(&self, call: &Call<'_>) -> bool {
        self.contract.error_row(Condition::Conflict, call.name).is_some()
    }

    /// Whether another job of the same parents has not ended. Arranged jobs are there for tests and do not count.
    fn has_active(&self, call: &Call<'_>, store: &mut Store) -> bool {
        let lifecycle = &self.contract.facts.lifecycle;
        store.jobs.iter_mut().filter(|job| job.created_by_request && job.parents == call.parents).any(|job| {
            job.settle(call.now, lifecycle);
            !lifecycle.is_terminal(job.state())
        })
    }

    /// What of the request a job shows again: what the contract says, and texts of the same name that say nothing about
    /// its state.
    fn echoed(&self, call: &Call<'_>) -> BTreeMap<Pointer, Value> {
        let sent = |echo: &Echo| Some((echo.at.clone(), echo.sent.first(&call.asked.view)?.clone()));
        let told = call.operation.echoes.iter().filter_map(sent);
        let Some(Value::Object(body)) = Mock::body(call) else { return told.collect() };
        let shape = &self.contract.facts.job;
        let is_fact = |at: &Pointer| {
            [&shape.id, &shape.state]
                .into_iter()
                .chain(&shape.id_or)
                .chain(shape.parents.values())
                .chain(shape.aliases.values())
                .chain(shape.counters.iter())
                .chain(shape.timestamps.named().map(|(_, at)| at))
                .chain(shape.words.values().map(|word| &word.at))
                .chain(shape.facets.values().filter_map(|facet| facet.at.as_ref()))
                .any(|fact| fact == at)
        };
        body.iter()
            .map(|(name, value)| (Pointer::new(format!("/{}", escape(name))), value.clone()))
            .filter(|(at, value)| value.is_string() && !is_fact(at))
            .chain(told)
            .collect()
    }
}
