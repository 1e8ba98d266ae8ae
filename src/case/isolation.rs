//! A job is not readable or cancellable through parents that it does not belong to.

use super::{Arrange, Call, Case, Parents, Step, read, reader, take, take_cancellable};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, operation) in &contract.facts.operations {
        let reaches =
            matches!(operation.role, Role::Get | Role::Cancel | Role::Details) && operation.target.is_some();
        let names_parents =
            contract.facts.job.parent_names().any(|name| operation.parent_place(name).is_some());
        let Some(get) = reader(contract, operation).filter(|_| reaches && names_parents) else { continue };
        let title = "a job is not reached through another parent".to_owned();
        let case = Case::new(contract, id, "foreign-parent", title, &["isolation/foreign-parent"]);
        let arranged = if operation.role == Role::Cancel {
            take_cancellable(contract, "job")
        } else {
            let done: Vec<&str> = contract.facts.lifecycle.of_phase(Phase::Succeeded).collect();
            match take("job", &done) {
                Step::Arrange(arrange) => Step::Arrange(Arrange { consumes: false, ..arrange }),
                other => other,
            }
        };
        let mut call = Call::new(id).job("job");
        call.parents = Parents::Foreign;
        call.probe = Some(Condition::UnknownJob);
        call.violation = Some("names a job under parents it does not belong to".into());
        cases.push(case.then(arranged).then(read(get, "job")).then(Step::Call(call)).then(read(get, "job")));
    }
    cases
}
