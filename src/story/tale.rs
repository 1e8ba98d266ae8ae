//! The story of one job in a line: who was told what, when.

use super::said::seen;
use super::{Story, is_named};
use crate::contract::operation::Role;
use crate::exchange::Reading;

impl Story<'_> {
    /// What is told of a job, in one line: each answer that says something new, with the time since the first. Requests
    /// that were under way at the same time are told in the order they were sent.
    pub(crate) fn tale(&self, job: &Reading) -> String {
        let mut told: Vec<(std::time::Duration, String)> = Vec::new();
        let mut last: Option<&str> = None;
        for (index, exchange) in self.exchanges.iter().enumerate() {
            let is_it = |r: &&Reading| !r.from_list && (r.id == job.id || is_named(job, &r.id));
            let shown = self.readings_at(index).iter().find(is_it).and_then(|r| r.state.as_deref());
            let is_about =
                shown.is_some() || exchange.asked.job.as_ref().is_some_and(|named| is_named(job, named));
            let Some(role) = exchange.asked.role.filter(|_| is_about) else { continue };
            if exchange.response().is_none() {
                continue;
            }
            let verb = match role {
                Role::Create => "start",
                Role::Cancel | Role::CancelMany => "cancel",
                Role::Retry => "retry",
                Role::Get | Role::List | Role::Details => "read",
            };
            match shown {
                Some(state) if verb == "read" && last == Some(state) => continue,
                Some(state) => told.push((exchange.sent, format!("{verb}: {state}"))),
                // A reading that shows nothing tells nothing.
                None if verb == "read" => continue,
                None => told.push((exchange.sent, format!("{verb}: {}", seen(exchange, self.contract)))),
            }
            last = shown.or(last);
        }
        let began = told.first().map(|(at, _)| *at).unwrap_or_default();
        told.iter()
            .map(|(at, what)| format!("{:.3} s {what}", at.saturating_sub(began).as_secs_f64()))
            .collect::<Vec<_>>()
            .join("; ")
    }
}
