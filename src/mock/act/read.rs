//! Reading one job, and what belongs to it.

use super::super::fault::Check;
use super::super::store::Store;
use super::super::{Call, Mock, Reply};
use crate::contract::error::Condition;

impl Mock {
    pub(super) fn get(&self, call: &Call<'_>, store: &mut Store, number: usize) -> Result<Reply, Condition> {
        let page = self.part_page(call);
        let number = self.fault.instead(number, store.jobs.len());
        let mut view = self.view(call, store, number);
        if let (Some(view), Some(job)) = (&mut view, store.jobs.get_mut(number)) {
            job.reads = job.reads.saturating_add(1);
            job.ended_reads = job.ended_reads.saturating_add(u32::from(view.finished.is_some()));
            self.fault.observe(&self.contract, view);
            if page > 1 && self.fault.skips(Check::PartState, call.name) {
                view.state
                    .clone_from(self.contract.facts.lifecycle.initial.first().unwrap_or(&view.state.clone()));
            }
            if job.reads > 1 && self.fault.skips(Check::Pace, call.name) {
                return Err(Condition::Throttled);
            }
        }
        let mut reply = self.reply(call, view);
        self.cut_parts(call, &mut reply);
        Ok(reply)
    }

    pub(super) fn details(
        &self,
        call: &Call<'_>,
        store: &mut Store,
        number: usize,
    ) -> Result<Reply, Condition> {
        let mut reply = self.reply(call, self.view(call, store, number));
        self.cut_items(call, &mut reply)?;
        Ok(reply)
    }
}
