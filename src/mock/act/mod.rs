//! What each role does.

mod around;
mod cancel;
mod cancel_many;
mod change;
mod create;
mod filter;
mod list;
pub(in crate::mock) mod page;
mod parts;
mod read;
mod retry;

use std::time::Duration;

use super::answer::{Answer, Body};
use super::blueprint::Blueprint;
use super::fault::{Check, Past};
use super::job::{Job, JobView, STAY, later};
use super::store::Store;
use super::{Call, Mock, Reply, render};
use crate::contract::error::Condition;
use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;

impl Mock {
    pub(super) fn act(&self, call: &Call<'_>) -> Result<Reply, Condition> {
        let mut store = self.store();
        let names_job = !matches!(call.operation.role, Role::Create | Role::List | Role::CancelMany)
            && call.operation.target.is_some();
        if let (false, Some(condition)) = (names_job, self.fault.refuses(call.name, None)) {
            return Err(condition);
        }
        let mut reply = match call.operation.role {
            Role::Create => self.create(call, &mut store),
            Role::List => self.list(call, &mut store),
            Role::CancelMany => self.cancel_many(call, &mut store),
            Role::Get => self.with_job(call, &mut store, Mock::get),
            Role::Details if call.operation.target.is_none() => {
                let mut reply = self.around(call, &mut store);
                self.cut_items(call, &mut reply)?;
                Ok(reply)
            }
            Role::Details => self.with_job(call, &mut store, Mock::details),
            Role::Cancel => self.with_job(call, &mut store, Mock::cancel),
            Role::Retry => self.with_job(call, &mut store, Mock::retry),
        }?;
        self.change(call, &mut store);
        self.show(call, &store, &mut reply);
        Ok(reply)
    }

