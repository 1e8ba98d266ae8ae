//! Pages of a list inside a job.

use serde_json::Value;

use super::super::fault::Check;
use super::super::{Call, Mock, Reply};
use super::page::whole;

impl Mock {
    /// The page of a job's parts that a request asks for, from 1.
    pub(super) fn part_page(&self, call: &Call<'_>) -> usize {
        let parts = call.operation.parts.as_ref();
        parts.and_then(|parts| whole(&parts.page, &call.asked.view)).unwrap_or(1).max(1)
    }

    /// Leaves the page of a job's parts that the request asks for.
    pub(super) fn cut_parts(&self, call: &Call<'_>, reply: &mut Reply) {
        let (Some(parts), Some(job)) = (&call.operation.parts, &call.operation.job) else { return };
        let list = job.join(parts.at.as_str());
        let items = reply.answer.body_mut().and_then(|body| body.pointer_mut(list.as_str()));
        let Some(Value::Array(items)) = items else { return };
        let asked =
            whole(&parts.size, &call.asked.view).filter(|_| !self.fault.skips(Check::PageSize, call.name));
        let is_forgotten = self.fault.skips(Check::DefaultSize, call.name);
        let default = usize::try_from(parts.default_size).ok().filter(|_| !is_forgotten);
        let usual = || default.unwrap_or(usize::MAX);
        let size = asked.unwrap_or_else(usual).max(1);
        let all: Vec<usize> = (0..items.len()).collect();
        let start = (self.part_page(call) - 1).saturating_mul(size).min(all.len());
        let end = start.saturating_add(size).min(all.len());
        let mut numbers = all.get(start..end).unwrap_or_default().to_vec();
        self.fault.page(start, &all, &mut numbers);
        *items = numbers.iter().filter_map(|number| items.get(*number).cloned()).collect();
    }
}
