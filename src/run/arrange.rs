//! Getting hold of a job in a given state, cheapest first.

use std::collections::BTreeMap;

use serde_json::Value;

use super::drive::Driver;
use super::setup::Known;
use crate::case::{Arrange, Call};
use crate::contract::Contract;
use crate::contract::combination::{Facets, agrees, label};
use crate::contract::lifecycle::Phase;
use crate::contract::operation::{Operation, Role};
use crate::contract::pointer::Pointer;
use crate::exchange::{JobIds, Origin};
use crate::rule::{LAG, Why};
use crate::target::Wanted;

impl Driver<'_> {
    /// Gets hold of a job: a fixture, one that this run knows, one from the arrange hook, or a new one that is brought
    /// there.
    pub(super) async fn arrange(&mut self, wanted: &Arrange) -> Result<(), Why> {
        if wanted.foreign && self.setup.other_parent.is_empty() {
            return Err(Why::NotGiven { what: "add [other_parent] to the target file".into() });
        }
        let found = match self.known(wanted).await {
            Some(found) => Some(found),
            None => match self.hook(wanted).await? {
                Some(ids) => Some((ids, wanted.facets.clone(), Origin::Hook)),
                None => {
                    let made = self.make(wanted).await?;
                    made.map(|id| (JobIds::new(&id), wanted.facets.clone(), Origin::Started))
                }
            },
        };
        let Some((ids, facets, origin)) = found else { return Err(self.missing(wanted)) };
        let id = ids.id().to_owned();
        self.known.extend(ids.0.values().map(|name| (name.clone(), origin)));
        let mut pool = self.pool.lock().await;
        let state = wanted.states.first().cloned().unwrap_or_default();
        let known = pool.jobs.entry(id.clone()).or_insert(Known {
            state,
            since: self.setup.target.elapsed(),
            facets: facets.clone(),
            names: BTreeMap::new(),
            foreign: wanted.foreign,
            taken: true,
        });
        known.taken = true;
        known.facets.extend(facets);
        known.names.extend(ids.others());
        if wanted.consumes {
            pool.used.insert(id.clone());
        }
        drop(pool);
        self.slots.insert(wanted.job.clone(), id.clone());
        self.foreign.insert(wanted.job.clone(), wanted.foreign);
        self.verify(&id, wanted).await
    }

    /// A fixture, or a job that an earlier case left behind unchanged.
    async fn known(&self, wanted: &Arrange) -> Option<(JobIds, Facets, Origin)> {
        let pool = self.pool.lock().await;
        let mine = |id: &String| self.slots.values().any(|slot| slot == id);
        let fixtures = self.setup.fixtures.iter().filter(|f| {
            f.foreign == wanted.foreign
                && wanted.states.contains(&f.state)
                && agrees(&wanted.facets, &f.facets)
        });
        let mut jobs = fixtures.flat_map(|f| f.jobs.iter().map(|ids| (ids, &f.facets)));
        let from_fixtures = jobs.find(|(ids, _)| {
            let id = ids.id().to_owned();
            // A server that does not refuse what it should may have moved the job on meanwhile.
            let still = |k: &Known| !k.taken && wanted.states.contains(&k.state);
            !pool.used.contains(&id) && !mine(&id) && pool.jobs.get(&id).is_none_or(still)
        });
        if let Some((ids, facets)) = from_fixtures {
            return Some((ids.clone(), facets.clone(), Origin::Fixture));
        }
        // Only finished jobs stay where they were last seen.
        let lifecycle = &self.setup.contract.facts.lifecycle;
        pool.jobs
            .iter()
            .find(|(id, known)| {
                !known.taken
                    && known.foreign == wanted.foreign
                    && agrees(&wanted.facets, &known.facets)
                    && wanted.states.contains(&known.state)
                    && lifecycle.is_terminal(&known.state)
                    && !pool.used.contains(*id)
                    && !mine(id)
            })
            .map(|(id, known)| {
                let is_ours = pool.created.contains(id);
                let is_old = known.since + LAG <= self.setup.target.elapsed();
                let origin = match (is_old, is_ours) {
                    (true, _) => Origin::Ended,
                    (false, true) => Origin::Started,
                    (false, false) => Origin::Met,
                };
                (JobIds::new(id), known.facets.clone(), origin)
            })
    }

    /// A job from the arrange hook.
    async fn hook(&self, wanted: &Arrange) -> Result<Option<JobIds>, Why> {
        let parents = if wanted.foreign { &self.setup.other_parent } else { &self.setup.parameters };
        // A state that the surface of the case has no word for would show there as another.
        let contract = &self.setup.contract;
        let service = self.service(contract);
        let can_show = |state: &&String| contract.can_show(service.as_deref(), state);
        for state in wanted.states.iter().filter(can_show) {
            let wanted = Wanted {
                state: state.clone(),
                facets: wanted.facets.clone(),
                parents: parents
                    .iter()
                    .filter(|(name, _)| self.setup.contract.facts.job.has_parent(name))
                    .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                    .collect(),
            };
            match self.setup.target.arrange(&wanted).await {
                Ok(Some(ids)) => return Ok(Some(ids)),
                Ok(None) => {}
                Err(why) => {
                    let because = format!("the arrange hook, asked for a job in {state}: {why}");
                    return Err(Why::NotSent { because });
                }
            }
        }
        Ok(None)
    }

    /// A new job, brought to one of the states by waiting, or by cancelling it.
    async fn make(&mut self, wanted: &Arrange) -> Result<Option<String>, Why> {
        if !self.setup.allow.create || wanted.foreign {
            return Ok(None);
        }
        let contract = std::sync::Arc::clone(&self.setup.contract);
        let lifecycle = &contract.facts.lifecycle;
        let by_cancel = |state: &String| matches!(lifecycle.phase(state), Phase::Stopping | Phase::Cancelled);
        let by_waiting = |state: &String| !by_cancel(state) && lifecycle.phase(state) != Phase::Unknown;
        let waits = wanted.states.iter().any(by_waiting);
        if !waits && !self.setup.allow.cancel {
            return Ok(None);
        }
        let service = self.service(&contract);
        let Some((create, set)) =
            creator(&contract, service.as_deref(), &wanted.facets, self.setup.allow.destroy)
        else {
            return Ok(None);
        };
        let mut call = Call::new(create);
        call.set = set;
        call.creates = Some(wanted.job.clone());
        let index = self.call(&call).await?;
        let Some(id) = self.slots.remove(&wanted.job) else {
            return Err(self.came_instead(&self.exchanges[index], "a job to begin with"));
        };
        let mut state = self.pool.lock().await.jobs.get(&id).map(|known| known.state.clone());
        let there = |state: &Option<String>| state.as_ref().is_some_and(|s| wanted.states.contains(s));
        if there(&state) {
            return Ok(Some(id));
        }
        if waits {
            state = self.poll(&id, false, &wanted.states).await?;
        } else if let Some(cancel) = self.operation(&contract, Role::Cancel) {
            self.slots.insert(wanted.job.clone(), id.clone());
            self.call(&Call::new(cancel).job(&wanted.job)).await?;
            self.slots.remove(&wanted.job);
            state = self.poll(&id, false, &wanted.states).await?;
        }
        if there(&state) {
            return Ok(Some(id));
        }
        if state.is_none_or(|state| state.is_empty()) {
            // Nobody knows where the job is: that is no server without such jobs.
            return Err(self.came_otherwise("the state of a job that was started"));
        }
        // Whatever became of it, another case may need a job in that state.
        if let Some(known) = self.pool.lock().await.jobs.get_mut(&id) {
            known.taken = false;
        }
        Ok(None)
    }

    /// Why there is no such job.
    fn missing(&self, wanted: &Arrange) -> Why {
        Why::NoJob {
            states: wanted.states.clone(),
            facets: label(&self.setup.contract.facts, &wanted.facets),
            foreign: wanted.foreign,
            tried: self.setup.allow.create && !wanted.foreign,
        }
    }
}

