//! How much a server may make of a request that its documentation calls wrong: what the documentation does not say is
//! refused may be ignored.

use crate::contract::Contract;
use crate::contract::error::ErrorRow;
use crate::contract::operation::{Operation, Role};
use crate::contract::reference::Basis;
use crate::exchange::{Exchange, Violation};
use crate::rule::{About, Finding, Level};
use crate::story::walk::page;
use crate::story::{Answer, Story};

/// The finding that a wrong request was accepted, as grave as it may be. A habit of a permissive server is one thing,
/// whichever member shows it.
pub(crate) fn tempered(
    finding: Finding,
    row: &ErrorRow,
    exchange: &Exchange,
    contract: &Contract,
) -> Finding {
    let operation = exchange.asked.operation.as_ref().and_then(|name| contract.facts.operations.get(name));
    let constraint = exchange.meant().violation.as_ref().map(Violation::constraint);
    // Many servers read names as their language does, or pass over those they do not know.
    if constraint == Some(Violation::NAME_CASE) {
        return finding.at_most(Level::Warn).about(About::Parameter(Violation::NAME_CASE.to_owned()));
    }
    // That a refusal exists is no duty to give it: a row with a detail of its own says that there is one.
    let is_duty = row.detail_ref.is_some() && contract.basis(&row.reference).can_fail();
    if !is_duty && operation.is_some_and(|operation| is_optional_type(operation, exchange, contract)) {
        let about = About::Parameter("type of an optional member".to_owned());
        // Where even that is deduced, a reader that passes over such members is as good as any.
        let is_deduced = contract.basis(&row.reference) <= Basis::Inferred;
        return finding.at_most(if is_deduced { Level::Note } else { Level::Warn }).about(about);
    }
    finding
}

/// The finding that a request was refused, as grave as it may be: that an empty body under a JSON label is no body at all
/// is what most clients and servers hold, and no page says.
pub(crate) fn temper_empty_json(finding: Finding, exchange: &Exchange) -> Finding {
    if exchange.request.is_empty_json() { finding.at_most(Level::Warn) } else { finding }
}

/// Whether all that is wrong with a start or a list is the type of members that it could as well be without.
fn is_optional_type(operation: &Operation, exchange: &Exchange, contract: &Contract) -> bool {
    if !matches!(operation.role, Role::Create | Role::List) || operation.graphql.is_some() {
        return false;
    }
    let broken = contract.shapes.mismatches(&operation.request, &exchange.asked.view);
    // A value of the wrong type meets no other keyword either.
    let is_typed = |at: &str| broken.iter().any(|other| other.keyword == "type" && at.starts_with(&other.at));
    !broken.is_empty()
        && broken.iter().all(|mismatch| {
            is_typed(&mismatch.at) && !contract.shapes.requires(&operation.request, &mismatch.at)
        })
}

/// Whether a list that was asked for with an unknown word for a filter holds nothing, which is a good answer where no
/// page says otherwise: nothing is what the filter lets through.
pub(crate) fn is_fruitless(story: &Story<'_>, answer: &Answer<'_>, row: &ErrorRow) -> bool {
    let contract = story.contract;
    if answer.operation.role != Role::List || contract.basis(&row.reference).can_fail() {
        return false;
    }
    let is_of_filter = |at: &str| {
        answer.operation.filters.iter().any(|filter| {
            let parts = filter.send.as_object().into_iter().flatten();
            let mut members = parts.flat_map(|(part, members)| {
                members
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(move |(name, _)| format!("/{part}/{}", crate::contract::pointer::escape(name)))
            });
            members.any(|place| {
                at.strip_prefix(&place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        })
    };
    let broken = contract.shapes.mismatches(&answer.operation.request, &answer.exchange.asked.view);
    !broken.is_empty()
        && broken.iter().all(|mismatch| is_of_filter(&mismatch.at))
        && page(*answer).is_some_and(|page| page.items.is_empty())
}
