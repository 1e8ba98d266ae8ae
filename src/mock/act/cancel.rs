//! Cancelling a job, by the truth table.

use super::super::fault::Decision;
use super::super::store::Store;
use super::super::{Call, Mock, Reply, render};
use crate::contract::cancel::Expect;
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
        let facets = render::facets(&self.contract, call.blueprint, &view);
        let row = self.contract.cancel_row(&view.state, &facets);
        let decision = match row.map(|row| &row.expect) {
            Some(Expect::Accepted(accepted)) => {
                let leads_to = accepted.leads_to.first().or(accepted.settles_in.first());
                match leads_to {
                    Some(leads_to) => Decision::Accept {
                        leads_to: leads_to.clone(),
                        settles_in: accepted.settles_in.first().cloned(),
                    },
                    None => Decision::Ignore,
                }
            }
            Some(Expect::Refused(condition)) => Decision::Refuse(*condition),
            Some(Expect::Undocumented(_)) | None => {
                self.release(call, store, number);
                Decision::Ignore
            }
        };
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
            }
            Decision::Refuse(condition) => {
                if let Some(state) = self.fault.on_refusal(&view) {
                    self.send(call, store, number, &state, None);
                }
                return Err(condition);
            }
            Decision::Ignore => {}
        }
        Ok(self.reply(call, self.view(call, store, number)))
    }
}
