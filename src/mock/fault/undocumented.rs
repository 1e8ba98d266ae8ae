//! Cancels of ended jobs on which the documentation is silent, and which take the job out of its end all the same.

use super::super::job::JobView;
use super::{Decision, Fault, Label};
use crate::contract::Contract;
use crate::contract::cancel::Expect;
use crate::contract::combination::{Facets, agrees, representatives};

struct Cancels {
    label: Label,
    state: String,
    facets: Facets,
    to: String,
}

impl Fault for Cancels {
    fn label(&self) -> &Label {
        &self.label
    }

    fn decide_cancel(&self, job: &JobView, _: u32, decision: Decision) -> Decision {
        let is_meant = job.state == self.state && agrees(&self.facets, &job.facets);
        if is_meant && decision == Decision::Ignore {
            return Decision::Accept { leads_to: self.to.clone(), settles_in: None };
        }
        decision
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let facts = &contract.facts;
    let accepted = facts.cancel.iter().find_map(|row| match &row.expect {
        Expect::Accepted(accepted) => accepted.settles_in.first(),
        _ => None,
    });
    let Some(to) = accepted else { return Vec::new() };
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    // Where the step is declared, it may be taken: see the decoy of the same name.
    let ends =
        facts.lifecycle.states.iter().filter(|(from, state)| {
            facts.lifecycle.is_terminal(from) && *from != to && !state.next.contains(to)
        });
    for (from, _) in ends {
        let open = representatives(facts, &facts.cancel, from).into_iter().find(|facets| {
            let row = contract.cancel_row(from, facets);
            row.is_some_and(|row| matches!(row.expect, Expect::Undocumented(_)))
        });
        let Some(facets) = open else { continue };
        let label = Label::new(
            format!("cancels-undocumented::{from}"),
            format!("the cancel of a job in {from} succeeds and takes it to {to}"),
            &["lifecycle/terminal-is-final", "lifecycle/declared-transition"],
        );
        found.push(Box::new(Cancels { label, state: from.clone(), facets, to: to.clone() }));
    }
    found
}
