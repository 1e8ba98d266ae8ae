//! Pages of a list inside a job, and of lists of something else.

use serde_json::Value;

use super::super::fault::Check;
use super::super::{Call, Mock, Reply};
use super::page::whole;
use crate::contract::error::Condition;
use crate::contract::likeness::{Dice, like};
use crate::contract::pointer::Pointer;

/// How many items a list has at least that is not one of jobs.
const ITEMS: usize = 3;

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

    /// Leaves the page that the request asks for of a list that is not one of jobs.
    pub(super) fn cut_items(&self, call: &Call<'_>, reply: &mut Reply) -> Result<(), Condition> {
        let Some(items) = call.operation.items.as_ref().filter(|_| call.operation.pagination.is_some())
        else {
            return Ok(());
        };
        let Some(body) = reply.answer.body_mut() else { return Ok(()) };
        let Some(Value::Array(mut all)) = items.at.first(body).cloned() else { return Ok(()) };
        self.fill_up(&items.id, &mut all);
        let numbers: Vec<usize> = (0..all.len()).collect();
        let page = self.cut(call, &numbers)?;
        let shown = page.numbers.iter().filter_map(|number| all.get(*number).cloned()).collect();
        items.at.put(body, Value::Array(shown));
        self.number_pages(call, &page, all.len(), body);
        Ok(())
    }

    /// Adds items in the likeness of those that the sample shows, so that there is more than one page of them.
    fn fill_up(&self, id: &Pointer, items: &mut Vec<Value>) {
        let Some(model) = items.last().cloned() else { return };
        for number in items.len()..ITEMS {
            let mut item = model.clone();
            let other = match id.first(&model) {
                Some(Value::String(text)) => like(text, &mut Dice::new(self.seed, number as u64)).into(),
                Some(Value::Number(first)) => (first.as_u64().unwrap_or_default() + number as u64).into(),
                _ => return,
            };
            id.put(&mut item, other);
            items.push(item);
        }
    }
}
