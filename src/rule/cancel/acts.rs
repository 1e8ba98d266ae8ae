//! What else in a transcript may have moved a job.

use crate::contract::Contract;
use crate::contract::operation::Role;
use crate::exchange::{Reading, Transcript};
use crate::rule::errors::answer::is_refused;
use crate::rule::evidence::is_named;
use crate::rule::order::precedes;

/// The requests of a transcript that may change one job.
pub(super) struct Acts<'t> {
    transcript: &'t Transcript,
    /// The request's index, its role, and whether it was refused and so should have changed nothing.
    found: Vec<(usize, Role, bool)>,
}

impl<'t> Acts<'t> {
    /// Those that may change the job of a reading.
    pub(super) fn on(transcript: &'t Transcript, contract: &Contract, reading: &Reading) -> Self {
        let found = transcript.exchanges.iter().enumerate().filter_map(|(index, exchange)| {
            let role = exchange.asked.role.filter(|role| Role::ACTS.contains(role))?;
            let is_meant = exchange.asked.job.as_ref().is_none_or(|id| is_named(reading, id));
            let refused =
                exchange.response().is_some_and(|r| r.status < 500) && is_refused(exchange, contract);
            is_meant.then_some((index, role, refused))
        });
        Acts { transcript, found: found.collect() }
    }

    /// Whether something else may have moved the job between a reading and the answer to a cancel. A job that has
    /// ended is moved by nothing but a retry.
    pub(super) fn may_have_moved(&self, before: &Reading, cancel: usize, is_final: bool) -> bool {
        self.found.iter().any(|&(act, role, refused)| {
            act != cancel
                && act != before.exchange
                && !refused
                && (role == Role::Retry || !is_final)
                && !precedes(self.transcript, act, before.exchange)
                && !precedes(self.transcript, cancel, act)
        })
    }

    /// Whether another request may have changed the job after a cancel and before a later exchange was over. Of
    /// requests sent together the last one answers for what follows.
    pub(super) fn between(&self, cancel: usize, later: usize) -> bool {
        self.found.iter().any(|&(act, _, _)| act > cancel && !precedes(self.transcript, later, act))
    }

    /// Whether the job may have been started again after a cancel and before a later exchange was over.
    pub(super) fn restarted(&self, cancel: usize, later: usize) -> bool {
        self.found.iter().any(|&(act, role, refused)| {
            role == Role::Retry && !refused && act > cancel && !precedes(self.transcript, later, act)
        })
    }
}
