//! Getting hold of a job in a given state, cheapest first.

use std::collections::BTreeMap;

use super::drive::{Driver, Stop};
use super::setup::Known;
use crate::case::{Arrange, Call};
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;
use crate::exchange::JobIds;
use crate::target::Wanted;

impl Driver<'_> {
    /// Gets hold of a job: a fixture, one that this run knows, one from the arrange hook, or a new one that is brought
    /// there.
    pub(super) async fn arrange(&mut self, wanted: &Arrange) -> Result<(), Stop> {
        if wanted.foreign && self.setup.other_parent.is_empty() {
            return Err(Stop::Skip("add [other_parent] to the target file".into()));
        }
        let found = match self.known(wanted).await {
            Some(ids) => Some(ids),
            None => match self.hook(wanted).await? {
                Some(ids) => Some(ids),
                None => self.make(wanted).await?.map(|id| JobIds::new(&id)),
            },
        };
        let Some(ids) = found else { return Err(Stop::Skip(self.missing(wanted))) };
        let id = ids.id().to_owned();
        let mut pool = self.pool.lock().await;
        let state = wanted.states.first().cloned().unwrap_or_default();
        let known = pool.jobs.entry(id.clone()).or_insert(Known {
            state,
            names: BTreeMap::new(),
            foreign: wanted.foreign,
            taken: true,
        });
        known.taken = true;
        known.names.extend(ids.others());
        if wanted.consumes {
            pool.used.insert(id.clone());
        }
        drop(pool);
        self.slots.insert(wanted.job.clone(), id);
        self.foreign.insert(wanted.job.clone(), wanted.foreign);
        Ok(())
    }

    /// A fixture, or a job that an earlier case left behind unchanged.
    async fn known(&self, wanted: &Arrange) -> Option<JobIds> {
        let pool = self.pool.lock().await;
        let mine = |id: &String| self.slots.values().any(|slot| slot == id);
        let fixtures = self.setup.fixtures.iter().filter(|f| {
            f.foreign == wanted.foreign
                && wanted.states.contains(&f.state)
                && covers(&wanted.facets, &f.facets)
        });
        let from_fixtures = fixtures.flat_map(|f| &f.jobs).find(|ids| {
            let id = ids.id().to_owned();
            // A server that does not refuse what it should may have moved the job on meanwhile.
            let still = |k: &Known| !k.taken && wanted.states.contains(&k.state);
            !pool.used.contains(&id) && !mine(&id) && pool.jobs.get(&id).is_none_or(still)
        });
        if let Some(ids) = from_fixtures {
            return Some(ids.clone());
        }
        // Only finished jobs stay where they were last seen.
        let lifecycle = &self.setup.contract.facts.lifecycle;
        pool.jobs
            .iter()
            .find(|(id, known)| {
                !known.taken
                    && known.foreign == wanted.foreign
                    && wanted.facets.is_empty()
                    && wanted.states.contains(&known.state)
                    && lifecycle.is_terminal(&known.state)
                    && !pool.used.contains(*id)
                    && !mine(id)
            })
            .map(|(id, _)| JobIds::new(id))
    }

    /// A job from the arrange hook.
    async fn hook(&self, wanted: &Arrange) -> Result<Option<JobIds>, Stop> {
        let parents = if wanted.foreign { &self.setup.other_parent } else { &self.setup.parameters };
        for state in &wanted.states {
            let wanted = Wanted {
                state: state.clone(),
                facets: wanted.facets.clone(),
                parents: parents
                    .iter()
                    .filter(|(name, _)| {
                        self.setup.contract.facts.job.parent_names().any(|parent| parent == *name)
                    })
                    .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                    .collect(),
            };
            match self.setup.target.arrange(&wanted).await {
                Ok(Some(ids)) => return Ok(Some(ids)),
                Ok(None) => {}
                Err(why) => {
                    return Err(Stop::Error(format!("the arrange hook, asked for a job in {state}: {why}")));
                }
            }
        }
        Ok(None)
    }

    /// A new job, brought to one of the states by waiting, or by cancelling it.
    async fn make(&mut self, wanted: &Arrange) -> Result<Option<String>, Stop> {
        if !self.setup.allow.create || wanted.foreign || !wanted.facets.is_empty() {
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
        let Some(create) = self.operation(&contract, Role::Create) else { return Ok(None) };
        let mut call = Call::new(create);
        call.creates = Some(wanted.job.clone());
        let index = self.call(&call).await?;
        let Some(id) = self.slots.remove(&wanted.job) else {
            let answer = match &self.exchanges[index].outcome {
                Ok(response) => format!("status {}", response.status),
                Err(error) => error.to_string(),
            };
            return Err(Stop::Error(format!("a job was needed and {create} gave none: {answer}")));
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
        // Whatever became of it, another case may need a job in that state.
        if let Some(known) = self.pool.lock().await.jobs.get_mut(&id) {
            known.taken = false;
        }
        Ok(None)
    }

    /// What to add to the target file, so that the case can be driven.
    fn missing(&self, wanted: &Arrange) -> String {
        let states = wanted.states.join(" or ");
        let whose = if wanted.foreign { " of the other parent" } else { "" };
        if self.setup.allow.create && !wanted.foreign {
            format!(
                "no job could be brought into {states}: add [[fixtures]] with such jobs, or an [arrange] hook"
            )
        } else {
            format!(
                "there is no job in {states}{whose}: add [[fixtures]] with such jobs, an [arrange] hook, or allow \"create\""
            )
        }
    }
}

/// Whether `has` gives every facet that `wants` names.
fn covers(wants: &BTreeMap<String, Vec<String>>, has: &BTreeMap<String, Vec<String>>) -> bool {
    wants
        .iter()
        .all(|(name, values)| has.get(name).is_some_and(|have| have.iter().all(|v| values.contains(v))))
}
