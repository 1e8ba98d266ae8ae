//! Bodies with more members than documented, or without the optional ones.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::answer::{Answer, AnswerContext};
use super::super::blueprint::{Blueprint, Shown, blueprints, success, walk};
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;

/// The name of a member that no vendor has.
const EXTRA: &str = "xJobproofExtra";

enum Change {
    ExtraInJob,
    ExtraInBody,
    Without(Pointer),
    WithoutUntilEnd(Pointer),
    Null(Pointer),
}

struct Member {
    label: Label,
    change: Change,
}

impl Decoy for Member {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        match &self.change {
            Change::ExtraInJob => context.each_job(answer, |job| {
                if let Some(members) = job.as_object_mut() {
                    members.insert(EXTRA.into(), json!({"since": "2026-01-01", "items": [1, null]}));
                }
            }),
            Change::ExtraInBody => {
                if let Some(Value::Object(members)) = answer.body_mut() {
                    members.insert(EXTRA.into(), json!(true));
                }
            }
            Change::Without(at) => context.each_job(answer, |job| at.remove(job)),
            Change::WithoutUntilEnd(at) => {
                let has_ended = |job: &Value| {
                    let state = context.contract.facts.job.state.text(job);
                    state.is_some_and(|state| context.contract.facts.lifecycle.is_terminal(state))
                };
                context.each_job(answer, |job| {
                    if !has_ended(job) {
                        at.remove(job);
                    }
                });
            }
            Change::Null(at) => context.each_job(answer, |job| {
                if at.first(job).is_some() {
                    at.put(job, Value::Null);
                }
            }),
        }
    }
}

/// The documented answers that show jobs, each with the name of its schema and where its first job stands.
fn answers(contract: &Contract) -> Vec<(String, Value, Pointer)> {
    let blueprints = blueprints(contract);
    let operations = contract.facts.operations.iter();
    operations
        .filter_map(|(name, operation)| {
            let blueprint = blueprints.get(name)?;
            let mut body = blueprint.body.clone()?;
            let at = match (&operation.job, &operation.jobs) {
                (Some(at), _) => {
                    at.put(&mut body, blueprint.job.clone());
                    at.clone()
                }
                (None, Some(at)) => {
                    at.put(&mut body, Value::Array(vec![blueprint.job.clone()]));
                    at.join("/0")
                }
                (None, None) => return None,
            };
            Some((success(operation).1.to_owned(), body, at))
        })
        .collect()
}

/// Whether every documented answer still keeps to its schema when its job is changed.
fn fits(contract: &Contract, answers: &[(String, Value, Pointer)], change: impl Fn(&mut Value)) -> bool {
    answers.iter().all(|(schema, body, at)| {
        let mut changed = body.clone();
        if let Some(job) = changed.pointer_mut(at.as_str()) {
            change(job);
        }
        contract.shapes.is_valid(schema, &changed)
    })
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let shape = &contract.facts.job;
    let answers = answers(contract);
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    let mut add = |id: String, title: String, legal: &str, change: Change| {
        found.push(Box::new(Member { label: Label::new(id, title, legal), change }) as Box<dyn Decoy>);
    };
    let tolerant = "a client has to pass over members that it does not know";
    let speaks_graphql = contract.facts.operations.values().any(|operation| operation.graphql.is_some());
    // An answer to a GraphQL document has the members that were asked for and no others.
    if !speaks_graphql {
        if fits(contract, &answers, |job| {
            if let Some(members) = job.as_object_mut() {
                members.insert(EXTRA.into(), json!(true));
            }
        }) {
            add("extra-member::job".into(), "jobs have a member more".into(), tolerant, Change::ExtraInJob);
        }
        add(
            "extra-member::body".into(),
            "every body has a member more".into(),
            tolerant,
            Change::ExtraInBody,
        );
    }
    let mut members: BTreeMap<Pointer, ()> = BTreeMap::new();
    for (_, body, at) in &answers {
        if let Some(job) = body.pointer(at.as_str()) {
            walk(job, &Pointer::new(""), &mut |at, _| {
                members.insert(at.clone(), ());
            });
        }
    }
    // What says which job it is and how it is doing has to be there for anything to be tested at all.
    let is_needed = |at: &Pointer| {
        let facets = shape.facets.values().filter_map(|facet| facet.at.as_ref());
        let ended = contract.facts.invariants.iter().filter_map(|invariant| match &invariant.require {
            crate::contract::invariant::Requirement::WhenEnded(at) => Some(at),
            _ => None,
        });
        // A start asks for it, so the job has it.
        let starts = contract.facts.operations.values().flat_map(|operation| &operation.echoes);
        let echoes = starts.filter(|echo| echo.absent_ref.is_none()).map(|echo| &echo.at);
        [&shape.id, &shape.state]
            .into_iter()
            .chain(facets)
            .chain(shape.aliases.values())
            .chain(ended)
            .chain(echoes)
            .any(|other| format!("{}/", other.as_str()).starts_with(&format!("{}/", at.as_str())))
    };
    let blueprints = blueprints(contract);
    let comes_late = |at: &Pointer| {
        let late = |(other, shown): &(Pointer, Shown)| other == at && *shown != Shown::Started;
        blueprints.values().any(|blueprint| blueprint.conditional.iter().any(late))
    };
    // Lists are read of ended jobs: a member that only they show is never seen to come late.
    let gets: Vec<&Blueprint> =
        contract.of_role(Role::Get).filter_map(|(name, _)| blueprints.get(name)).collect();
    let is_read = |at: &Pointer| gets.iter().any(|get| at.first(&get.job).is_some());
    let has = contract.of_role(Role::Get).next().is_some();
    for at in members.into_keys().filter(|at| has && !is_needed(at)) {
        let name = at.as_str().trim_start_matches('/');
        // Inner members are many alike: the first level of objects will do.
        if at.segments().len() > 2 || at.segments().last().is_some_and(|last| last == "*") {
            continue;
        }
        if fits(contract, &answers, |job| at.remove(job)) {
            add(
                format!("omitted-member::{name}"),
                format!("no job has the member {name}"),
                "the member is optional",
                Change::Without(at.clone()),
            );
        }
        if at.segments().len() == 1
            && is_read(&at)
            && !comes_late(&at)
            && fits(contract, &answers, |job| at.remove(job))
        {
            add(
                format!("late-member::{name}"),
                format!("a job has the member {name} only once it has ended"),
                "the member is optional",
                Change::WithoutUntilEnd(at.clone()),
            );
        }
        let nulled = |job: &mut Value| {
            if at.first(job).is_some() {
                at.put(job, Value::Null);
            }
        };
        if at.segments().len() == 1 && fits(contract, &answers, nulled) {
            add(
                format!("null-member::{name}"),
                format!("the member {name} of each job is null"),
                "the schema admits null for it",
                Change::Null(at),
            );
        }
    }
    found
}
