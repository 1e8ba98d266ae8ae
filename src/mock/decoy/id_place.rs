//! Answers that show a job's id at another of its places.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::answer::{Answer, AnswerContext};
use super::super::blueprint::{blueprints, success};
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::pointer::Pointer;

struct IdPlace {
    label: Label,
    at: Pointer,
    operations: BTreeSet<String>,
}

impl Decoy for IdPlace {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if self.operations.contains(context.name) {
            let usual = &context.contract.shape(context.operation).id;
            context.each_job(answer, |job| change_places(job, usual, &self.at));
        }
    }
}

fn change_places(job: &mut Value, from: &Pointer, to: &Pointer) {
    if let Some(id) = from.first(job).cloned() {
        from.remove(job);
        to.put(job, id);
    }
}

/// The operations whose documented answer shows an id, and keeps to its schema when the id stands at this place.
fn operations(contract: &Contract, to: &Pointer) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, blueprint) in blueprints(contract) {
        let Some(operation) = contract.facts.operations.get(&name) else { continue };
        let shape = contract.shape(operation);
        let mut job = blueprint.job.clone();
        let shows = shape.id.first(&job).is_some() && shape.id_or.contains(to) && shape.id != *to;
        let Some(mut body) = blueprint.body.clone().filter(|_| shows) else { continue };
        change_places(&mut job, &shape.id, to);
        match (&operation.job, &operation.jobs) {
            (Some(at), _) => at.put(&mut body, job),
            (None, Some(at)) => at.put(&mut body, Value::Array(vec![job])),
            (None, None) => continue,
        }
        if contract.shapes.is_valid(success(operation).1, &body) {
            found.insert(name);
        }
    }
    found
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let shape = &contract.facts.job;
    let views = shape.views.values().filter_map(|view| view.id_or.as_ref());
    let places: BTreeSet<&Pointer> = shape.id_or.iter().chain(views.flatten()).collect();
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    for at in places {
        let operations = operations(contract, at);
        if operations.is_empty() {
            continue;
        }
        let name = at.as_str().trim_start_matches('/');
        let label = Label::new(
            format!("id-elsewhere::{name}"),
            format!("answers show the id of a job as {name}"),
            "the documentation has this name for it, too",
        );
        found.push(Box::new(IdPlace { label, at: at.clone(), operations }));
    }
    found
}
