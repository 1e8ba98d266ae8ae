//! Others, with valid credentials of their own: another account, and one that may only read.

use super::{Call, Case, Step, finished, read, reader, take_cancellable};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::{Operation, Role};
use crate::exchange::{Identity, Violation};

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    let auth = &contract.facts.auth;
    // Where everyone may come in there are no others.
    if !auth.signs() && auth.bearer.is_none() && auth.token_header.is_none() {
        return cases;
    }
    for (id, operation) in contract.facts.operations.iter().filter(|(_, operation)| !operation.anonymous) {
        let names_job = operation.target.is_some();
        let title = "another account does not get at a job".to_owned();
        let foreign = Case::new(contract, id, "foreign-identity", title, &["isolation/foreign-identity"]);
        let title = "credentials that may only read change nothing".to_owned();
        let reading = Case::new(contract, id, "read-only-identity", title, &["auth/read-only-identity"]);
        match operation.role {
            Role::Get | Role::Details if names_job => {
                cases.extend(around(contract, id, operation, foreign, Identity::Foreign));
            }
            Role::List => cases.extend(around(contract, id, operation, foreign, Identity::Foreign)),
            Role::Cancel => {
                cases.extend(around(contract, id, operation, foreign, Identity::Foreign));
                cases.extend(around(contract, id, operation, reading, Identity::ReadOnly));
            }
            Role::Create if names_job => {
                let call = call(id, Identity::ReadOnly).job("job");
                cases.push(reading.then(finished(contract, "job")).then(Step::Call(call)));
            }
            Role::Create => {
                cases.push(reading.then(Step::Call(call(id, Identity::ReadOnly))));
                // Where a start names nothing of ours, whoever sends it starts a job of their own.
                if contract.facts.job.parent_names().any(|name| operation.parent_place(name).is_some()) {
                    cases.extend(start(contract, id, operation));
                }
            }
            _ => {}
        }
    }
    cases
}

/// The case of a call by somebody else, with a reading of the job before and after.
fn around(contract: &Contract, id: &str, operation: &Operation, case: Case, who: Identity) -> Option<Case> {
    let get = reader(contract, operation)?;
    let arranged = if operation.role == Role::Cancel {
        take_cancellable(contract, "job")
    } else {
        finished(contract, "job")
    };
    let call = call(id, who);
    let call = if operation.target.is_some() { call.job("job") } else { call };
    Some(case.then(arranged).then(read(get, "job")).then(Step::Call(call)).then(read(get, "job")))
}

/// The case of a start by another account, of a job that would be ours. A job of ours, read first, shows that the parents
/// are there.
fn start(contract: &Contract, id: &str, operation: &Operation) -> Option<Case> {
    let get = reader(contract, operation)?;
    let title = "another account does not start a job under parents of ours".to_owned();
    let case = Case::new(contract, id, "foreign-identity", title, &["isolation/foreign-identity"]);
    Some(
        case.then(finished(contract, "job"))
            .then(read(get, "job"))
            .then(Step::Call(call(id, Identity::Foreign))),
    )
}

fn call(id: &str, who: Identity) -> Call {
    let mut call = Call::new(id);
    call.identity = Some(who);
    call.probe = Some(Condition::Forbidden);
    call.violation = Some(match who {
        Identity::Foreign => Violation::new("comes from another account", who.word()),
        Identity::ReadOnly => Violation::new("comes with credentials that may only read", who.word()),
    });
    call
}
