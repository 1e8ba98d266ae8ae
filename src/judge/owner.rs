//! Which rule an answer belongs to, so that one cause gives one finding.

use crate::rule::Meta;
use crate::story::Story;

/// Rules of other groups that look at the form of an answer, not at what it answers.
const FORM: [&str; 4] =
    ["errors/body-shape", "errors/known-code", "errors/error-in-success", "errors/retry-after"];

/// Whether a rule looks at the form of an answer (status, headers, body) whatever was asked: it does not say how a
/// request that was made to fail is answered.
pub(super) fn is_about_form(meta: &Meta) -> bool {
    matches!(meta.group(), "fields" | "graphql") || FORM.contains(&meta.id)
}

/// Whether a rule looks at what the body of an error holds.
pub(super) fn is_about_error_bodies(meta: &Meta) -> bool {
    matches!(
        meta.id,
        "errors/body-shape" | "errors/known-code" | "graphql/error-entry" | "fields/readable-body"
    )
}

/// Whether what a rule says of an exchange counts. A server error belongs to `errors/server-error`, unless the contract
/// documents that the operation answers so.
pub(super) fn counts(meta: &Meta, exchange: usize, story: &Story<'_>) -> bool {
    let Some(answer) = story.answer(exchange).filter(|answer| answer.response.status >= 500) else {
        return true;
    };
    // A gateway knows nothing of the API behind it.
    let is_gateway = matches!(answer.response.status, 502..=504);
    !is_about_form(meta) || (!is_gateway && is_documented(answer.name, answer.response.status, story))
}

/// Whether the contract documents that an operation answers with this status: by its list or by a row of the errors.
fn is_documented(operation: &str, status: u16, story: &Story<'_>) -> bool {
    let contract = story.contract;
    let listed = contract
        .facts
        .operations
        .get(operation)
        .is_some_and(|o| o.responses.contains_key(&status.to_string()));
    let rows = contract.facts.errors.iter().filter(|row| contract.speaks_of(row, operation));
    listed || rows.flat_map(|row| &row.any_of).any(|answer| answer.status == Some(status))
}
