//! Changes that are asked for again, and twice at once: starts, retries, cancels of many, and other calls that write.
//! Cancels of one job are repeated with their table.

use std::collections::BTreeSet;

use super::taking::NO_READER;
use super::{Call, Case, Moment, Silence, Step, around, creator, finished, read, reader, take};
use crate::contract::Contract;
use crate::contract::cancel::{Edge, Expect, Table, row};
use crate::contract::combination::label;
use crate::contract::operation::{Operation, Role};

const ANSWERED: &str = "idempotency/repeat-answered";

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = starts(contract);
    cases.extend(retries(contract));
    cases.extend(contract.of_role(Role::CancelMany).flat_map(|(id, many)| cancels(contract, id, many)));
    let around = contract.of_role(Role::Details).filter(|(_, operation)| operation.writes);
    cases.extend(around.filter_map(|(id, operation)| written(contract, id, operation)));
    cases
}

/// The call, with what the case calls the job that its answer creates.
fn creating(mut call: Call, slot: &str) -> Call {
    call.creates = Some(slot.to_owned());
    call
}

/// Starts that come again while the first one's job is under way. The first call of a service that starts jobs stands
/// for all where two are sent at once, and is repeated more often: one bad moment is told from a habit so.
fn starts(contract: &Contract) -> Vec<Case> {
    let mut services = BTreeSet::new();
    let mut cases = Vec::new();
    for (id, create) in contract.of_role(Role::Create) {
        let is_plain = create.target.is_none() && !create.destroys;
        let is_first = is_plain && services.insert(create.service.as_deref());
        let mut rules = vec![ANSWERED];
        if !create.anonymous {
            rules.push("errors/valid-request-served");
        }
        let silent = reader(contract, create).is_none().then(|| Silence::NoWay(NO_READER.to_owned()));
        let begin = |what: &str, title: &str, rules: &[&'static str]| {
            let mut case = Case::new(contract, id, what, title.to_owned(), rules);
            case.silent.clone_from(&silent);
            match reader(contract, create).filter(|_| create.target.is_some()) {
                Some(get) => case.then(finished(contract, "source")).then(read(get, "source")),
                None => case,
            }
        };
        let call = |slot: &str| {
            let call = creating(Call::new(id), slot);
            if create.target.is_some() { call.job("source") } else { call }
        };
        let title = "a start that comes again is answered";
        let slots: &[&str] = if is_first { &["first", "second", "third"] } else { &["first", "second"] };
        let again = slots
            .iter()
            .fold(begin("repeated", title, &rules), |case, slot| case.then(Step::Call(call(slot))));
        cases.push(again.then(Step::Settle));
        if is_first {
            let title = "two starts at the same time are answered, and each gives a job of its own";
            let together = Step::Together(vec![call("first"), call("second")]);
            cases.push(begin("concurrent", title, &rules).then(together).then(Step::Settle));
        }
    }
    cases
}

/// Retries of a job that may be retried: again, with a reading between and without, and twice at once.
fn retries(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, retry) in contract.of_role(Role::Retry) {
        let Some(get) = reader(contract, retry) else { continue };
        let shape = contract.shape_of(get);
        for state in contract.facts.lifecycle.states.keys().filter(|state| shape.can_show(state)) {
            let Some(row) = row(&contract.facts.retry, state, &Default::default()) else { continue };
            let Expect::Accepted(accepted) = &row.expect else { continue };
            let mut rules = vec![ANSWERED, "retry/accepted-when-allowed"];
            if accepted.new_job {
                rules.extend(["retry/new-id", "lifecycle/own-id"]);
            }
            let begin = |what: &str, title: String| {
                Case::new(contract, id, &format!("{what}::{state}"), title, &rules)
                    .by(Table::Retry, state, label(&contract.facts, &row.facets))
                    .then(take("job", &[state]))
                    .then(read(get, "job"))
            };
            let call = |slot: &str| creating(Call::new(id).job("job"), slot);
            let title =
                format!("a job in {state} that is retried again is judged by the state it is in then");
            cases.push(
                begin("repeated", title)
                    .then(Step::Call(call("first")))
                    .then(read(get, "job"))
                    .then(Step::Call(call("second")))
                    .then(Step::Call(call("third")))
                    .then(read(get, "job")),
            );
            let title = format!("two retries of a job in {state} at the same time are answered by its state");
            let together = Step::Together(vec![call("first"), call("second")]);
            cases.push(begin("concurrent", title).then(together).then(read(get, "job")));
        }
    }
    cases
}

/// A cancel of many that comes again, when the jobs it meant are cancelled, and two at once.
fn cancels(contract: &Contract, id: &str, operation: &Operation) -> Vec<Case> {
    let Some(many) = contract.facts.cancel_many.get(id) else { return Vec::new() };
    let (Some(get), Some(create)) = (reader(contract, operation), creator(contract, operation)) else {
        return Vec::new();
    };
    let mut rules = vec![ANSWERED];
    if many.undocumented.is_none() {
        rules.push("cancel/many-selects-only");
    }
    let begin = |what: &str, title: &str, rules: &[&'static str]| {
        let start = Step::Call(creating(Call::new(create), "job"));
        Case::new(contract, id, what, title.to_owned(), rules).then(start).then(read(get, "job"))
    };
    let mut call = Call::new(id);
    for (edge, end) in many.ends() {
        let moment =
            if edge == Edge::After { Moment::Before("job".into()) } else { Moment::After("job".into()) };
        call.times.push((end.at.clone(), moment));
    }
    let again = begin("repeated", "a cancel of many that comes again does no harm", &rules)
        .then(Step::Call(call.clone()))
        .then(Step::Settle)
        .then(Step::Call(call.clone()))
        .then(read(get, "job"))
        .then(Step::Call(call.clone()))
        .then(read(get, "job"));
    let together = begin("concurrent", "two cancels of many at the same time are answered", &[ANSWERED])
        .then(Step::Together(vec![call.clone(), call]))
        .then(Step::Settle);
    vec![again, together]
}

/// A call that writes, made twice on what was made for it. One that makes things would leave the first behind.
fn written(contract: &Contract, id: &str, operation: &Operation) -> Option<Case> {
    if operation.makes.is_some() {
        return None;
    }
    let title = "a call that writes and comes again is answered".to_owned();
    let case = Case::new(contract, id, "repeated", title, &[ANSWERED]);
    let mut case = around::on_made(contract, operation, case, Call::new(id), Step::Call);
    let is_it = |step: &Step| matches!(step, Step::Call(call) if call.operation == id);
    if let Some(at) = case.steps.iter().rposition(is_it) {
        let again = case.steps[at].clone();
        case.steps.insert(at, again);
    }
    Some(case)
}
