//! One job seen through several services: what is done to it through one shows through the others.

use super::{Call, Case, Step, read, take};
use crate::contract::Contract;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;

/// The cases: for each call that cancels, a job is read through every service before it and after it.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    let readers = readers(contract);
    if readers.len() < 2 {
        return cases;
    }
    for (id, _) in contract.of_role(Role::Cancel) {
        let lifecycle = &contract.facts.lifecycle;
        let is_shown = |state: &&String| readers.iter().all(|get| contract.shape_of(get).can_show(state));
        let mut states: Vec<&str> = lifecycle
            .states
            .iter()
            .filter(|(name, state)| !state.phase.is_terminal() && is_shown(name))
            .map(|(name, _)| name.as_str())
            .collect();
        // A job that waits can be cancelled more often than one that is at work.
        states.sort_by_key(|state| (lifecycle.phase(state) != Phase::Waiting, *state));
        let title = "a job that is cancelled through one service is seen so through the others";
        let case = Case::new(contract, id, "surfaces", title.to_owned(), &["status/surfaces-agree"]);
        let read_all = |case: Case| readers.iter().fold(case, |case, get| case.then(read(get, "job")));
        let case = read_all(case.then(take("job", &states)));
        let case = read_all(case.then(Step::Call(Call::new(id).job("job"))));
        let settle = Step::Poll { job: "job".into(), until: Vec::new() };
        cases.push(read_all(read_all(case.then(settle))));
    }
    cases
}

/// The first call of each service that reads a job.
fn readers(contract: &Contract) -> Vec<&str> {
    let mut services = Vec::new();
    let mut found = Vec::new();
    for (id, get) in contract.of_role(Role::Get) {
        if !services.contains(&&get.service) {
            services.push(&get.service);
            found.push(id);
        }
    }
    found
}
