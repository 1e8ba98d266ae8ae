//! What the bodies of an operation are made from: its documented sample, and which of its members come and go.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::contract::Contract;
use crate::contract::invariant::Requirement;
use crate::contract::job::JobShape;
use crate::contract::operation::{Operation, Role};
use crate::contract::pointer::{Pointer, escape};
use crate::exchange::reading;

/// When a member of a job is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Once work has begun.
    Started,
    /// Once the job has ended.
    Ended,
    /// Once the job has ended badly.
    Failed,
}

/// What the success bodies of one operation are made from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blueprint {
    /// The status of success.
    pub status: u16,
    /// The whole body, without the job or the list of jobs; none where the body is empty.
    pub body: Option<Value>,
    /// One job, or one item of a list; null where the body shows none.
    pub job: Value,
    /// Members that are not always there.
    pub conditional: Vec<(Pointer, Shown)>,
    /// Whether work is said to have begun with the creation: a body must say when it began before it has.
    pub starts_at_creation: bool,
    /// Points in time that the contract does not name, with whether they may be left out.
    pub other_times: Vec<(Pointer, bool)>,
    /// The first point in time of the sample job.
    pub sample_start: Option<Timestamp>,
    /// How a job looks here.
    pub shape: Option<JobShape>,
}

/// The blueprints of all operations.
pub(crate) fn blueprints(contract: &Contract) -> BTreeMap<String, Blueprint> {
    let whole = whole_job(contract);
    let operations = contract.facts.operations.iter();
    let mut blueprints: BTreeMap<String, Blueprint> =
        operations.map(|(name, operation)| (name.clone(), blueprint(contract, operation, &whole))).collect();
    // Where a job does not tell when it was created, it starts then. Elsewhere one operation that must tell when work
    // began binds the others: the time must not change later.
    let must_tell = |at: &Pointer, blueprint: &Blueprint| {
        let at = blueprint.shape.as_ref().and_then(|shape| shape.timestamps.started.as_ref()).unwrap_or(at);
        at.first(&blueprint.job).is_some() && !blueprint.conditional.contains(&(at.clone(), Shown::Started))
    };
    if let Some(at) = &contract.facts.job.timestamps.started
        && (contract.facts.job.timestamps.created.is_none()
            || blueprints.values().any(|blueprint| must_tell(at, blueprint)))
    {
        blueprints.values_mut().for_each(|blueprint| blueprint.starts_at_creation = true);
    }
    blueprints
}

/// The success status and schema of an operation.
pub(crate) fn success(operation: &Operation) -> (u16, &str) {
    let status = operation.success_statuses().next().unwrap_or(200);
    (status, operation.response_schema(status).unwrap_or_default())
}

/// A documented job with as many members as there are: that of a get, or of any other call.
fn whole_job(contract: &Contract) -> Value {
    [Role::Get, Role::Cancel, Role::Create, Role::List, Role::Retry]
        .into_iter()
        .flat_map(|role| contract.of_role(role))
        .filter(|(_, operation)| operation.view.is_none())
        .find_map(|(_, operation)| sample_job(contract, operation))
        .unwrap_or_else(|| Value::Object(serde_json::Map::new()))
}

fn sample_job(contract: &Contract, operation: &Operation) -> Option<Value> {
    let body = contract.sample(success(operation).1)?;
    let single = operation.job.as_ref().and_then(|at| at.first(body));
    single.or_else(|| operation.jobs.as_ref().and_then(|at| at.join("/*").first(body))).cloned()
}

