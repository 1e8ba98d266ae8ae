//! Starting a job again, by the retry table.

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
        let facets = render::facets(&self.contract, call.blueprint, &view);
        let row = cancel::row(&self.contract.facts.retry, &view.state, &facets);
        let number = match row.map(|row| &row.expect) {
            Some(Expect::Refused(condition)) => {
                return Err(*condition);
            }
            Some(Expect::Accepted(accepted)) => {
                let number = if accepted.new_job {
                    let seedling = Seedling {
                        parents: view.parents,
                        facets: view.facets,
                        echoed: view.echoed,
                        created_by_request: true,
                    };
                    store.add(&self.contract, self.whole_job(), self.seed, seedling)
                } else {
                    number
                };
                if let Some(job) = store.jobs.get_mut(number) {
                    let way = usual_way(&self.contract.facts.lifecycle);
                    job.set_out(&way, call.now, self.decoy.stay(STAY));
                }
                number
            }
            Some(Expect::Undocumented(_)) | None => number,
        };
        Ok(self.reply(call, self.view(call, store, number)))
    }
}
