//! Requests without credentials, and with wrong ones.

use super::{Call, Case, Step, finished};
use crate::contract::Contract;
use crate::contract::error::Condition;

/// The conditions, each with the rule that judges it.
const CONDITIONS: [(Condition, &str); 3] = [
    (Condition::MissingCredentials, "auth/missing-credentials"),
    (Condition::BadCredentials, "auth/bad-credentials"),
    (Condition::BadSignature, "auth/bad-signature"),
];

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let auth = &contract.facts.auth;
    let signs = auth.sigv4.is_some() || auth.acs3.is_some() || auth.sdk_hmac_sha256.is_some();
    let mut cases = Vec::new();
    for (id, operation) in contract.facts.operations.iter().filter(|(_, operation)| !operation.anonymous) {
        for (condition, rule) in CONDITIONS {
            if condition == Condition::BadSignature && !signs {
                continue;
            }
            let title = format!("a request with {} is refused", condition.word().replace('-', " "));
            let mut case = Case::new(contract, id, condition.word(), title, &[rule]);
            if contract.error_row(condition, id).is_none() {
                case.silent = Some(format!("the documentation names no error for {condition} of {id}"));
                cases.push(case);
                continue;
            }
            let mut call = Call::new(id);
            call.credentials = Some(condition);
            call.probe = Some(condition);
            call.violation = Some(format!("comes with {}", condition.word().replace('-', " ")));
            // A finished job, so that a server which does not look at credentials does no harm.
            if operation.target.is_some() {
                case = case.then(finished(contract, "job"));
                call = call.job("job");
            }
            cases.push(case.then(Step::Call(call)));
        }
    }
    cases
}