    /// Finds the job that the request names, under the parents it names, and brings it up to date.
    fn with_job(
        &self,
        call: &Call<'_>,
        store: &mut Store,
        act: fn(&Mock, &Call<'_>, &mut Store, usize) -> Result<Reply, Condition>,
    ) -> Result<Reply, Condition> {
        let ignores_parents = self.fault.skips(Check::Parent, call.name);
        let found = call.asked.job.as_ref().and_then(|id| store.find(id)).filter(|number| {
            store.jobs.get(*number).is_some_and(|job| {
                ignores_parents || call.named.iter().all(|(name, value)| job.parents.get(name) == Some(value))
            })
        });
        match found {
            Some(number) => {
                if let Some(job) = store.jobs.get_mut(number) {
                    job.settle(call.now, &self.contract.facts.lifecycle);
                    if let Some(condition) = self.fault.refuses(call.name, Some(self.past(call, job))) {
                        job.reads = job.reads.saturating_add(u32::from(call.operation.role == Role::Get));
                        return Err(condition);
                    }
                }
                act(self, call, store, number)
            }
            None if call.asked.job.is_some() && self.fault.skips(Check::Existence, call.name) => {
                Ok(self.made_up(call))
            }
            None => Err(Condition::UnknownJob),
        }
    }

    /// What is known of a job's past.
    fn past(&self, call: &Call<'_>, job: &Job) -> Past {
        let last = job.past.last().filter(|last| self.contract.facts.lifecycle.is_terminal(&last.state));
        Past {
            reads: job.reads,
            is_started: job.created_by_request,
            since_end: last.and_then(|last| Duration::try_from(call.now.duration_since(last.at)).ok()),
        }
    }

    /// What is shown of a job now.
    fn view(&self, call: &Call<'_>, store: &Store, number: usize) -> Option<JobView> {
        store.jobs.get(number).map(|job| job.view(call.now, &self.contract.facts.lifecycle))
    }

    /// The blueprint that tells most of a job: an answer that shows little of it says nothing of its facets.
    fn teller<'m>(&'m self, call: &Call<'m>) -> &'m Blueprint {
        let members = |blueprint: &Blueprint| blueprint.job.as_object().map_or(0, serde_json::Map::len);
        let plain = |name: &str| self.contract.facts.operations.get(name).is_some_and(|o| o.view.is_none());
        let found = self.blueprints.iter().filter(|(name, _)| plain(name)).map(|(_, blueprint)| blueprint);
        found.max_by_key(|blueprint| members(blueprint)).unwrap_or(call.blueprint)
    }

    /// A success answer that shows a job, where the operation shows one.
    fn reply(&self, call: &Call<'_>, view: Option<JobView>) -> Reply {
        let blueprint = call.blueprint;
        let Some(mut body) = blueprint.body.clone() else {
            return Reply { answer: Answer::empty(blueprint.status), job: view };
        };
        match (&call.operation.job, &view) {
            (Some(at), Some(view)) => at.put(&mut body, render::job(&self.contract, blueprint, view)),
            (Some(at), None) => at.put(&mut body, blueprint.job.clone()),
            (None, Some(view)) => render::overlay_ids(&self.contract, &mut body, &self.names(view)),
            (None, None) => {}
        }
        Reply { answer: Answer::json(blueprint.status, body), job: view }
    }

    /// A success for a job that does not exist.
    fn made_up(&self, call: &Call<'_>) -> Reply {
        let mut reply = self.reply(call, None);
        if let (Some(at), Some(id), Body::Json(body)) =
            (&call.operation.job, &call.asked.job, &mut reply.answer.body)
        {
            let at = at.join(self.contract.shape(call.operation).id.as_str());
            if at.first(body).is_some() {
                at.put(body, id.as_str().into());
            }
        }
        reply
    }

    /// The ids of a job by every name they go under; the empty name stands for the job's id inside texts.
    fn names(&self, view: &JobView) -> std::collections::BTreeMap<String, String> {
        let shape = &self.contract.facts.job;
        // What a request may leave out is no parent of a job: an item of its answer has an id of its own there.
        let is_parent = |name: &String| self.contract.facts.parameters.get(name).is_none_or(|p| !p.optional);
        let mut names: std::collections::BTreeMap<String, String> =
            view.parents.clone().into_iter().filter(|(name, _)| is_parent(name)).collect();
        for (name, at) in &shape.parents {
            if let (Some(id), Some(last)) = (view.parents.get(name), at.segments().pop()) {
                names.insert(last, id.clone());
            }
        }
        let targets = self.contract.facts.operations.values().filter_map(|o| o.target.as_ref());
        for at in targets.chain([&shape.id]) {
            // A bare `id` may be the id of anything.
            if let Some(last) = at.segments().pop().filter(|last| last != "id" && last != "uuid") {
                names.insert(last, view.id.clone());
            }
        }
        names.insert(String::new(), view.id.clone());
        names
    }

    /// Takes away the facets that do not stay: one that is also a status word moves with the state.
    fn keep_still(&self, facets: &mut std::collections::BTreeMap<String, Vec<String>>) {
        let shape = &self.contract.facts.job;
        facets.retain(|name, _| {
            let at = shape.facets.get(name).and_then(|facet| facet.at.as_ref());
            at.is_none_or(|at| !shape.words.values().any(|word| word.at == *at))
        });
    }

    /// Sends a job to a state, and after a stay to another.
    fn send(&self, call: &Call<'_>, store: &mut Store, number: usize, to: &str, then: Option<&str>) {
        let lifecycle = &self.contract.facts.lifecycle;
        let Some(job) = store.jobs.get_mut(number) else { return };
        if job.state() != to {
            job.enter(to, call.now, lifecycle);
        }
        job.held = None;
        self.keep_still(&mut job.facets);
        let settles = then.filter(|then| *then != to);
        let stay = self.decoy.stay(STAY);
        job.plan = settles.map(|then| (later(call.now, stay), then.to_owned())).into_iter().collect();
    }

    /// Lets a held job go on to its end: someone has acted on it, even if nothing came of that.
    fn release(&self, call: &Call<'_>, store: &mut Store, number: usize) {
        let lifecycle = &self.contract.facts.lifecycle;
        let Some(job) = store.jobs.get_mut(number).filter(|job| job.held.is_some()) else { return };
        let from = job.state().to_owned();
        let ends = match lifecycle.phase(&from) {
            Phase::Stopping => [Phase::Cancelled, Phase::Succeeded, Phase::Failed],
            _ => [Phase::Succeeded, Phase::Partial, Phase::Failed],
        };
        let end = ends.into_iter().find_map(|phase| lifecycle.nearest(&from, phase));
        let Some(way) = end.and_then(|end| lifecycle.path(&from, end)) else { return };
        let steps = (1_u32..).zip(way.into_iter().skip(1));
        let stay = self.decoy.stay(STAY);
        job.plan = steps.map(|(step, state)| (later(call.now, stay * step), state.to_owned())).collect();
    }
}
