//! A job is not readable or cancellable through parents that it does not belong to.

use super::{Arrange, Call, Case, JobRef, Parents, Step, read, reader, take, take_cancellable};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::{Operation, Role};
use crate::exchange::Violation;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, operation) in &contract.facts.operations {
        let reaches =
            matches!(operation.role, Role::Get | Role::Cancel | Role::Details) && operation.target.is_some();
        let names_parents = names_what_differs(contract, operation);
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
        call.violation =
            Some(Violation::new("names a job under parents it does not belong to", "foreign-parent"));
        // How this server refuses a job that does not exist is a right answer, whatever the documentation thinks is due.
        let mut unknown = Call::new(id);
        unknown.job = JobRef::Unknown;
        unknown.probe = Some(Condition::UnknownJob);
        unknown.violation = Some(Violation::new("names a well-formed id that no job has", "unknown-job"));
        let mut case = case.then(arranged).then(read(get, "job"));
        if operation.role == Role::Details && !contract.writes(id) {
            case = case.then(Step::Call(Call::new(id).job("job")));
        }
        cases.push(case.then(Step::Call(unknown)).then(Step::Call(call)).then(read(get, "job")));
    }
    cases
}

/// Whether an operation names a parent that there is another of. Where no parameter says that it has another, any may.
pub(super) fn names_what_differs(contract: &Contract, operation: &Operation) -> bool {
    let has_other = |name: &String| {
        contract.facts.parameters.get(name).is_some_and(|parameter| parameter.foreign.is_some())
    };
    let all_alike = !contract.facts.job.parent_names().any(has_other);
    contract
        .facts
        .job
        .parent_names()
        .any(|name| operation.parent_place(name).is_some() && (all_alike || has_other(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_names_nothing_of_what_differs_has_no_case() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        let number = cases(&contract).len();
        assert!(number > 0);
        // Calls name both parents: one that differs is enough.
        contract.facts.parameters.get_mut("knowledgeBaseId").unwrap().foreign = None;
        assert_eq!(cases(&contract).len(), number);
        let get = contract.facts.operations.get_mut("GetIngestionJob").unwrap();
        get.path = get.path.replace("{dataSourceId}", "own");
        get.parents.clear();
        assert_eq!(cases(&contract).len(), number - 1);
    }
}
