//! What may follow an accepted cancel, over every state that the job may have been in when the cancel came.

use super::attempt::candidates;
use super::{Attempt, Story};
use crate::contract::Contract;
use crate::contract::cancel::{Accepted, Expect, Row};
use crate::contract::combination::Facets;
use crate::contract::lifecycle::Phase;
use crate::exchange::Reading;

/// What may follow an accepted cancel.
#[derive(Debug, Default)]
pub(crate) struct Follow<'t> {
    /// The states that the answer and the first reading may show; none where the documentation leaves that open.
    pub(crate) shows: Option<Vec<&'t String>>,
    /// The states that the job may end in; none where the documentation leaves that open.
    pub(crate) ends: Option<Vec<&'t String>>,
    /// Whether the job may be gone.
    pub(crate) or_gone: bool,
}

impl<'t> Story<'t> {
    /// What may follow an attempt to cancel that was accepted.
    pub(crate) fn follow(&self, attempt: &Attempt<'t>) -> Follow<'t> {
        follow(self.contract, attempt.state, &attempt.facets, attempt.may_move)
    }

    /// The states that may follow an accepted cancel of the job as this reading shows it, as far as the reading and the
    /// one who made it tell; none where it does not show a job that can be cancelled, or where all is open.
    pub(crate) fn may_follow(&self, reading: &Reading) -> Vec<&'t String> {
        let lifecycle = &self.contract.facts.lifecycle;
        let facets = self.facets_of(reading);
        let may_move = self.may_move_after(reading);
        let mut found: Vec<&String> = Vec::new();
        for state in self.states_of(reading).into_iter().filter(|_| self.may_be_cancelled(reading)) {
            let follow = follow(self.contract, state, &facets, may_move);
            if follow.shows.is_none() && follow.ends.is_none() {
                return Vec::new();
            }
            // Where nothing is said of the way to the end, the job may go on for a while; where nothing is said of the
            // end, any will do.
            let is_open = |state: &&String| match lifecycle.is_terminal(state) {
                true => follow.ends.is_none(),
                false => follow.shows.is_none(),
            };
            let open = lifecycle.states.keys().filter(is_open);
            found.extend(follow.shows.iter().chain(&follow.ends).flatten().copied().chain(open));
        }
        let mut seen = std::collections::BTreeSet::new();
        found.retain(|state| seen.insert(*state));
        found
    }

    /// Whether the job of a reading may have moved by itself since.
    pub(crate) fn may_move_after(&self, reading: &Reading) -> bool {
        self.life(&reading.id).is_none_or(|life| life.may_move_before(reading.exchange))
    }
}

fn follow<'t>(contract: &'t Contract, state: &str, facets: &Facets, may_move: bool) -> Follow<'t> {
    let rows = |state: &str, facets: &Facets| candidates(&contract.facts.cancel, state, facets, None);
    let mut met = vec![rows(state, facets)];
    if may_move {
        let lifecycle = &contract.facts.lifecycle;
        let lasting = lasting(contract, facets);
        let others = by_itself(contract, state).into_iter().filter(|other| *other != state);
        // What a job may have ended in before is said by the rows themselves.
        met.extend(others.filter(|other| !lifecycle.is_terminal(other)).map(|other| rows(other, &lasting)));
    }
    let mut accepting: Vec<&Accepted> = Vec::new();
    for rows in met {
        let own: Vec<&Accepted> = rows.iter().filter_map(|row| accepted(row)).collect();
        if own.is_empty() && rows.iter().any(|row| matches!(row.expect, Expect::Undocumented(_))) {
            return Follow { or_gone: true, ..Follow::default() };
        }
        accepting.extend(own);
    }
    let joined = |of: &dyn Fn(&'t Accepted) -> Vec<&'t String>| {
        let mut all: Vec<&String> = Vec::new();
        for state in accepting.iter().flat_map(|accepted| of(accepted)) {
            if !all.contains(&state) {
                all.push(state);
            }
        }
        all
    };
    let races = |a: &'t Accepted| a.or_races_to.iter().filter(move |_| may_move);
    let says = |part: fn(&Accepted) -> &Vec<String>| accepting.iter().all(|a| !part(a).is_empty());
    Follow {
        shows: says(|a| &a.leads_to)
            .then(|| joined(&|a| a.leads_to.iter().chain(&a.settles_in).chain(races(a)).collect())),
        ends: says(|a| &a.settles_in).then(|| joined(&|a| a.settles_in.iter().chain(races(a)).collect())),
        or_gone: accepting.iter().any(|a| a.or_gone),
    }
}

fn accepted(row: &Row) -> Option<&Accepted> {
    if let Expect::Accepted(accepted) = &row.expect { Some(accepted) } else { None }
}

/// The states that a job may come to without any request, this one included. It takes a request to begin to stop a job.
pub(crate) fn by_itself<'t>(contract: &'t Contract, from: &str) -> Vec<&'t str> {
    let lifecycle = &contract.facts.lifecycle;
    let Some((from, _)) = lifecycle.states.get_key_value(from) else { return Vec::new() };
    let mut found = vec![from.as_str()];
    let mut next = 0;
    while let Some(here) = found.get(next).copied() {
        next += 1;
        let is_stopping = lifecycle.phase(here) == Phase::Stopping;
        for to in lifecycle.states.get(here).into_iter().flat_map(|state| &state.next) {
            let by_request = matches!(lifecycle.phase(to), Phase::Stopping | Phase::Cancelled);
            if (is_stopping || !by_request) && !found.contains(&to.as_str()) {
                found.push(to);
            }
        }
    }
    found
}

/// Those facets that stay as they are while a job moves on.
pub(crate) fn lasting(contract: &Contract, facets: &Facets) -> Facets {
    let known = &contract.facts.job.facets;
    let lasts =
        |name: &str| known.get(name).is_some_and(|facet| !facet.has_several() && facet.goes_with.is_empty());
    facets.iter().filter(|(name, _)| lasts(name)).map(|(n, values)| (n.clone(), values.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::contract;

    #[test]
    fn what_a_job_comes_to_by_itself() {
        let contract = contract("bedrock");
        assert_eq!(by_itself(&contract, "STARTING"), ["STARTING", "IN_PROGRESS", "FAILED", "COMPLETE"]);
        assert_eq!(by_itself(&contract, "STOPPING"), ["STOPPING", "STOPPED", "COMPLETE", "FAILED"]);
        assert_eq!(by_itself(&contract, "COMPLETE"), ["COMPLETE"]);
        assert_eq!(by_itself(&contract, "ODD"), [""; 0]);
    }
}
