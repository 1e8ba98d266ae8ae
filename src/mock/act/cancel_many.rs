//! Cancelling all jobs of some parents that were created in a range of time.

use jiff::Timestamp;

use super::super::fault::{Decision, Meant, Place};
use super::super::job::JobView;
use super::super::store::Store;
use super::super::{Call, Mock, Reply};
use crate::contract::cancel::{CancelMany, Edge, RangeEnd};
use crate::contract::error::Condition;

impl Mock {
    pub(super) fn cancel_many(&self, call: &Call<'_>, store: &mut Store) -> Result<Reply, Condition> {
        let Some(many) = self.contract.facts.cancel_many.get(call.name) else {
            return Ok(self.reply(call, None));
        };
        let (mut cancelled, mut first): (usize, Option<usize>) = (0, None);
        for number in 0..store.jobs.len() {
            if let Some(job) = store.jobs.get_mut(number) {
                job.settle(call.now, &self.contract.facts.lifecycle);
            }
            let Some(view) = self.view(call, store, number) else { continue };
            let (_, decision) = self.by_table(call, &view);
            let meant = self.meant(call, many, &view, matches!(decision, Decision::Accept { .. }))?;
            let is_selected = meant.is_selected() && many.undocumented.is_none();
            // A fault may cancel what no table allows: then the job goes where others go.
            let decision = match decision {
                Decision::Refuse(_) | Decision::Ignore | Decision::Vanish => self.usual_cancel(),
                accepted @ Decision::Accept { .. } => Some(accepted),
            };
            if self.fault.selects(&view, meant, is_selected)
                && let Some(Decision::Accept { leads_to, settles_in }) = decision
            {
                self.send(call, store, number, &leads_to, settles_in.as_deref());
                if let Some(job) = store.jobs.get_mut(number) {
                    job.cancelled = true;
                }
                cancelled += 1;
                first = first.or(Some(number));
            }
        }
        let mut reply = self.reply(call, None);
        if let (Some(at), Some(body)) = (&many.count, reply.answer.body_mut()) {
            at.put(body, cancelled.into());
        }
        reply.job = first.and_then(|number| self.view(call, store, number));
        Ok(reply)
    }

    /// How a job stands to what a request asks for.
    fn meant(
        &self,
        call: &Call<'_>,
        many: &CancelMany,
        view: &JobView,
        is_cancellable: bool,
    ) -> Result<Meant, Condition> {
        let mut meant = Meant {
            of_parents: call.named.iter().all(|(name, value)| view.parents.get(name) == Some(value)),
            after: Place::Inside,
            before: Place::Inside,
            is_cancellable,
        };
        for (edge, end) in many.ends() {
            let text = end.at.text(&call.asked.view);
            let Some(moment) = text.map(str::parse::<Timestamp>) else { continue };
            let moment = moment.map_err(|_| Condition::InvalidParameter)?;
            let place = place(edge, end, view.created, moment);
            match edge {
                Edge::After => meant.after = place,
                Edge::Before => meant.before = place,
            }
        }
        Ok(meant)
    }

    /// Where the first job that may be cancelled goes.
    fn usual_cancel(&self) -> Option<Decision> {
        self.contract.facts.cancel.iter().find_map(|row| match super::cancel::decision(&row.expect) {
            accepted @ Decision::Accept { .. } => Some(accepted),
            _ => None,
        })
    }
}

/// Where a job stands to one end of the range. Where no page says whether the end itself belongs to the range, it does.
fn place(edge: Edge, end: &RangeEnd, created: Timestamp, moment: Timestamp) -> Place {
    let order = match edge {
        Edge::After => created.cmp(&moment),
        Edge::Before => moment.cmp(&created),
    };
    match order {
        std::cmp::Ordering::Greater => Place::Inside,
        std::cmp::Ordering::Less => Place::Outside,
        std::cmp::Ordering::Equal => Place::At { belongs: end.inclusive.unwrap_or(true) },
    }
}
