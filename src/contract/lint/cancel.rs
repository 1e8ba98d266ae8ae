//! The cancel and retry tables: their states, facets and conditions exist, and every state has a row.

use crate::contract::cancel::{Expect, Row, row};
use crate::contract::combination::{combinations, label};
use crate::contract::diagnostic::Diagnostic;
use crate::contract::load::Draft;
use crate::contract::operation::Role;
use crate::contract::source::child;

/// Checks it.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    check_many(draft, mistakes);
    for (table, rows, role) in
        [("cancel", &draft.facts.cancel, Role::Cancel), ("retry", &draft.facts.retry, Role::Retry)]
    {
        check_rows(draft, table, rows, mistakes);
        let has_call = draft.facts.operations.values().any(|o| o.role == role);
        let mut report = |message: String, help: &str| {
            let place = draft.document.span(&format!("/{table}"));
            mistakes.push(draft.document.error(place, message).with_help(help.to_owned()));
        };
        if has_call && rows.is_empty() {
            report(
                format!("there is a {table} operation and no `{table}` table"),
                "say which jobs it is for",
            );
        } else if !has_call && !rows.is_empty() {
            report(format!("there is a `{table}` table and no {table} operation"), "add the operation");
        } else if has_call {
            for state in draft.facts.lifecycle.states.keys() {
                let missing = combinations(&draft.facts, rows, state)
                    .into_iter()
                    .find(|facets| row(rows, state, facets).is_none());
                if let Some(facets) = missing {
                    let kind = label(&draft.facts, &facets);
                    let with = if kind.is_empty() { String::new() } else { format!(" with {kind}") };
                    report(
                        format!("the `{table}` table has no row for `{state}`{with}"),
                        "add one; where the documentation is silent, `expect = { undocumented = \"…\" }`",
                    );
                }
            }
        }
    }
}

/// Every call that cancels many jobs says what it does, and nothing else does.
fn check_many(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let calls = || draft.facts.operations.iter().filter(|(_, o)| o.role == Role::CancelMany);
    let places = draft.facts.cancel_many.keys().map(|id| (child("/cancel_many", id), id.clone()));
    super::names(draft, "cancel-many operation", places, calls().map(|(id, _)| id.as_str()), mistakes);
    for (id, _) in calls().filter(|(id, _)| !draft.facts.cancel_many.contains_key(*id)) {
        let place = draft.document.span(&child("/operations", id));
        let message = format!("nothing says which jobs `{id}` cancels");
        mistakes.push(draft.document.error(place, message).with_help(format!("add [cancel_many.{id}]")));
    }
    for (id, operation) in calls() {
        let Some(many) = draft.facts.cancel_many.get(id) else { continue };
        let names_parents = draft.facts.job.parents.keys().any(|name| operation.parent_place(name).is_some());
        if !names_parents && many.ends().next().is_none() {
            let place = draft.document.span(&child("/cancel_many", id));
            let message = format!("`{id}` would cancel every job there is");
            let help = "add `parents` to the operation, or an end of a time range here".to_owned();
            mistakes.push(draft.document.error(place, message).with_help(help));
        }
        if many.ends().next().is_some() && draft.facts.job.timestamps.created.is_none() {
            let place = draft.document.span(&child("/cancel_many", id));
            let message = "a range of creation times, and no job shows when it was created".to_owned();
            let help = "add `created` to the job's `timestamps`".to_owned();
            mistakes.push(draft.document.error(place, message).with_help(help));
        }
    }
}

fn check_rows(draft: &Draft, table: &str, rows: &[Row], mistakes: &mut Vec<Diagnostic>) {
    let states = || draft.facts.lifecycle.states.keys().map(String::as_str);
    for (index, row) in rows.iter().enumerate() {
        let at = format!("/{table}/{index}");
        let mut places: Vec<(String, String)> =
            row.state.iter().enumerate().map(|(i, s)| (format!("{at}/state/{i}"), s.clone())).collect();
        if let Expect::Accepted(accepted) = &row.expect {
            for (key, list) in [
                ("leads_to", &accepted.leads_to),
                ("settles_in", &accepted.settles_in),
                ("or_races_to", &accepted.or_races_to),
            ] {
                places.extend(
                    list.iter()
                        .enumerate()
                        .map(|(i, s)| (format!("{at}/expect/accepted/{key}/{i}"), s.clone())),
                );
            }
        }
        super::names(draft, "state", places, states(), mistakes);
        for (facet, values) in &row.facets {
            let place = format!("{at}/facets/{facet}");
            let known = draft.facts.job.facets.keys().map(String::as_str);
            super::names(draft, "facet", [(place.clone(), facet.clone())], known, mistakes);
            if let Some(fact) = draft.facts.job.facets.get(facet) {
                let places = values.iter().enumerate().map(|(i, v)| (format!("{place}/{i}"), v.clone()));
                super::names(draft, "value", places, fact.values.iter().map(String::as_str), mistakes);
            }
        }
        if let Expect::Refused(condition) = &row.expect
            && !draft.facts.errors.iter().any(|e| e.when == *condition)
        {
            let place = draft.document.span(&format!("{at}/expect"));
            let message = format!("no `errors` row says what is answered for `{condition}`");
            mistakes.push(draft.document.error(place, message).with_help("add one with `when`".to_owned()));
        }
    }
}
