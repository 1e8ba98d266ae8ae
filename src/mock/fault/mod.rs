//! Seeded defects: each makes the mock wrong in one way, and names the rules of which at least one must see it.

mod again;
mod agreement;
mod another;
mod beginning;
mod cancel;
mod cancel_many;
mod client_body;
mod closed;
mod constraint;
mod course;
mod crash;
mod decision;
mod echo;
mod edge;
mod effect;
mod envelope;
mod error;
mod forgotten;
mod graphql;
mod ground;
mod identity;
mod in_success;
mod invariant;
mod list;
mod listed;
mod member;
mod other_error;
mod race;
mod refused;
mod relapse;
mod retry;
mod seeded;
mod shown;
mod start;
mod stateless;
mod success;
mod surface;
mod swapped;
mod throttle;
mod two_codes;
mod unchanged;
mod unchecked;
mod undocumented;
mod unlisted;
mod unreadable;
mod word;

use crate::contract::Contract;
use crate::contract::error::Condition;

pub use decision::{Again, Check, Decision, Meant, Past, Place};
use ground::Ground;
pub(crate) use seeded::Sound;
pub use seeded::{Fault, Label};

/// Every fault that a mock of this contract can have, always in the same order.
pub fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    if let Some(ground) = Ground::of(contract) {
        found.extend(member::faults(&ground));
        found.extend(word::faults(&ground));
        found.extend(identity::faults(&ground));
        found.extend(shown::faults(&ground));
        found.extend(invariant::faults(&ground));
        found.extend(another::faults(&ground));
    }
    found.extend(envelope::faults(contract));
    found.extend(agreement::faults(contract));
    found.extend(course::faults(contract));
    found.extend(cancel::faults(contract));
    found.extend(effect::faults(contract));
    found.extend(echo::faults(contract));
    found.extend(cancel_many::faults(contract));
    found.extend(retry::faults(contract));
    found.extend(race::faults(contract));
    found.extend(error::faults(contract));
    found.extend(unchecked::faults(contract));
    found.extend(unchanged::faults(contract));
    found.extend(constraint::faults(contract));
    found.extend(list::faults(contract));
    found.extend(listed::faults(contract));
    found.extend(edge::faults(contract));
    found.extend(in_success::faults(contract));
    found.extend(two_codes::faults(contract));
    found.extend(other_error::faults(contract));
    found.extend(forgotten::faults(contract));
    found.extend(surface::faults(contract));
    found.extend(swapped::faults(contract));
    found.extend(throttle::faults(contract));
    found.extend(graphql::faults(contract));
    found.extend(unreadable::faults(contract));
    found.extend(refused::faults(contract));
    found.extend(relapse::faults(contract));
    found.extend(unlisted::faults(contract));
    found.extend(start::faults(contract));
    found.extend(again::faults(contract));
    found.extend(beginning::faults(contract));
    found.extend(stateless::faults(contract));
    found.extend(success::faults(contract));
    found.extend(undocumented::faults(contract));
    found.extend(closed::faults(contract));
    found.extend(crash::faults(contract));
    found.extend(client_body::faults(contract));
    found
}

/// Whether a condition comes about in a run of the suite.
pub(super) fn is_answered(contract: &Contract, condition: Condition) -> bool {
    error::rule(contract, condition).is_some()
}

/// The fault of this id.
pub fn fault(contract: &Contract, id: &str) -> Option<Box<dyn Fault>> {
    faults(contract).into_iter().find(|fault| fault.label().id == id)
}
