//! Facets: what they depend on exists, and the calls that create jobs give values that exist.

use crate::contract::diagnostic::Diagnostic;
use crate::contract::load::Draft;
use crate::contract::operation::Role;
use crate::contract::source::child;

/// Checks it.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let facets = &draft.facts.job.facets;
    let names = || facets.keys().map(String::as_str);
    let states = || draft.facts.lifecycle.states.keys().map(String::as_str);
    let values = |at: &str, list: &[String]| -> Vec<(String, String)> {
        list.iter().enumerate().map(|(index, value)| (format!("{at}/{index}"), value.clone())).collect()
    };
    for (name, facet) in facets {
        let at = child("/job/facets", name);
        if facet.values.is_empty() {
            let place = draft.document.span(&format!("{at}/values"));
            mistakes.push(draft.document.error(place, "a facet needs values"));
        }
        for (other, list) in &facet.only_with {
            let at = child(&format!("{at}/only_with"), other);
            super::names(draft, "facet", [(at.clone(), other.clone())], names(), mistakes);
            let Some(fact) = facets.get(other) else { continue };
            let known = fact.values.iter().map(String::as_str);
            super::names(draft, "value", values(&at, list), known, mistakes);
            if !fact.only_with.is_empty() {
                let message = format!("`{name}` depends on `{other}`, which depends on another facet");
                mistakes.push(draft.document.error(draft.document.span(&at), message));
            }
        }
        for (state, list) in &facet.goes_with {
            let at = child(&format!("{at}/goes_with"), state);
            super::names(draft, "state", [(at.clone(), state.clone())], states(), mistakes);
            let known = facet.values.iter().map(String::as_str);
            super::names(draft, "value", values(&at, list), known, mistakes);
        }
    }
    for (id, operation) in &draft.facts.operations {
        let at = child("/operations", id);
        for (name, value) in &operation.facets {
            let at = child(&format!("{at}/facets"), name);
            super::names(draft, "facet", [(at.clone(), name.clone())], names(), mistakes);
            if let Some(fact) = facets.get(name) {
                let known = fact.values.iter().map(String::as_str);
                super::names(draft, "value", [(at, value.clone())], known, mistakes);
            }
        }
        let from = operation.facets_from.keys();
        let from = from.map(|name| (child(&format!("{at}/facets_from"), name), name.clone()));
        super::names(draft, "facet", from, names(), mistakes);
        for (name, words) in &operation.lists {
            let at = child(&format!("{at}/lists"), name);
            super::names(draft, "facet", [(at.clone(), name.clone())], names(), mistakes);
            if let Some(fact) = facets.get(name) {
                let known = fact.values.iter().map(String::as_str);
                super::names(draft, "value", values(&at, words), known, mistakes);
            }
            if words.is_empty() || operation.role != Role::List {
                let message =
                    format!("`lists` names the kinds of jobs that a list holds: `{id}` has none to name");
                mistakes.push(draft.document.error(draft.document.span(&at), message));
            }
        }
        let starts = !operation.facets.is_empty() || !operation.facets_from.is_empty() || operation.destroys;
        if starts && operation.role != Role::Create {
            let message = format!("`{id}` creates no jobs, so it gives them no facets and destroys nothing");
            mistakes.push(draft.document.error(draft.document.span(&at), message));
        }
    }
    for (index, told) in draft.facts.job.told_by_error.iter().enumerate() {
        let at = format!("/job/told_by_error/{index}");
        super::names(draft, "state", [(format!("{at}/state"), told.state.clone())], states(), mistakes);
        if let Some(pattern) = &told.answer.message {
            super::errors::check_pattern(draft, &format!("{at}/answer/message"), pattern, mistakes);
        }
    }
}
