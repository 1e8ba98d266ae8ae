//! Every rule, in a list that can be read. A test compares it with the folders.

use super::{
    Rule, auth, cancel, errors, fields, graphql, idempotency, isolation, lifecycle, limits, listing, retry,
    status,
};

/// Every rule, in the order of their groups.
pub fn rules() -> Vec<&'static dyn Rule> {
    [
        fields::RULES,
        status::RULES,
        lifecycle::RULES,
        cancel::RULES,
        retry::RULES,
        errors::RULES,
        auth::RULES,
        isolation::RULES,
        listing::RULES,
        idempotency::RULES,
        graphql::RULES,
        limits::RULES,
    ]
    .concat()
}

/// The rule of this id.
pub fn rule(id: &str) -> Option<&'static dyn Rule> {
    rules().into_iter().find(|rule| rule.meta().id == id)
}