fn blueprint(contract: &Contract, operation: &Operation, whole: &Value) -> Blueprint {
    let (status, schema) = success(operation);
    let shape = contract.shape(operation);
    if schema.is_empty() {
        return Blueprint { status, ..Blueprint::default() };
    }
    let mut body = contract.sample(schema).cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let mut job = sample_job(contract, operation).unwrap_or_else(|| whole.clone());
    // Where a job looks different, members of the same name may mean something else.
    if operation.view.is_none() {
        adopt(&mut job, whole);
    }
    operation.omits.iter().for_each(|pointer| pointer.remove(&mut job));
    let at = match (&operation.job, &operation.jobs) {
        (Some(at), _) => {
            at.put(&mut body, job.clone());
            at.clone()
        }
        (None, Some(at)) => {
            at.put(&mut body, Value::Array(vec![job.clone()]));
            at.join("/0")
        }
        (None, None) => return Blueprint { status, body: Some(body), ..Blueprint::default() },
    };
    let may_go = |pointer: &Pointer| {
        let mut without = body.clone();
        at.join(pointer.as_str()).remove(&mut without);
        contract.shapes.is_valid(schema, &without)
    };
    let conditional = conditional(contract, shape, &job).into_iter().filter(|(at, _)| may_go(at)).collect();
    let named: Vec<&Pointer> = shape.timestamps.named().map(|(_, at)| at).collect();
    let mut other_times = Vec::new();
    walk(&job, &Pointer::new(""), &mut |pointer, value| {
        let is_time = value.as_str().is_some_and(|text| text.parse::<Timestamp>().is_ok());
        if is_time && !named.contains(&pointer) && !other_times.iter().any(|(at, _)| at == pointer) {
            other_times.push((pointer.clone(), may_go(pointer)));
        }
    });
    let format = shape.timestamps.format;
    let sample_start = named.iter().find_map(|at| reading::time(at.first(&job)?, format));
    let place = operation.job.as_ref().or(operation.jobs.as_ref());
    if let Some(place) = place {
        place.put(&mut body, Value::Null);
    }
    Blueprint {
        status,
        body: Some(body),
        job,
        conditional,
        starts_at_creation: false,
        other_times,
        sample_start,
        shape: operation.view.is_some().then(|| shape.clone()),
    }
}

/// Takes over the values of `whole` for the members both have, so that all operations tell one story.
fn adopt(own: &mut Value, whole: &Value) {
    match (own, whole) {
        (Value::Object(own), Value::Object(whole)) => {
            for (name, value) in own.iter_mut() {
                if let Some(theirs) = whole.get(name) {
                    adopt(value, theirs);
                }
            }
        }
        (own, whole) if std::mem::discriminant(own) == std::mem::discriminant(whole) => *own = whole.clone(),
        _ => {}
    }
}

/// The members of a job that are shown at some times only.
fn conditional(contract: &Contract, shape: &JobShape, job: &Value) -> Vec<(Pointer, Shown)> {
    let mut found = Vec::new();
    found.extend(shape.timestamps.started.iter().map(|at| (at.clone(), Shown::Started)));
    found.extend(shape.timestamps.finished.iter().map(|at| (at.clone(), Shown::Ended)));
    found.extend(contract.facts.invariants.iter().filter_map(|invariant| match &invariant.require {
        Requirement::OnlyWhenEnded(at) => Some((at.clone(), Shown::Ended)),
        _ => None,
    }));
    walk(job, &Pointer::new(""), &mut |pointer, value| {
        if tells_of_failure(pointer, value) && !shape.counters.contains(pointer) {
            found.push((pointer.clone(), Shown::Failed));
        }
    });
    found
}

/// Whether a member is there to say why a job failed. No contract says so: words in its name do.
fn tells_of_failure(pointer: &Pointer, value: &Value) -> bool {
    let name = pointer.segments().pop().unwrap_or_default().to_ascii_lowercase();
    let is_text = match value {
        Value::String(text) => text.parse::<i128>().is_err(),
        Value::Array(items) => items.iter().all(Value::is_string),
        _ => false,
    };
    is_text && ["error", "fail", "reason"].iter().any(|word| name.contains(word))
}

/// Every member below `value`, with `*` for the items of arrays.
pub(crate) fn walk(value: &Value, at: &Pointer, visit: &mut impl FnMut(&Pointer, &Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let here = at.join(&format!("/{}", escape(name)));
                visit(&here, member);
                walk(member, &here, visit);
            }
        }
        Value::Array(items) => {
            let here = at.join("/*");
            items.iter().for_each(|item| walk(item, &here, visit));
        }
        _ => {}
    }
}

/// The job object with the most members.
pub(crate) fn richest(blueprints: &BTreeMap<String, Blueprint>) -> &Value {
    let members = |job: &Value| job.as_object().map_or(0, serde_json::Map::len);
    blueprints.values().map(|b| &b.job).max_by_key(|job| members(job)).unwrap_or(&Value::Null)
}
