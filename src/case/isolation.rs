//! A job is not readable or cancellable through parents that it does not belong to.

use super::{Call, Case, Parents, Step, read, reader, take};
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
        let mut case = Case::new(contract, id, "foreign-parent", title, &["isolation/foreign-parent"]);
        let lifecycle = &contract.facts.lifecycle;
        let mut states: Vec<&str> = if operation.role == Role::Cancel {
            lifecycle.states.keys().map(String::as_str).filter(|s| contract.is_cancellable(s)).collect()
        } else {
            lifecycle.of_phase(Phase::Succeeded).collect()
        };
        // What is under way longest is the easiest to catch.
        states.sort_by_key(|s| lifecycle.phase(s) != Phase::Running);
        let mut call = Call::new(id).job("job");
        call.parents = Parents::Foreign;
        call.probe = Some(Condition::UnknownJob);
        call.violation = Some("names a job under parents it does not belong to".into());
        case = case
            .then(take("job", &states))
            .then(read(get, "job"))
            .then(Step::Call(call))
            .then(read(get, "job"));
        if operation.role != Role::Cancel
            && let Some(Step::Arrange(arrange)) = case.steps.first_mut()
        {
            arrange.consumes = false;
        }
        cases.push(case);
    }
    cases
}
