//! Operations: their schemas, services and parameters exist, and each role has what it needs.

use crate::contract::diagnostic::Diagnostic;
use crate::contract::load::Draft;
use crate::contract::operation::{Operation, Role};
use crate::contract::source::child;

/// Checks it.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    for (id, operation) in &draft.facts.operations {
        let at = child("/operations", id);
        let schemas = || draft.schemas.keys().map(String::as_str);
        let mut places = vec![(format!("{at}/request"), operation.request.clone())];
        let responses = operation.responses.iter().filter(|(_, schema)| !schema.is_empty());
        places.extend(
            responses.map(|(status, schema)| (child(&format!("{at}/responses"), status), schema.clone())),
        );
        super::names(draft, "schema", places, schemas(), mistakes);
        let services = || draft.facts.services.keys().map(String::as_str);
        let service = operation.service.iter().map(|s| (format!("{at}/service"), s.clone()));
        super::names(draft, "service", service, services(), mistakes);
        let views = || draft.facts.job.views.keys().map(String::as_str);
        let view = operation.view.iter().map(|view| (format!("{at}/view"), view.clone()));
        super::names(draft, "view", view, views(), mistakes);
        let mut report = |place: &str, message: String, help: &str| {
            mistakes
                .push(draft.document.error(draft.document.span(place), message).with_help(help.to_owned()));
        };
        if operation.service.is_none() && !draft.facts.services.is_empty() {
            report(&at, format!("`{id}` does not say which service it belongs to"), "add `service`");
        }
        for status in operation.responses.keys() {
            if status != "default" && !status.parse::<u16>().is_ok_and(|s| (100..600).contains(&s)) {
                let place = child(&format!("{at}/responses"), status);
                report(&place, format!("`{status}` is not an HTTP status"), "write a status, or `default`");
            }
        }
        if operation.success_statuses().next().is_none() {
            report(
                &format!("{at}/responses"),
                format!("`{id}` documents no success status"),
                "add one, such as 200",
            );
        }
        check_role(id, operation, &at, &mut report);
        for (index, echo) in operation.echoes.iter().enumerate() {
            let place = format!("{at}/echoes/{index}");
            let first = echo.sent.segments().into_iter().next().unwrap_or_default();
            if operation.role != Role::Create {
                let message = format!("`{id}` is a {} and starts no job", operation.role.word());
                report(&place, message, "move `echoes` to the call that starts the job");
            } else if !["path", "query", "body"].contains(&first.as_str()) {
                let message = format!("`{}` is no place in a request", echo.sent.as_str());
                report(&format!("{place}/sent"), message, "begin it with /body, /query or /path");
            }
        }
        if let Some(member) = &operation.told_by {
            let first = member.segments().into_iter().next().unwrap_or_default();
            let is_alone = !draft.facts.operations.iter().any(|(other, o)| {
                other != id
                    && (o.method, &o.path, &o.service)
                        == (operation.method, &operation.path, &operation.service)
            });
            if !["query", "body", "headers"].contains(&first.as_str()) {
                let message = format!("`{}` is no place in a request", member.as_str());
                report(&format!("{at}/told_by"), message, "begin it with /body, /query or /headers");
            } else if is_alone {
                let message = format!("no other call has the method and the path of `{id}`");
                report(&format!("{at}/told_by"), message, "take `told_by` away");
            }
        }
        for name in operation.path_parameters() {
            let is_target = operation.target.as_ref().is_some_and(|t| t.segments() == ["path", name]);
            if !is_target && !draft.facts.parameters.contains_key(name) {
                let message = format!("nothing says what goes into `{{{name}}}`");
                report(
                    &format!("{at}/path"),
                    message,
                    "add it to `parameters`, or make it the operation's `target`",
                );
            }
        }
    }
    check_routes(draft, mistakes);
    if !draft.facts.operations.values().any(|operation| operation.role == Role::Get) {
        let message =
            "no operation reads one job: nothing of a job's lifecycle or of its cancels can be judged";
        let help = "give the call that reads one job `role = \"get\"`, with `target` and `job`".to_owned();
        let place = draft.document.key_span("/operations");
        mistakes.push(draft.document.error(place, message).with_help(help).into_warning());
    }
    let states = draft.facts.job.states.iter().flatten().enumerate();
    let states = states.map(|(n, state)| (format!("/job/states/{n}"), state.clone()));
    super::names(draft, "state", states, draft.facts.lifecycle.states.keys().map(String::as_str), mistakes);
    for (name, view) in &draft.facts.job.views {
        let at = child("/job/views", name);
        let aliases = || draft.facts.job.aliases.keys().map(String::as_str);
        let names = view.names.iter().map(|names| (format!("{at}/names"), names.clone()));
        super::names(draft, "further id", names, aliases(), mistakes);
        let states = view.states.iter().flatten().enumerate();
        let states = states.map(|(n, state)| (format!("{at}/states/{n}"), state.clone()));
        super::names(
            draft,
            "state",
            states,
            draft.facts.lifecycle.states.keys().map(String::as_str),
            mistakes,
        );
        let facets = view.facets.keys().map(|facet| (child(&format!("{at}/facets"), facet), facet.clone()));
        super::names(draft, "facet", facets, draft.facts.job.facets.keys().map(String::as_str), mistakes);
        if !draft.facts.operations.values().any(|operation| operation.view.as_ref() == Some(name)) {
            let help = "name it in the `view` of an operation, or take it away".to_owned();
            let message = format!("no operation shows jobs in the view `{name}`");
            mistakes.push(draft.document.error(draft.document.span(&at), message).with_help(help));
        }
    }
    let job = &draft.facts.job;
    let shown = job.parents.keys().map(|name| (child("/job/parents", name), name.clone()));
    let hidden = job.hidden_parents.iter().enumerate();
    let hidden = hidden.map(|(n, name)| (format!("/job/hidden_parents/{n}"), name.clone()));
    let known = draft.facts.parameters.keys().map(String::as_str);
    super::names(draft, "parameter", shown.chain(hidden), known, mistakes);
}

