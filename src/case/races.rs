//! Cancels that meet the job's own end.

use std::collections::BTreeMap;

use super::{Call, Case, Race, Step, reader};
use crate::contract::Contract;
use crate::contract::cancel::Expect;
use crate::contract::operation::{Operation, Role};

/// How many jobs one case cancels.
const TIMES: usize = 5;

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, cancel) in contract.of_role(Role::Cancel) {
        if reader(contract, cancel).is_none() {
            continue;
        }
        let title = "a cancel that meets the end of the job leaves one story".to_owned();
        let mut case = Case::new(contract, id, "race", title, &["cancel/one-story"]);
        let call = Call::new(id).job("job");
        match creator(contract, cancel) {
            Some((name, open)) => {
                let mut create = Call::new(name);
                create.creates = Some("job".into());
                case = case.then(Step::Race(Box::new(Race { create, cancel: call, open, times: TIMES })));
            }
            None => case.silent = Some("no operation starts a job that can be cancelled".into()),
        }
        cases.push(case);
    }
    cases
}

/// The operation that starts jobs which can be cancelled, with the states in which they can.
pub(super) fn creator<'c>(contract: &'c Contract, cancel: &Operation) -> Option<(&'c str, Vec<String>)> {
    let facts = &contract.facts;
    let mut creators: Vec<(&str, &Operation)> = contract
        .of_role(Role::Create)
        .filter(|(_, operation)| operation.target.is_none() && !operation.destroys)
        .collect();
    // The service of the cancel comes first: there the job is sure to be known.
    creators.sort_by_key(|(_, operation)| operation.service != cancel.service);
    creators.into_iter().find_map(|(name, operation)| {
        let known: BTreeMap<String, Vec<String>> =
            operation.facets.iter().map(|(facet, value)| (facet.clone(), vec![value.clone()])).collect();
        let open: Vec<String> = facts
            .lifecycle
            .states
            .keys()
            .filter(|state| {
                let row = facts.cancel.iter().find(|row| {
                    let in_state = row.state.is_empty() || row.state.contains(state);
                    // A facet that nobody can know beforehand does not rule a row out.
                    let may_be = row.facets.iter().all(|(facet, allowed)| {
                        known.get(facet).is_none_or(|values| values.iter().all(|v| allowed.contains(v)))
                    });
                    in_state && may_be
                });
                row.is_some_and(|row| matches!(row.expect, Expect::Accepted(_)))
            })
            .cloned()
            .collect();
        (!open.is_empty()).then_some((name, open))
    })
}
