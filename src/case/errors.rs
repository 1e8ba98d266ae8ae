//! Each documented error condition that a request can bring about by what it names.

use super::{Call, Case, JobRef, Parents, Step, around, read, reader};
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
            cases.push(odd_ids(contract, id, operation));
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

/// Texts that look like no id of any vendor, each with what it is in words. No contract need say how they are refused.
const ODD_IDS: [(&str, &str); 4] =
    [("\u{0}", "a NUL"), ("'", "a quotation mark"), ("\u{10ffff}é", "characters beyond ASCII"), ("-1", "-1")];

/// How long an id is that is longer than any.
const LONG: usize = 600;

/// A job named by what is no id of any vendor: the server has to stay up.
fn odd_ids(contract: &Contract, id: &str, operation: &Operation) -> Case {
    let title = "a job named by what looks like no id does no harm".to_owned();
    let case = Case::new(contract, id, "odd-ids", title, &["errors/server-error"]);
    let call = |literal: String, words: &str| {
        let mut call = Call::new(id);
        call.job = JobRef::Literal(literal);
        call.probe = Some(Condition::MalformedId);
        let words = format!("names a job by {words}");
        call.violation = Some(Violation::new(words, format!("{} id", Violation::ODD_ID)));
        call
    };
    let long = call("a".repeat(LONG), &format!("{LONG} characters"));
    if operation.writes && operation.makes.is_none() {
        return around::on_made(contract, operation, case, long, Step::Call);
    }
    let mut calls: Vec<Call> = ODD_IDS.iter().map(|(id, words)| call((*id).to_owned(), words)).collect();
    // What breaks the vendor's own form, and has cases of its own where the contract says what is answered.
    if contract.error_row(Condition::MalformedId, id).is_none() {
        let malformed = contract.facts.job.ids.malformed.iter();
        calls.extend(malformed.map(|id| call(id.clone(), &format!("the malformed id {id:?}"))));
    }
    calls.push(long);
    calls.into_iter().map(Step::Call).fold(case, Case::then)
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