/// No two operations answer the same request: where method and path are the same, a query member tells them apart.
fn check_routes(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let route = |path: &str| -> Vec<String> {
        let segments = path.split('/');
        segments.map(|s| if s.starts_with('{') { "{}".to_owned() } else { s.to_owned() }).collect()
    };
    let operations: Vec<(&String, &Operation)> = draft.facts.operations.iter().collect();
    for (index, (id, operation)) in operations.iter().enumerate() {
        for (other, fact) in operations.iter().take(index) {
            let same = operation.method == fact.method
                && operation.service == fact.service
                && operation.graphql.is_none()
                && route(&operation.path) == route(&fact.path);
            let is_told = operation.query.iter().any(|(n, v)| fact.query.get(n).is_some_and(|w| w != v));
            // A call without a member of its own takes what the others leave.
            let is_told = is_told || operation.told_by != fact.told_by;
            // The one with more query members is the special case of the other.
            if same && !is_told && operation.query.len() == fact.query.len() {
                let place = draft.document.span(&child("/operations", id));
                let message = format!("`{id}` and `{other}` have the same method and path");
                let help =
                    "tell them apart by `query`, the query members that a call always has, or by `told_by`"
                        .to_owned();
                mistakes.push(draft.document.error(place, message).with_help(help));
            }
        }
    }
}

/// Each role has what it needs.
fn check_role(id: &str, operation: &Operation, at: &str, report: &mut dyn FnMut(&str, String, &str)) {
    let names_a_job = matches!(operation.role, Role::Get | Role::Cancel | Role::Retry);
    if names_a_job && operation.target.is_none() {
        let message =
            format!("`{id}` is a {} and does not say where it names the job", operation.role.word());
        report(at, message, "add `target`, a pointer over { path, query, body }");
    }
    if matches!(operation.role, Role::Create | Role::Get) && operation.job.is_none() {
        let message = format!(
            "`{id}` is a {} and does not say where the job stands in its answer",
            operation.role.word()
        );
        report(at, message, "add `job`, a pointer into the success body");
    }
    if operation.role == Role::Retry && operation.job.is_none() {
        let message = format!("`{id}` is a retry and does not say where the new job stands in its answer");
        report(at, message, "add `job`, a pointer into the success body");
    }
    if operation.role == Role::List && operation.jobs.is_none() {
        report(at, format!("`{id}` is a list and does not say where the jobs stand"), "add `jobs`");
    }
}
