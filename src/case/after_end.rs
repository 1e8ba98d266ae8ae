//! A last look at jobs that have ended, as late as a run allows.

use super::taking::NO_READER;
use super::{Arrange, Case, Silence, Step, reader};
use crate::contract::Contract;
use crate::contract::operation::Role;

/// The cases: one for each service that reads jobs, by the call it reads them with.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let firsts = contract.of_role(Role::Get).filter(|(id, get)| reader(contract, get) == Some(*id));
    firsts
        .map(|(id, get)| {
            let title = "jobs that have ended stay as they ended, and can be read".to_owned();
            let shape = contract.shape(get);
            let mut rules = vec!["lifecycle/terminal-is-final", "lifecycle/stays-readable"];
            if !shape.frozen.is_empty() {
                rules.push("lifecycle/frozen-members");
            }
            let mut case = Case::new(contract, id, "after-the-end", title, &rules);
            let ends = contract
                .facts
                .lifecycle
                .states
                .iter()
                .filter(|(state, fact)| fact.phase.is_terminal() && shape.can_show(state));
            let jobs: Vec<Arrange> = ends
                .map(|(state, _)| Arrange {
                    job: state.clone(),
                    states: vec![state.clone()],
                    facets: std::collections::BTreeMap::new(),
                    foreign: false,
                    consumes: false,
                })
                .collect();
            if get.target.is_none() {
                case.silent = Some(Silence::NoWay(NO_READER.to_owned()));
                return case;
            }
            case.then(Step::LookAgain { jobs })
        })
        .collect()
}
