//! What stands around jobs: parameters that calls make and remove, pages inside a job, and what is not offered.

use crate::contract::diagnostic::Diagnostic;
use crate::contract::load::Draft;
use crate::contract::operation::Role;
use crate::contract::source::child;

/// Checks it.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let facts = &draft.facts;
    let parameters = || facts.parameters.keys().map(String::as_str);
    for (id, operation) in &facts.operations {
        let at = child("/operations", id);
        let makes = operation.makes.iter().map(|makes| (format!("{at}/makes/parameter"), &makes.parameter));
        let removes = operation.removes.iter().map(|parameter| (format!("{at}/removes"), parameter));
        let places: Vec<(String, String)> =
            makes.chain(removes).map(|(place, name)| (place, name.clone())).collect();
        let has_places = !places.is_empty();
        let changes = operation.changes.iter().map(|c| (format!("{at}/changes/parameter"), &c.parameter));
        let shows = operation.shows.iter().map(|s| (format!("{at}/shows/parameter"), &s.parameter));
        let touched: Vec<(String, String)> =
            changes.chain(shows).map(|(place, name)| (place, name.clone())).collect();
        let unnamed: Vec<(String, String)> = touched
            .iter()
            .filter(|(_, name)| facts.parameters.contains_key(name) && operation.parent_place(name).is_none())
            .cloned()
            .collect();
        super::names(draft, "parameter", touched, parameters(), mistakes);
        super::names(draft, "parameter", places, parameters(), mistakes);
        let mut report = |place: &str, message: String, help: &str| {
            let span = draft.document.span(&format!("{at}{place}"));
            mistakes.push(draft.document.error(span, message).with_help(help.to_owned()));
        };
        for (place, name) in unnamed {
            let place = place.strip_prefix(&at).unwrap_or_default();
            let message = format!("`{id}` speaks of facts of a `{name}` and does not say where it names it");
            report(place, message, "add it to `parents`, with its place in the request");
        }
        for (name, change) in operation.changes.iter().flat_map(|changes| &changes.facts) {
            if change.to.is_some() == change.at.is_some() {
                let message = format!("nothing says what becomes of `{name}`, or two things do");
                let place = format!("/changes/facts/{name}");
                report(&place, message, "give either `to`, its new value, or `at`, its place in the request");
            }
        }
        if has_places && !operation.writes {
            let help = "add `writes = true`, so that it is sent only where writing is allowed";
            report("", format!("`{id}` makes or removes something and does not say that it writes"), help);
        }
        if operation.writes && (operation.role != Role::Details || operation.target.is_some()) {
            let message = format!("`{id}` writes, and its role is not that of a call around jobs");
            report("/writes", message, "give it the role `details`, and no `target`");
        }
        if let Some(parameter) = &operation.removes
            && facts.parameters.contains_key(parameter)
            && operation.parent_place(parameter).is_none()
        {
            let message = format!("`{id}` removes `{parameter}` and does not say where it names it");
            report("/removes", message, "add it to `parents`, with its place in the request");
        }
        if operation.items.is_some() && (operation.role != Role::Details || operation.jobs.is_some()) {
            let message = format!("`{id}` lists items that are no jobs, and its role is not `details`");
            report("/items", message, "give it the role `details`, or name the list in `jobs`");
        }
        if operation.parts.is_some() && operation.role != Role::Get {
            report(
                "/parts",
                format!("`{id}` shows pages of a job's parts and is no get"),
                "take `parts` away",
            );
        }
    }
    check_not_offered(draft, mistakes);
}

/// Nothing is not offered that there is an operation for, and every guess can be filled in.
fn check_not_offered(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let facts = &draft.facts;
    for (role, fact) in &facts.not_offered {
        let at = format!("/not_offered/{}", role.word());
        let mut report = |place: &str, message: String| {
            mistakes.push(draft.document.error(draft.document.span(place), message));
        };
        if let Some((id, _)) = facts.operations.iter().find(|(_, operation)| operation.role == *role) {
            report(&at, format!("{} is said not to be offered, and `{id}` offers it", role.word()));
        }
        if fact.probes.is_empty() {
            report(&at, "without `probes` nothing shows that it is not offered".into());
        }
        for (index, guess) in fact.probes.iter().enumerate() {
            let place = format!("{at}/probes/{index}");
            let marks = guess.path.split('/').chain(guess.query.values().map(String::as_str));
            let names = marks.filter_map(|mark| mark.strip_prefix('{')?.strip_suffix('}'));
            for name in names.filter(|name| *name != "job" && !facts.parameters.contains_key(*name)) {
                report(&place, format!("nothing says what goes into `{{{name}}}`"));
            }
            let same = facts.operations.iter().find(|(_, operation)| {
                operation.method == guess.method
                    && std::iter::once(&operation.path).chain(&operation.also).any(|path| *path == guess.path)
            });
            if let Some((id, _)) = same {
                report(&place, format!("this is a request for `{id}`, which is offered"));
            }
        }
    }
}
