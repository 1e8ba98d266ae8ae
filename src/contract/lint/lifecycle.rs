//! States: all named ones exist, terminal ones have no way out, the others can be reached and can end.

use crate::contract::diagnostic::Diagnostic;
use crate::contract::lifecycle::Phase;
use crate::contract::load::Draft;
use crate::contract::source::child;

/// Checks it.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let lifecycle = &draft.facts.lifecycle;
    let known = || lifecycle.states.keys().map(String::as_str);
    let mut places: Vec<(String, String)> = Vec::new();
    places.extend(
        lifecycle.initial.iter().enumerate().map(|(i, s)| (format!("/lifecycle/initial/{i}"), s.clone())),
    );
    for (name, state) in &lifecycle.states {
        let at = child("/lifecycle/states", name);
        places.extend(state.next.iter().enumerate().map(|(i, s)| (format!("{at}/next/{i}"), s.clone())));
    }
    super::names(draft, "state", places, known(), mistakes);
    if lifecycle.initial.is_empty() {
        let place = draft.document.span("/lifecycle/initial");
        mistakes.push(draft.document.error(place, "a lifecycle needs an initial state"));
    }
    for (name, state) in &lifecycle.states {
        let at = child("/lifecycle/states", name);
        let mut report = |place: &str, message: String, help: &str| {
            mistakes
                .push(draft.document.error(draft.document.span(place), message).with_help(help.to_owned()));
        };
        if state.phase == Phase::Unknown {
            continue;
        }
        if state.phase.is_terminal() && !state.next.is_empty() {
            let message = format!("`{name}` is terminal ({}) and has a way out", state.phase.word());
            report(&format!("{at}/next"), message, "take `next` away, or give it another phase");
        }
        if !state.phase.is_terminal()
            && !known().any(|to| lifecycle.is_terminal(to) && lifecycle.path(name, to).is_some())
        {
            report(
                &at,
                format!("no terminal state can be reached from `{name}`"),
                "add a state it can go to to `next`",
            );
        }
        if lifecycle.path_to(name).is_none() {
            report(
                &at,
                format!("`{name}` cannot be reached from an initial state"),
                "add it to the `next` of a state",
            );
        }
    }
    for (name, word) in &draft.facts.job.words {
        let at = child("/job/words", name);
        let states = word.agrees.keys().map(|s| (child(&format!("{at}/agrees"), s), s.clone()));
        super::names(draft, "state", states, known(), mistakes);
        let values = word.agrees.iter().flat_map(|(state, values)| {
            let at = child(&format!("{at}/agrees"), state);
            values.iter().enumerate().map(move |(i, v)| (format!("{at}/{i}"), v.clone())).collect::<Vec<_>>()
        });
        super::names(draft, "value", values, word.values.iter().map(String::as_str), mistakes);
        if !word.agrees.is_empty() && word.agrees_ref.is_none() {
            let message =
                format!("`{name}` says how it agrees with the state, and not where that is documented");
            mistakes.push(
                draft
                    .document
                    .error(draft.document.span(&at), message)
                    .with_help("add `agrees_ref`".to_owned()),
            );
        }
    }
}
