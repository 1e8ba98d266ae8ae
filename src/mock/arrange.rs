//! Jobs put into a state without having gone through it.

use std::collections::BTreeMap;

use super::Mock;
use super::job::{PAST_STAY, earlier, later, way_to};
use super::parents::Set;
use super::store::Seedling;
use crate::exchange::JobIds;

impl Mock {
    /// Every id of a job.
    pub fn ids(&self, id: &str) -> JobIds {
        let store = self.store();
        let job = store.find(id).and_then(|number| store.jobs.get(number));
        let others = job.into_iter().flat_map(|job| &job.aliases);
        others.fold(JobIds::new(id), |ids, (name, other)| ids.with(name, other))
    }

    /// Makes a job that is in `state` and stays there until someone acts on it, and gives its id. Without `parents`
    /// it belongs to the mock's own; without `facets` it is as documented.
    ///
    /// # Errors
    /// Says which state, facet or parent the contract or the mock does not know.
    pub fn arrange(
        &self,
        state: &str,
        facets: &BTreeMap<String, Vec<String>>,
        parents: &BTreeMap<String, String>,
    ) -> Result<String, String> {
        let facts = &self.contract.facts;
        if !facts.lifecycle.states.contains_key(state) {
            let states: Vec<&str> = facts.lifecycle.states.keys().map(String::as_str).collect();
            return Err(format!("no state `{state}`: there are {}", states.join(", ")));
        }
        for (name, values) in facets {
            let facet = facts.job.facets.get(name).ok_or_else(|| format!("no facet `{name}`"))?;
            if let Some(value) = values.iter().find(|value| !facet.values.contains(value)) {
                return Err(format!(
                    "the facet `{name}` has no value `{value}`: {}",
                    facet.values.join(", ")
                ));
            }
        }
        let parents = self
            .parents
            .complete(parents, &Set::new(), &Set::new())
            .ok_or_else(|| "these parents do not exist on the mock, or not together".to_owned())?;

        let way = way_to(&facts.lifecycle, state);
        let now = self.now();
        let mut store = self.store();
        let seedling = Seedling { parents, facets: facets.clone(), ..Seedling::default() };
        let number = store.add(&self.contract, self.whole_job(), self.seed, seedling);
        let Some(job) = store.jobs.get_mut(number) else { return Err("no room for the job".into()) };
        // One stay for each state of the past, and one in the present state.
        let steps = u32::try_from(way.len()).unwrap_or(1);
        let mut at = earlier(now, PAST_STAY * steps);
        for step in &way {
            job.enter(step, at, &facts.lifecycle);
            at = later(at, PAST_STAY);
        }
        job.held = Some(now);
        Ok(job.id.clone())
    }
}
