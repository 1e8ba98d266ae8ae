//! Cancels of many jobs that take others than those that are meant.

use super::super::job::JobView;
use super::{Fault, Label, Meant, Place};
use crate::contract::Contract;
use crate::contract::cancel::Edge;
use crate::contract::operation::Role;

enum Wrong {
    /// Whose the jobs are does not matter.
    AnyParents,
    /// This end of the range does not matter.
    NoEnd(Edge),
    /// Jobs that have ended are taken too.
    Finished,
    /// Jobs in this state are not taken.
    NotIn(String),
    /// No job is taken.
    None,
    /// The jobs outside the range are taken, and not those inside.
    Outside,
    /// What is documented of the very end of the range is turned round.
    OtherEnd(Edge),
}

struct CancelMany {
    label: Label,
    wrong: Wrong,
}

impl Fault for CancelMany {
    fn label(&self) -> &Label {
        &self.label
    }

    fn selects(&self, job: &JobView, meant: Meant, selected: bool) -> bool {
        let inside = Place::Inside;
        let flipped = |place: Place| match place {
            Place::At { belongs } => Place::At { belongs: !belongs },
            other => other,
        };
        let as_if = match &self.wrong {
            Wrong::AnyParents if !meant.of_parents => Meant { of_parents: true, ..meant },
            Wrong::NoEnd(Edge::After) if !meant.after.is_in() => Meant { after: inside, ..meant },
            Wrong::NoEnd(Edge::Before) if !meant.before.is_in() => Meant { before: inside, ..meant },
            Wrong::Finished if !meant.is_cancellable => Meant { is_cancellable: true, ..meant },
            Wrong::OtherEnd(Edge::After) => Meant { after: flipped(meant.after), ..meant },
            Wrong::OtherEnd(Edge::Before) => Meant { before: flipped(meant.before), ..meant },
            Wrong::Outside => {
                let is_in = meant.after.is_in() && meant.before.is_in();
                return meant.of_parents && meant.is_cancellable && !is_in;
            }
            Wrong::NotIn(state) => return selected && job.state != *state,
            Wrong::None => return false,
            _ => return selected,
        };
        as_if.is_selected()
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut add = |id: String, title: String, caught_by: &[&'static str], wrong: Wrong| {
        found.push(Box::new(CancelMany { label: Label::new(id, title, caught_by), wrong }) as Box<dyn Fault>);
    };
    let calls = || {
        contract
            .of_role(Role::CancelMany)
            .filter_map(|(name, operation)| Some((operation, contract.facts.cancel_many.get(name)?)))
    };
    let only = &["cancel/many-selects-only"];
    let names_parents = |(operation, _): (&crate::contract::operation::Operation, _)| {
        contract.facts.job.parents.keys().any(|name| operation.parent_place(name).is_some())
    };
    if calls().any(names_parents) {
        let title = "a cancel of many takes the jobs of others too".to_owned();
        add("cancel-many-any-parents".into(), title, only, Wrong::AnyParents);
    }
    if calls().all(|(_, many)| many.undocumented.is_some()) {
        return found;
    }
    let title = "a cancel of many takes jobs that have ended".to_owned();
    add("cancel-many-finished".into(), title, only, Wrong::Finished);
    let title = "a cancel of many takes no job".to_owned();
    add("cancel-many-none".into(), title, &["cancel/many-takes-effect"], Wrong::None);
    let shows = |state: &&String| {
        contract.of_role(Role::Get).any(|(_, get)| {
            let cancels = |(operation, _): (&crate::contract::operation::Operation, _)| {
                operation.service == get.service
            };
            contract.shape(get).can_show(state) && calls().any(cancels)
        })
    };
    let open = contract.facts.lifecycle.states.keys().filter(shows);
    for state in open.filter(|state| !contract.cancellable(state).is_empty()) {
        let title = format!("a cancel of many takes no job in {state}");
        let (id, rules) = (format!("cancel-many-not-in::{state}"), &["cancel/many-takes-effect"]);
        add(id, title, rules, Wrong::NotIn(state.clone()));
    }
    for edge in [Edge::After, Edge::Before] {
        let mut ends = calls().flat_map(|(_, many)| many.ends()).filter(|(own, _)| *own == edge).peekable();
        if ends.peek().is_some() {
            let (word, id) = (edge.word(), format!("cancel-many-ignores-{}", edge.word()));
            add(id, format!("a cancel of many does not look at {word}"), only, Wrong::NoEnd(edge));
        }
        if ends.any(|(_, end)| end.inclusive.is_some()) {
            let (word, id) = (edge.word(), format!("cancel-many-wrong-end-{}", edge.word()));
            let title = format!("a cancel of many takes the very end {word} for the other side of it");
            add(id, title, &["cancel/many-range-ends"], Wrong::OtherEnd(edge));
        }
    }
    if calls().any(|(_, many)| many.ends().next().is_some()) {
        let title = "a cancel of many takes the jobs outside the range, and not those inside".to_owned();
        let rules = &["cancel/many-selects-only", "cancel/many-takes-effect"];
        add("cancel-many-outside".into(), title, rules, Wrong::Outside);
    }
    found
}
