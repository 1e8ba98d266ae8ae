//! Cancels that are accepted now and take hold later.

use super::super::fault::Decision;
use super::super::job::JobView;
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::cancel::{Expect, Row};

struct Late {
    label: Label,
    state: String,
}

impl Decoy for Late {
    fn label(&self) -> &Label {
        &self.label
    }

    fn cancel(&self, job: &JobView, row: Option<&Row>, decision: Decision) -> Decision {
        match (row.map(|row| &row.expect), decision) {
            (Some(Expect::Accepted(accepted)), Decision::Accept { leads_to, settles_in })
                if job.state == self.state && accepted.leads_to.contains(&self.state) =>
            {
                let settles_in = settles_in.or(Some(leads_to));
                Decision::Accept { leads_to: self.state.clone(), settles_in }
            }
            (_, decision) => decision,
        }
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let mut states: Vec<&String> = Vec::new();
    for row in &contract.facts.cancel {
        if let Expect::Accepted(accepted) = &row.expect {
            // A row without states speaks of all of them.
            let may_stay = |state: &&String| row.state.is_empty() || row.state.contains(state);
            states.extend(accepted.leads_to.iter().filter(may_stay));
        }
    }
    states.sort_unstable();
    states.dedup();
    let decoys = states.into_iter().map(|state| {
        let label = Label::new(
            format!("cancel-takes-hold-late::{state}"),
            format!("the answer to a cancel still shows {state}, and so does the job for some seconds"),
            "the table of cancels lists the state as one that may be shown",
        );
        Box::new(Late { label, state: state.clone() }) as Box<dyn Decoy>
    });
    decoys.collect()
}
