//! Cancels that are carried out although no page says what becomes of them.

use super::super::fault::Decision;
use super::super::job::JobView;
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::cancel::{Expect, Row};
use crate::contract::combination::representatives;

struct Cancels {
    label: Label,
    state: String,
    accepted: Decision,
}

impl Decoy for Cancels {
    fn label(&self) -> &Label {
        &self.label
    }

    fn cancel(&self, job: &JobView, row: Option<&Row>, decision: Decision) -> Decision {
        let is_open = row.is_some_and(|row| matches!(row.expect, Expect::Undocumented(_)));
        if is_open && job.state == self.state { self.accepted.clone() } else { decision }
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let facts = &contract.facts;
    let accepted = facts.cancel.iter().find_map(|row| match &row.expect {
        Expect::Accepted(accepted) => Some(accepted),
        _ => None,
    });
    let Some(to) = accepted.and_then(|accepted| accepted.settles_in.first()) else { return Vec::new() };
    let is_open = |state: &String| {
        representatives(facts, &facts.cancel, state).iter().any(|facets| {
            let row = contract.cancel_row(state, facets);
            row.is_some_and(|row| matches!(row.expect, Expect::Undocumented(_)))
        })
    };
    let open = facts.lifecycle.states.iter().filter(|(from, state)| state.next.contains(to) && is_open(from));
    open.map(|(from, _)| {
        let mut label = Label::new(
            format!("cancels-undocumented::{from}"),
            format!("the cancel of a job in {from} succeeds and takes it to {to}"),
            "no page says what becomes of it, and the step is declared",
        );
        label.edge = Some((from.clone(), to.clone()));
        let accepted = Decision::Accept { leads_to: to.clone(), settles_in: None };
        Box::new(Cancels { label, state: from.clone(), accepted }) as Box<dyn Decoy>
    })
    .collect()
}
