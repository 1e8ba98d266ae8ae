//! Each documented error condition that a request can bring about by what it names.

use super::{Call, Case, JobRef, Parents, Step, read, reader};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::{Operation, Role};
use crate::exchange::Violation;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, operation) in &contract.facts.operations {
        if operation.target.is_some() {
            let case = condition(
                contract,
                id,
                Condition::UnknownJob,
                "unknown-job",
                &["errors/unknown-job"],
                |call| {
                    call.job = JobRef::Unknown;
                    "names a well-formed id that no job has".into()
                },
            );
            cases.push(case);
            for (index, malformed) in contract.facts.job.ids.malformed.iter().enumerate() {
                let what = format!("malformed-id::{}", index + 1);
                let case = condition(
                    contract,
                    id,
                    Condition::MalformedId,
                    &what,
                    &["errors/malformed-id"],
                    |call| {
                        call.job = JobRef::Literal(malformed.clone());
                        format!("names the malformed id {malformed:?}")
                    },
                );
                cases.push(case);
            }
        }
        let names_parents =
            contract.facts.job.parent_names().any(|name| operation.parent_place(name).is_some());
        if names_parents && operation.target.is_none() {
            let rules = ["errors/unknown-parent"];
            let case = condition(contract, id, Condition::UnknownParent, "unknown-parent", &rules, |call| {
                call.parents = Parents::Unknown;
                "names well-formed parents that do not exist".into()
            });
            cases.push(case);
        }
        if operation.role == Role::Create {
            cases.push(conflict(contract, id, operation));
        }
    }
    cases
}

/// One request made wrong in one way.
fn condition(
    contract: &Contract,
    id: &str,
    condition: Condition,
    what: &str,
    rules: &[&'static str],
    spoil: impl Fn(&mut Call) -> String,
) -> Case {
    let mut call = Call::new(id);
    let words = spoil(&mut call);
    call.probe = Some(condition);
    let mut case = Case::new(contract, id, what, format!("a request that {words} is refused"), rules);
    call.violation = Some(Violation::new(words, what));
    if contract.error_row(condition, id).is_none() {
        case.silent = Some(format!("the documentation names no error for {condition} of {id}").into());
        return case;
    }
    case.then(Step::Call(call))
}

/// Starting while another job of the same parents is under way.
fn conflict(contract: &Contract, id: &str, operation: &Operation) -> Case {
    let title = "a start while another job of the same parents is under way is refused".to_owned();
    let mut case = Case::new(contract, id, "conflict", title, &["errors/conflict"]);
    let Some(get) =
        reader(contract, operation).filter(|_| contract.error_row(Condition::Conflict, id).is_some())
    else {
        case.silent = Some(format!("the documentation names no error for conflict of {id}").into());
        return case;
    };
    let (mut first, mut second) = (Call::new(id), Call::new(id));
    first.creates = Some("first".into());
    second.creates = Some("second".into());
    second.probe = Some(Condition::Conflict);
    second.violation = Some(Violation::new("starts a job while another is under way", "conflict"));
    // The reading after the second start shows whether the first job was still under way: only then was a refusal due.
    let case = case.then(Step::Call(first)).then(Step::Call(second)).then(read(get, "first"));
    // What is left running would stand in the way of the next start.
    case.then(Step::Settle)
}
