//! Reads of jobs, and of what belongs to them: they answer as documented.

use super::{Call, Case, Step, finished, read, reader};
use crate::contract::Contract;
use crate::contract::operation::Role;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let own = contract.of_role(Role::Get).filter(|(_, operation)| operation.target.is_some()).map(
        |(id, operation)| {
            let title = "of two jobs each is read as itself".to_owned();
            let rules = ["fields/identity-echoed", "lifecycle/stays-readable"];
            let case = Case::new(contract, id, "two-jobs", title, &rules)
                .then(finished(contract, "older"))
                .then(finished(contract, "newer"));
            // That another call read them shows that they are there.
            let other = reader(contract, operation).filter(|other| *other != id);
            let case =
                ["older", "newer"].iter().filter_map(|job| Some(read(other?, job))).fold(case, Case::then);
            ["older", "newer", "older"].iter().map(|job| read(id, job)).fold(case, Case::then)
        },
    );
    let details = contract.of_role(Role::Details).filter(|(_, operation)| !operation.writes);
    let details = details.map(|(id, operation)| {
        let rules: &[&'static str] = if operation.anonymous {
            &["fields/documented-status", "fields/body-schema", "auth/anonymous-accepted"]
        } else {
            &["fields/documented-status", "fields/body-schema", "errors/valid-request-served"]
        };
        if operation.target.is_none() {
            let title = "what needs no job reads as documented".to_owned();
            return Case::new(contract, id, "reads", title, rules).then(Step::Call(Call::new(id)));
        }
        let title = "what belongs to a finished job reads as documented".to_owned();
        let case = Case::new(contract, id, "reads", title, rules).then(finished(contract, "job"));
        // Once it was read it is known to be there.
        let case = match reader(contract, operation) {
            Some(get) => case.then(read(get, "job")),
            None => case,
        };
        case.then(Step::Call(Call::new(id).job("job")))
    });
    own.chain(details).collect()
}
