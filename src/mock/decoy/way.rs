//! New jobs that take another declared way through their states.

use std::collections::{BTreeMap, BTreeSet};

use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::lifecycle::{Lifecycle, Phase};
use crate::contract::operation::Role;

use super::super::job::usual_way;

/// The way of new jobs by the service that starts them: no job goes to a state that its own service cannot show.
type Ways = BTreeMap<Option<String>, Vec<String>>;

struct Way {
    label: Label,
    ways: Ways,
}

impl Decoy for Way {
    fn label(&self) -> &Label {
        &self.label
    }

    fn plan(&self, service: Option<&str>, way: &mut Vec<String>) {
        if let Some(own) = self.ways.get(&service.map(str::to_owned)) {
            way.clone_from(own);
        }
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let lifecycle = &contract.facts.lifecycle;
    let usual = usual_way(lifecycle);
    let creators = contract.of_role(Role::Create);
    let services: BTreeSet<Option<String>> = creators.map(|(_, create)| create.service.clone()).collect();
    let parts: Vec<(Option<String>, Lifecycle)> = services
        .into_iter()
        .map(|service| {
            let part = lifecycle.within(|state| contract.can_show(service.as_deref(), state));
            (service, part)
        })
        .collect();
    // For each service that has such a way, unless it is the usual one.
    let ways = |of: &dyn Fn(&Lifecycle) -> Option<Vec<String>>| -> Option<Ways> {
        let own = parts.iter().filter_map(|(service, part)| Some((service.clone(), of(part)?)));
        let ways: Ways = own.filter(|(_, way)| *way != usual).collect();
        (!ways.is_empty()).then_some(ways)
    };
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    if let [first, .., last] = usual.as_slice()
        && usual.len() > 2
        && let Some(ways) = ways(&|part| part.path(first, last).map(|_| vec![first.clone(), last.clone()]))
    {
        let label = Label::new(
            "skips-states",
            format!("a new job is next seen in {last}"),
            "polling sees a job now and then, and a way through the states between is declared",
        );
        found.push(Box::new(Way { label, ways }));
    }
    for (from, state) in &lifecycle.states {
        for to in &state.next {
            // Nothing but a cancel leads to these; see `cancel`.
            let by_cancel =
                |state: &str| matches!(lifecycle.phase(state), Phase::Stopping | Phase::Cancelled);
            if by_cancel(from) || by_cancel(to) {
                continue;
            }
            let Some(ways) = ways(&|part| through(part, from, to)) else { continue };
            let mut label = Label::new(
                format!("goes-along::{from}-{to}"),
                format!("a new job goes from {from} to {to}"),
                "the transition is declared",
            );
            label.edge = Some((from.clone(), to.clone()));
            found.push(Box::new(Way { label, ways }));
        }
    }
    for initial in lifecycle.initial.iter().filter(|initial| usual.first() != Some(initial)) {
        let on = |part: &Lifecycle| part.path(initial, usual.last()?).map(|way| owned(&way));
        let Some(ways) = ways(&on) else { continue };
        let label = Label::new(
            format!("starts-in::{initial}"),
            format!("a new job is in {initial} from the start"),
            "the state is a declared initial state",
        );
        found.push(Box::new(Way { label, ways }));
    }
    found
}

/// The shortest way of a new job to its end that goes along a transition.
fn through(lifecycle: &Lifecycle, from: &str, to: &str) -> Option<Vec<String>> {
    let mut way = owned(&lifecycle.path_to(from).filter(|_| lifecycle.states.contains_key(to))?);
    let ends = lifecycle.states.keys().filter(|state| lifecycle.is_terminal(state));
    let is_cancelled =
        |way: &Vec<&str>| way.last().is_some_and(|end| lifecycle.phase(end) == Phase::Cancelled);
    let ways = ends.filter_map(|end| lifecycle.path(to, end));
    let rest = ways.min_by_key(|way| (is_cancelled(way), way.len()))?;
    way.extend(owned(&rest));
    Some(way)
}

fn owned(way: &[&str]) -> Vec<String> {
    way.iter().map(|state| (*state).to_owned()).collect()
}
