//! Cancelling a job, by the truth table.

use super::super::fault::Decision;
use super::super::job::{Job, JobView};
use super::super::store::Store;
use super::super::{Call, Mock, Reply, render};
use crate::contract::cancel::{Expect, Row};
use crate::contract::error::Condition;

impl Mock {
    pub(super) fn cancel(
        &self,
        call: &Call<'_>,
        store: &mut Store,
        number: usize,
    ) -> Result<Reply, Condition> {
        let Some(view) = self.view(call, store, number) else {
            return Err(Condition::UnknownJob);
        };
        let (row, decision) = self.by_table(call, &view);
        if decision == Decision::Ignore {
            self.release(call, store, number);
        }
        let decision = self.decoy.cancel(&view, row, decision);
        let earlier = store.jobs.get(number).map_or(0, |job| job.cancels);
        if let Some(job) = store.jobs.get_mut(number) {
            job.cancels = job.cancels.saturating_add(1);
            job.last_cancel = Some(call.now);
        }
        match self.fault.decide_cancel(&view, earlier, decision) {
            Decision::Accept { leads_to, settles_in } => {
                self.send(call, store, number, &leads_to, settles_in.as_deref());
                if let Some(job) = store.jobs.get_mut(number) {
                    job.cancelled = true;
                }
                if let Some(other) = self.neighbour(call, store, number) {
                    self.send(call, store, other, &leads_to, settles_in.as_deref());
                }
            }
            Decision::Refuse(condition) => {
                if let Some(state) = self.fault.on_refusal(&view) {
                    self.send(call, store, number, &state, None);
                }
                return Err(condition);
            }
            Decision::Ignore => {}
            Decision::Vanish => {
                let view = self.view(call, store, number);
                store.forget(number);
                return Ok(self.reply(call, view));
            }
        }
        Ok(self.reply(call, self.view(call, store, number)))
    }

    /// Another job of the same parents that was started by a request and has not ended, where a fault takes it, too.
    fn neighbour(&self, call: &Call<'_>, store: &mut Store, number: usize) -> Option<usize> {
        let lifecycle = &self.contract.facts.lifecycle;
        let parents = store.jobs.get(number).filter(|_| self.fault.takes_neighbour())?.parents.clone();
        store.jobs.iter_mut().for_each(|job| job.settle(call.now, lifecycle));
        let is_open = |job: &Job| job.created_by_request && !lifecycle.is_terminal(job.state());
        let mut others = store.jobs.iter().enumerate().filter(|(other, _)| *other != number);
        others.find(|(_, job)| job.parents == parents && is_open(job)).map(|(other, _)| other)
    }

    /// What the truth table says of the cancel of a job, with the row that says it.
    pub(super) fn by_table(&self, call: &Call<'_>, view: &JobView) -> (Option<&Row>, Decision) {
        let facets = render::facets(&self.contract, self.teller(call), view);
        let row = self.contract.cancel_row(&view.state, &facets);
        (row, row.map_or(Decision::Ignore, |row| decision(&row.expect)))
    }
}

/// What becomes of a cancel of which this is expected.
pub(super) fn decision(expect: &Expect) -> Decision {
    match expect {
        Expect::Accepted(accepted) => match accepted.leads_to.first().or(accepted.settles_in.first()) {
            Some(leads_to) => Decision::Accept {
                leads_to: leads_to.clone(),
                settles_in: accepted.settles_in.first().cloned(),
            },
            None => Decision::Ignore,
        },
        Expect::Refused(condition) => Decision::Refuse(*condition),
        Expect::Undocumented(_) => Decision::Ignore,
    }
}