/// The call that starts a job with these facets, with what its request must carry for them. Of several that do, one
/// that destroys nothing, belongs to the service of the case, and whose jobs can be cancelled.
fn creator<'c>(
    contract: &'c Contract,
    service: Option<&str>,
    wanted: &Facets,
    may_destroy: bool,
) -> Option<(&'c str, Vec<(Pointer, Value)>)> {
    let fitting = contract
        .of_role(Role::Create)
        // What needs another job first is not worth the trouble.
        .filter(|(_, create)| create.target.is_none() && (may_destroy || !create.destroys))
        .filter_map(|(id, create)| Some((id, create, settings(create, wanted)?)));
    let is_stoppable = |create: &Operation| {
        let states = contract.facts.lifecycle.states.keys();
        states.into_iter().any(|state| {
            contract.cancellable(state).iter().any(|facets| {
                create
                    .facets
                    .iter()
                    .all(|(name, value)| facets.get(name).is_none_or(|values| values.contains(value)))
            })
        })
    };
    let is_elsewhere = |create: &Operation| service.is_some() && create.service.as_deref() != service;
    let best =
        fitting.min_by_key(|(_, create, _)| (create.destroys, is_elsewhere(create), !is_stoppable(create)));
    best.map(|(id, _, set)| (id, set))
}

/// What a request of this call must carry, so that the job gets these facets; `None` where it cannot get them.
fn settings(create: &Operation, wanted: &Facets) -> Option<Vec<(Pointer, Value)>> {
    let mut set = Vec::new();
    for (name, values) in wanted {
        let [value] = values.as_slice() else { return None };
        match (create.facets.get(name), create.facets_from.get(name)) {
            (Some(fixed), _) if fixed == value => {}
            (None, Some(at)) => set.push((at.clone(), Value::from(value.as_str()))),
            _ => return None,
        }
    }
    Some(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bedrock with a second and a third call that start jobs.
    fn contract() -> Contract {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        let start = contract.facts.operations["StartIngestionJob"].clone();
        let kind = |kind: &str| BTreeMap::from([("kind".to_owned(), kind.to_owned())]);
        let wipe = Operation { facets: kind("wipe"), destroys: true, ..start.clone() };
        let run = Operation {
            facets: kind("run"),
            facets_from: BTreeMap::from([("algorithm".to_owned(), Pointer::new("/body/description"))]),
            ..start
        };
        contract.facts.operations.extend([("AWipe".to_owned(), wipe), ("BRun".to_owned(), run)]);
        contract
    }

    fn facets(members: &[(&str, &str)]) -> Facets {
        members.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect()
    }

    #[test]
    fn a_job_is_started_by_the_call_whose_jobs_have_the_facets() {
        let contract = contract();
        let by = |wanted: &[(&str, &str)], may_destroy| {
            creator(&contract, None, &facets(wanted), may_destroy).map(|(id, set)| (id.to_owned(), set))
        };
        assert_eq!(by(&[], true), Some(("BRun".to_owned(), vec![])));
        assert_eq!(by(&[("kind", "wipe")], false), None);
        assert_eq!(by(&[("kind", "wipe")], true), Some(("AWipe".to_owned(), vec![])));
        let set = vec![(Pointer::new("/body/description"), Value::from("louvain"))];
        assert_eq!(by(&[("kind", "run"), ("algorithm", "louvain")], false), Some(("BRun".to_owned(), set)));
        assert_eq!(by(&[("kind", "other")], true), None);
    }
}
