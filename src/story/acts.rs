//! What in a transcript may have moved a job.

use super::Life;
use super::said::{is_beside_the_point, is_refused};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::{Exchange, Reading};

/// A request that may have changed a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Act {
    /// Its exchange.
    pub(crate) exchange: usize,
    /// What it asks for.
    pub(crate) role: Role,
    /// Whether it was refused, and so should have changed nothing.
    pub(crate) refused: bool,
}

/// The conditions under which a request to change a job is refused for the job's sake.
pub(crate) const REFUSALS: [Condition; 4] =
    [Condition::NotCancellable, Condition::UnsupportedKind, Condition::NotRetryable, Condition::Conflict];

/// The requests of a transcript that ask to change jobs that are there, in order.
pub(super) fn acts<'t>(
    exchanges: &'t [Exchange],
    contract: &'t Contract,
) -> impl Iterator<Item = Act> + use<'t> {
    exchanges.iter().enumerate().filter_map(|(index, exchange)| {
        let role = exchange.asked.role.filter(|role| Role::ACTS.contains(role))?;
        // What broke on the way may have been done, unless it is how the vendor says no.
        let is_no = || !is_beside_the_point(exchange, contract, &REFUSALS);
        let is_known = exchange.response().is_some_and(|r| r.status < 500 || is_no());
        let refused = is_known && is_refused(exchange, contract);
        Some(Act { exchange: index, role, refused })
    })
}

impl Life<'_> {
    /// Whether a request of one of these roles may have changed the job after the first reading and no later than the
    /// second.
    pub(crate) fn acted_between(&self, earlier: &Reading, later: &Reading, roles: &[Role]) -> bool {
        self.acts.iter().any(|act| {
            roles.contains(&act.role)
                && act.exchange != earlier.exchange
                && !self.precedes(act.exchange, earlier.exchange)
                && !self.precedes(later.exchange, act.exchange)
        })
    }

    /// Whether a request of one of these roles, other than `this`, may have changed the job after one exchange and no
    /// later than another.
    pub(crate) fn others_between(&self, this: usize, earlier: usize, later: usize, roles: &[Role]) -> bool {
        self.acts.iter().any(|act| {
            roles.contains(&act.role)
                && act.exchange != this
                && act.exchange != earlier
                && !self.is_same_again(act.exchange, this)
                && !self.precedes(act.exchange, earlier)
                && !self.precedes(later, act.exchange)
        })
    }

    /// Whether a request met a gateway in trouble and came again as another: the two are one.
    fn is_same_again(&self, first: usize, again: usize) -> bool {
        let exchanges = self.exchanges();
        let (Some(a), Some(b)) = (exchanges.get(first), exchanges.get(again)) else { return false };
        let is_gateway = a.response().is_some_and(|response| matches!(response.status, 502..=504));
        let text = |e: &crate::exchange::Exchange| (e.request.target.clone(), e.request.body.clone());
        first < again && is_gateway && text(a) == text(b)
    }

    /// Whether something else may have moved the job between a reading and the answer to `this`. A job that has ended
    /// is moved by nothing but a retry, and by none that starts a new job in its place.
    pub(crate) fn may_have_moved(&self, before: &Reading, this: usize) -> bool {
        let (is_final, is_left) = (self.is_ended(before), self.is_left_by_retries(before));
        self.acts.iter().any(|act| {
            act.exchange != this
                && act.exchange != before.exchange
                && !act.refused
                && (if act.role == Role::Retry { !is_left } else { !is_final })
                && !self.precedes(act.exchange, before.exchange)
                && !self.precedes(this, act.exchange)
        })
    }

    /// Whether another request may have changed the job after `this` and before a later exchange was over. Of requests
    /// sent together the last one answers for what follows.
    pub(crate) fn acted_since(&self, this: usize, later: usize) -> bool {
        self.acts.iter().any(|act| act.exchange > this && !self.precedes(later, act.exchange))
    }

    /// Whether the job may have been started again after `this` and before a later exchange was over.
    pub(crate) fn restarted_since(&self, this: usize, later: usize) -> bool {
        self.acts.iter().any(|act| {
            act.role == Role::Retry
                && !act.refused
                && act.exchange > this
                && !self.precedes(later, act.exchange)
        })
    }
}
