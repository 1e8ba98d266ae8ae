//! Facts across a whole answer and across items: they name something, and some answer has what they speak of.

use crate::contract::diagnostic::Diagnostic;
use crate::contract::envelope::Agreement;
use crate::contract::invariant::Requirement;
use crate::contract::load::Draft;

/// Checks it.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let mut report = |place: &str, message: String, help: &str| {
        mistakes.push(draft.document.error(draft.document.span(place), message).with_help(help.to_owned()));
    };
    for (index, fact) in draft.facts.envelope.iter().enumerate() {
        let at = format!("/envelope/{index}");
        if draft.facts.envelope[..index].iter().any(|other| other.name == fact.name) {
            report(&format!("{at}/name"), format!("there are two facts named `{}`", fact.name), "rename one");
        }
        let words = match &fact.require {
            Agreement::HttpStatus(_) | Agreement::SuccessFlag(_) => None,
            Agreement::Word(fact) => Some(&fact.one_of),
            Agreement::OtherWord(fact) => Some(&fact.none_of),
        };
        if words.is_some_and(Vec::is_empty) {
            report(&at, format!("`{}` names no word", fact.name), "add one; \"\" stands for an empty text");
        }
        let member = fact.require.at();
        let operations = draft.facts.operations.values();
        let is_held = operations.flat_map(|operation| operation.responses.values()).any(|schema| {
            let document = draft.schemas.get(schema);
            document.is_some_and(|d| super::schemas::may_hold(draft, schema, &d.value, &member.segments()))
        });
        if !is_held {
            let message = format!("no answer's schema names a member at `{}`", member.as_str());
            report(&format!("{at}/require"), message, "correct the pointer, over the whole answer");
        }
    }
    for (index, invariant) in draft.facts.invariants.iter().enumerate() {
        let Requirement::Each(fact) = &invariant.require else { continue };
        let at = format!("/invariants/{index}/require");
        if fact.one_of.is_empty() {
            report(&at, format!("`{}` names no word", invariant.name), "add one");
        }
        if !fact.items.as_str().contains('*') {
            let message = format!("`{}` names no items at `{}`", invariant.name, fact.items.as_str());
            report(&at, message, "end the pointer in `/*`");
        }
    }
    if let Some(polling) = &draft.facts.polling
        && polling.per_minute_ref.is_some()
        && polling.per_minute.is_none()
    {
        let help = "add `per_minute`, or take the reference away";
        report("/polling/per_minute_ref", "a reference for a number that is not there".into(), help);
    }
}
