//! Sentences: each is tested by named rules and cases, or says why it cannot be.

use crate::contract::diagnostic::Diagnostic;
use crate::contract::load::Draft;

/// Checks it.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    for (index, sentence) in draft.facts.sentences.iter().enumerate() {
        let is_tested = !sentence.rules.is_empty() && !sentence.cases.is_empty();
        let names_nothing = sentence.rules.is_empty() && sentence.cases.is_empty();
        let (message, help) = match &sentence.not_testable {
            Some(_) if sentence.weakly.is_some() => {
                ("a sentence is tested weakly and cannot be tested", "take `weakly` away, or `not_testable`")
            }
            None if is_tested => continue,
            Some(_) if names_nothing => continue,
            Some(_) => (
                "a sentence is tested and cannot be tested",
                "take `not_testable` away, or the rules and cases",
            ),
            None => (
                "nothing says how a sentence is tested",
                "name `rules` and `cases`, or say why it is `not_testable`",
            ),
        };
        let place = draft.document.span(&format!("/sentences/{index}"));
        mistakes.push(draft.document.error(place, message).with_help(help.to_owned()));
    }
}
