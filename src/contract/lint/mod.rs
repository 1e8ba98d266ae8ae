//! Checks on what a contract means, made after its shape is known to be right.

mod around;
mod cancel;
mod envelope;
mod errors;
mod examples;
mod facets;
pub(super) mod graphql;
mod job;
mod lifecycle;
mod operations;
mod references;
mod schemas;
mod sentences;

use super::diagnostic::Diagnostic;
use super::load::Draft;
use super::source::nearest;

/// Finds every mistake in meaning.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    references::check(draft, mistakes);
    lifecycle::check(draft, mistakes);
    job::check(draft, mistakes);
    operations::check(draft, mistakes);
    schemas::check(draft, mistakes);
    cancel::check(draft, mistakes);
    errors::check(draft, mistakes);
    facets::check(draft, mistakes);
    around::check(draft, mistakes);
    envelope::check(draft, mistakes);
    examples::check(draft, mistakes);
    sentences::check(draft, mistakes);
}

/// Help for a name that is not among `known`.
fn help<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are: {}", known.collect::<Vec<_>>().join(", ")),
    }
}

/// Reports each name at `places` that is not among `known`.
fn names<'a>(
    draft: &Draft,
    what: &str,
    places: impl IntoIterator<Item = (String, String)>,
    known: impl Iterator<Item = &'a str> + Clone,
    mistakes: &mut Vec<Diagnostic>,
) {
    for (place, name) in places {
        if !known.clone().any(|k| k == name) {
            let message = format!("there is no {what} `{name}`");
            mistakes.push(
                draft
                    .document
                    .error(draft.document.span(&place), message)
                    .with_help(help(&name, known.clone())),
            );
        }
    }
}

#[cfg(test)]
mod tests;
