//! Requests without credentials, and with wrong ones.

use super::{Call, Case, Part, Step, around, finished};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Operation;
use crate::contract::pointer::Pointer;
use crate::exchange::Violation;

/// The conditions, each with the rule that judges it.
const CONDITIONS: [(Condition, &str); 4] = [
    (Condition::MissingCredentials, "auth/missing-credentials"),
    (Condition::BadCredentials, "auth/bad-credentials"),
    (Condition::BadSignature, "auth/bad-signature"),
    (Condition::ExpiredCredentials, "auth/expired-credentials"),
];

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let signs = contract.facts.auth.signs();
    let mut cases = Vec::new();
    for (id, operation) in contract.facts.operations.iter().filter(|(_, operation)| !operation.anonymous) {
        for (condition, rule) in CONDITIONS {
            // Only a signature can be wrong, and made at another time.
            if matches!(condition, Condition::BadSignature | Condition::ExpiredCredentials) && !signs {
                continue;
            }
            let with = condition.word().replace('-', " ");
            let title = format!("a request with {with} is refused");
            let case = Case::new(contract, id, condition.word(), title, &[rule]);
            let mut call = Call::new(id);
            call.credentials = Some(condition);
            call.violation = Some(Violation::new(format!("comes with {with}"), condition.word()));
            cases.push(probe(contract, operation, case, call, condition));
        }
        if signs {
            cases.extend(parts(contract, operation).map(|(part, word)| {
                let what = format!("bad-signature::other-{word}");
                let title = format!("a request that was signed with another {word} is refused");
                let case = Case::new(contract, id, &what, title, &["auth/bad-signature"]);
                let mut call = Call::new(id);
                call.signed_for_another = Some(part);
                call.violation = Some(Violation::new(format!("was signed with another {word}"), &*what));
                probe(contract, operation, case, call, Condition::BadSignature)
            }));
        }
    }
    cases
}

/// The parts that a request of an operation has, by name.
fn parts(contract: &Contract, operation: &Operation) -> impl Iterator<Item = (Part, &'static str)> {
    let takes = |part: &str| {
        let shape = contract.shapes.get(&operation.request);
        shape.is_some_and(|shape| Pointer::new(part).first(&shape.document).is_some())
    };
    let query = takes("/properties/query").then_some((Part::Query, "query"));
    let body = takes("/properties/body").then_some((Part::Body, "body"));
    let service = contract.facts.auth.names_service().then_some((Part::Service, "service"));
    [Some((Part::Path, "path")), query, body, service].into_iter().flatten()
}

/// The case of a call that has to be refused.
fn probe(
    contract: &Contract,
    operation: &Operation,
    mut case: Case,
    mut call: Call,
    condition: Condition,
) -> Case {
    if contract.error_row(condition, &call.operation).is_none() {
        let id = &call.operation;
        case.silent = Some(format!("the documentation names no error for {condition} of {id}").into());
        return case;
    }
    call.probe = Some(condition);
    // What it would change was made for it, so that a server which does not look at credentials does no harm.
    if operation.writes && operation.makes.is_none() {
        return around::on_made(contract, operation, case, call, Step::Call);
    }
    // A finished job, so that a server which does not look at credentials does no harm.
    if operation.target.is_some() {
        case = case.then(finished(contract, "job"));
        call = call.job("job");
    }
    // With good credentials first, where that changes nothing: a server may not have the operation at all.
    if operation.role.is_read() && !contract.writes(&call.operation) {
        let right = Call { job: call.job.clone(), ..Call::new(&call.operation) };
        case = case.then(Step::Call(right));
    }
    case.then(Step::Call(call))
}
