//! Cancels with another documented outcome.

use std::collections::BTreeSet;

use super::super::fault::Decision;
use super::super::job::JobView;
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::cancel::{Expect, Row};
use crate::contract::operation::Role;

enum Other {
    /// Leads to this state where a row allows it.
    LeadsTo(String),
    /// Ends in this state where a row allows it.
    EndsIn(String),
    /// Succeeds in this state, and changes nothing.
    Unchanged(String),
}

struct Cancel {
    label: Label,
    other: Other,
}

impl Decoy for Cancel {
    fn label(&self) -> &Label {
        &self.label
    }

    fn cancel(&self, job: &JobView, row: Option<&Row>, decision: Decision) -> Decision {
        let Some(row) = row else { return decision };
        match (&self.other, &row.expect, decision) {
            (Other::LeadsTo(state), Expect::Accepted(accepted), Decision::Accept { settles_in, .. })
                if accepted.leads_to.contains(state) =>
            {
                Decision::Accept { leads_to: state.clone(), settles_in }
            }
            (Other::EndsIn(state), Expect::Accepted(accepted), Decision::Accept { leads_to, settles_in })
                if accepted.settles_in.contains(state)
                    // What stands still has no work to be done first.
                    || (accepted.or_races_to.contains(state) && job.until_next.is_some()) =>
            {
                // Where a cancel takes hold at once, losing the race shows at once too.
                let is_at_once = settles_in.as_ref().is_none_or(|end| *end == leads_to);
                let leads_to = if is_at_once { state.clone() } else { leads_to };
                Decision::Accept { leads_to, settles_in: Some(state.clone()) }
            }
            (Other::Unchanged(state), Expect::Refused(_), Decision::Refuse(_))
                if row.unchanged_ref.is_some() && job.state == *state =>
            {
                Decision::Ignore
            }
            (_, _, decision) => decision,
        }
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let (mut leads, mut ends, mut unchanged) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for row in &contract.facts.cancel {
        match &row.expect {
            Expect::Accepted(accepted) => {
                leads.extend(accepted.leads_to.iter().skip(1));
                ends.extend(accepted.settles_in.iter().skip(1));
                ends.extend(&accepted.or_races_to);
            }
            Expect::Refused(_) if row.unchanged_ref.is_some() => unchanged.extend(&row.state),
            Expect::Refused(_) | Expect::Undocumented(_) => {}
        }
    }
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    // The declared step that a cancel takes to a state: from the one in between, or else from one it is accepted in.
    let edge = |to: &String| {
        let rows = contract.facts.cancel.iter().filter_map(|row| match &row.expect {
            Expect::Accepted(accepted) => Some((row, accepted)),
            _ => None,
        });
        let from = rows.flat_map(|(row, accepted)| accepted.leads_to.iter().take(1).chain(&row.state));
        let has_step = |from: &&String| {
            contract.facts.lifecycle.states.get(*from).is_some_and(|state| state.next.contains(to))
        };
        from.into_iter().find(has_step).map(|from| (from.clone(), to.clone()))
    };
    let mut add = |id: String, title: String, legal: &str, other: Other| {
        let mut label = Label::new(id, title, legal);
        if let Other::LeadsTo(to) | Other::EndsIn(to) = &other {
            label.edge = edge(to);
        }
        found.push(Box::new(Cancel { label, other }) as Box<dyn Decoy>);
    };
    for state in leads {
        add(
            format!("cancel-leads-to::{state}"),
            format!("an accepted cancel takes the job to {state} at once"),
            "the table of cancels lists it as an outcome",
            Other::LeadsTo(state.clone()),
        );
    }
    // A service without the word could not show such a job.
    let is_shown = |state: &&String| {
        contract.of_role(Role::Get).all(|(name, _)| contract.shape_of(name).can_show(state))
    };
    for state in ends.into_iter().filter(is_shown) {
        add(
            format!("cancel-ends-in::{state}"),
            format!("a job ends in {state} although its cancel was accepted"),
            "the table of cancels lists it: the work was done before the cancel took hold",
            Other::EndsIn(state.clone()),
        );
    }
    for state in unchanged {
        add(
            format!("cancel-unchanged::{state}"),
            format!("the cancel of a job in {state} succeeds and changes nothing"),
            "the table of cancels tolerates it, by a reference of its own",
            Other::Unchanged(state.clone()),
        );
    }
    found
}
