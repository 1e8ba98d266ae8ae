//! Lists: which jobs, in which order.

use serde_json::Value;

use super::super::fault::Check;
use super::super::job::{Job, STAY, earlier, usual_way};
use super::super::store::{Seedling, Store};
use super::super::{Call, Mock, Reply, render};
use super::filter;
use crate::contract::error::Condition;
use crate::contract::operation::FilterEffect;
use crate::exchange::Identity;

impl Mock {
    pub(super) fn list(&self, call: &Call<'_>, store: &mut Store) -> Result<Reply, Condition> {
        let lifecycle = &self.contract.facts.lifecycle;
        if self.decoy.others_start_jobs(call.operation) {
            self.start_of_others(call, store);
        }
        let mut numbers = Vec::new();
        for (number, job) in store.jobs.iter_mut().enumerate() {
            let is_theirs =
                call.identity != Some(Identity::Foreign) || self.fault.skips(Check::Owner, call.name);
            let is_named = self.fault.skips(Check::Parent, call.name)
                || self.fault.skips(Check::ListParent, call.name)
                || call.named.iter().all(|(name, value)| job.parents.get(name) == Some(value));
            let is_new =
                job.past.first().is_some_and(|step| step.at > earlier(call.now, self.decoy.list_delay()));
            let is_kept = job.retried && self.fault.skips(Check::Received, call.name);
            if is_theirs && is_named && !is_new && !is_kept {
                job.settle(call.now, lifecycle);
                // A service that has no word for a job's state does not list it.
                if self.contract.shape(call.operation).can_show(job.state())
                    && !self.fault.skips(Check::Listed(job.state()), call.name)
                    && self.is_listed_kind(call, job)
                {
                    numbers.push(number);
                }
            }
        }
        // The newest first; of those created at the same time, the one that came last.
        let created = |number: usize| store.jobs.get(number).and_then(|job| Some(job.past.first()?.at));
        numbers.sort_by_key(|number| std::cmp::Reverse((created(*number), *number)));
        let is_ordered = self.asks_for_order(call);
        if self.decoy.is_oldest_first() && !is_ordered && call.operation.latest.is_none() {
            numbers.reverse();
        }
        self.fault.list(call.name, &mut numbers);
        let numbers = self.filtered(call, store, numbers);
        let mut page = self.cut(call, &numbers)?;
        if !is_ordered {
            self.decoy.shuffle(&mut page.numbers);
        }
        let items: Vec<Value> =
            page.numbers.iter().filter_map(|number| self.item(call, store, *number)).collect();

        let mut reply = self.reply(call, None);
        if let Some(body) = reply.answer.body_mut() {
            if let Some(at) = &call.operation.jobs {
                at.put(body, Value::Array(items));
            }
            self.number_pages(call, &page, numbers.len(), body);
        }
        Ok(reply)
    }

    /// Somebody else starts a job under the same parents.
    fn start_of_others(&self, call: &Call<'_>, store: &mut Store) {
        let seedling = Seedling { parents: call.parents.clone(), ..Seedling::default() };
        let number = store.add(&self.contract, self.whole_job(), self.seed, seedling);
        let way = usual_way(&self.contract.facts.lifecycle);
        if let Some(job) = store.jobs.get_mut(number) {
            job.set_out(&way, call.now, self.decoy.stay(STAY));
        }
    }

    /// Whether a list that holds some kinds of jobs only holds this one.
    fn is_listed_kind(&self, call: &Call<'_>, job: &Job) -> bool {
        if call.operation.lists.is_empty() {
            return true;
        }
        let view = job.view(call.now, &self.contract.facts.lifecycle);
        let facets = render::facets(&self.contract, self.teller(call), &view);
        let is_lost = |word: &String| self.fault.skips(Check::Kind(word), call.name);
        call.operation.lists_jobs_with(&facets) && !facets.values().flatten().any(is_lost)
    }

    fn filtered(&self, call: &Call<'_>, store: &Store, numbers: Vec<usize>) -> Vec<usize> {
        let asked: Vec<_> = call
            .operation
            .filters
            .iter()
            .filter(|filter| !self.fault.skips(Check::Filter(&filter.name), call.name))
            .filter_map(|filter| {
                let mut states = Vec::new();
                filter::carries(&filter.send, Some(&call.asked.view), &mut states)
                    .then_some((&filter.effect, states))
            })
            .collect();
        if asked.is_empty() {
            return numbers;
        }
        let mut items: Vec<(usize, Value)> = numbers
            .into_iter()
            .filter_map(|number| Some((number, self.item(call, store, number)?)))
            .collect();
        for (effect, states) in asked {
            filter::apply(&self.contract, effect, &states, &mut items);
        }
        items.into_iter().map(|(number, _)| number).collect()
    }

    /// Whether the request asks for an order.
    fn asks_for_order(&self, call: &Call<'_>) -> bool {
        call.operation.filters.iter().any(|filter| {
            !matches!(filter.effect, FilterEffect::OnlyState(_))
                && filter::carries(&filter.send, Some(&call.asked.view), &mut Vec::new())
        })
    }

    fn item(&self, call: &Call<'_>, store: &Store, number: usize) -> Option<Value> {
        let then = earlier(call.now, self.decoy.list_lag());
        let job = store.jobs.get(number)?;
        let is_stale = self.fault.skips(Check::Freshness, call.name);
        let then = job.past.first().filter(|_| is_stale).map_or(then, |step| step.at);
        let view = job.view(then, &self.contract.facts.lifecycle);
        Some(render::job(&self.contract, call.blueprint, &view))
    }
}
