//! Starting a job again, by the retry table.

use super::super::fault::{Again, Check};
use super::super::job::{STAY, usual_way};
use super::super::store::{Seedling, Store};
use super::super::{Call, Mock, Reply, render};
use crate::contract::cancel::{self, Expect};
use crate::contract::error::Condition;

impl Mock {
    pub(super) fn retry(
        &self,
        call: &Call<'_>,
        store: &mut Store,
        number: usize,
    ) -> Result<Reply, Condition> {
        let Some(view) = self.view(call, store, number) else {
            return Err(Condition::UnknownJob);
        };
        let facets = render::facets(&self.contract, self.teller(call), &view);
        let row = cancel::row(&self.contract.facts.retry, &view.state, &facets);
        let again = match row.map(|row| &row.expect) {
            Some(Expect::Refused(condition)) => Again::Refuse(*condition),
            Some(Expect::Accepted(accepted)) if accepted.new_job => Again::New,
            Some(Expect::Accepted(_)) => Again::Same,
            Some(Expect::Undocumented(_)) | None => Again::Ignore,
        };
        let again = self.fault.decide_retry(&view, again);
        // What comes of the old job is no business of a retry, unless a fault makes it so.
        let moved = self.fault.on_retry(&view);
        let first = store.retries.get(&number).copied();
        let first = first.filter(|_| self.fault.skips(Check::OwnRetry, call.name));
        if let Some(job) = store.jobs.get_mut(number) {
            job.retries = job.retries.saturating_add(1);
        }
        let shown = match again {
            // Only a fault answers with a job that is there already.
            Again::New if first.is_some() => first.unwrap_or(number),
            Again::New => {
                let mut seedling = Seedling {
                    parents: view.parents,
                    facets: view.facets,
                    echoed: view.echoed,
                    created_by_request: true,
                };
                self.keep_still(&mut seedling.facets);
                let new = store.add(&self.contract, self.whole_job(), self.seed, seedling);
                let mut way = usual_way(&self.contract.facts.lifecycle);
                self.fault.plan_retry(&mut way);
                if let Some(job) = store.jobs.get_mut(new) {
                    job.set_out(&way, call.now, self.decoy.stay(STAY));
                    job.retried = true;
                    job.again = view.retries;
                }
                store.retries.entry(number).or_insert(new);
                new
            }
            Again::Same => {
                if let Some(job) = store.jobs.get_mut(number) {
                    let way = usual_way(&self.contract.facts.lifecycle);
                    job.set_out(&way, call.now, self.decoy.stay(STAY));
                }
                number
            }
            Again::Ignore | Again::Refuse(_) => number,
        };
        if let Some(state) = moved {
            self.send(call, store, number, &state, None);
        }
        match again {
            Again::Refuse(condition) => Err(condition),
            _ => Ok(self.reply(call, self.view(call, store, shown))),
        }
    }
}
