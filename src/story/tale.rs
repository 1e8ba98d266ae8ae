//! The story of one job in a line: who was told what, when.

use std::collections::BTreeSet;
use std::time::Duration;

use super::said::seen;
use super::{Story, is_named};
use crate::contract::operation::Role;
use crate::exchange::Reading;

impl Story<'_> {
    /// What is told of a job, in one line: each answer that says something new, with the time since the first. Requests
    /// that were under way at the same time are told in the order they were sent.
    pub(crate) fn tale(&self, job: &Reading) -> String {
        let mut told: Vec<(Duration, String)> = Vec::new();
        let mut last: Option<&str> = None;
        for index in self.concerning(job) {
            let Some(exchange) = self.exchanges.get(index).filter(|e| e.response().is_some()) else {
                continue;
            };
            let is_it = |r: &&Reading| !r.from_list && (r.id == job.id || is_named(job, &r.id));
            let shown = self.readings_at(index).iter().find(is_it).and_then(|r| r.state.as_deref());
            let is_about =
                shown.is_some() || exchange.asked.job.as_ref().is_some_and(|named| is_named(job, named));
            let Some(role) = exchange.asked.role.filter(|_| is_about) else { continue };
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

    /// The exchanges that may tell something of a job, in order: where it was read, or asked to change.
    fn concerning(&self, job: &Reading) -> BTreeSet<usize> {
        let names = std::iter::once(&job.id).chain(job.aliases.values());
        let lives = names.flat_map(|name| self.lives_named(name));
        lives
            .flat_map(|life| {
                let acts = life.acts.iter().map(|act| act.exchange);
                life.readings.iter().map(|reading| reading.exchange).chain(acts)
            })
            .collect()
    }
}
