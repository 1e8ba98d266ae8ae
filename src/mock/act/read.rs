//! Reading one job, and what belongs to it.

use super::super::store::Store;
use super::super::{Call, Mock, Reply};
use crate::contract::error::Condition;

impl Mock {
    pub(super) fn get(&self, call: &Call<'_>, store: &mut Store, number: usize) -> Result<Reply, Condition> {
        let number = self.fault.instead(number, store.jobs.len());
        let mut view = self.view(call, store, number);
        if let (Some(view), Some(job)) = (&mut view, store.jobs.get_mut(number)) {
            job.reads = job.reads.saturating_add(1);
            job.ended_reads = job.ended_reads.saturating_add(u32::from(view.finished.is_some()));
            self.fault.observe(&self.contract, view);
        }
        Ok(self.reply(call, view))
    }

    pub(super) fn details(
        &self,
        call: &Call<'_>,
        store: &mut Store,
        number: usize,
    ) -> Result<Reply, Condition> {
        Ok(self.reply(call, self.view(call, store, number)))
    }
}
