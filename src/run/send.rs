//! From a call to its exchange.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::drive::Driver;
use super::request::prepare;
use crate::case::{Call, JobRef};
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;
use crate::exchange::route::asked;
use crate::exchange::{Asked, Exchange, Meant, Request};
use crate::rule::Why;

impl Driver<'_> {
    /// Sends one call.
    pub(super) async fn exchange(&self, call: &Call, more: &[(Pointer, Value)]) -> Result<Exchange, Why> {
        let (plain, request, job) = self.prepared(call, more).await?;
        let mut asked = asked(&self.setup.contract, &plain);
        if asked.operation.as_ref() != Some(&call.operation) {
            asked.operation = Some(call.operation.clone());
            asked.role = self.setup.contract.facts.operations.get(&call.operation).map(|o| o.role);
            asked.job = job;
        }
        // What a create asks for is another job than the one it names.
        if let Some(job) = asked.job.as_ref().filter(|_| asked.role != Some(Role::Create)) {
            let pool = self.pool.lock().await;
            asked.facets =
                pool.jobs.get(&pool.key(job)).map(|known| known.facets.clone()).unwrap_or_default();
        }
        if asked.role == Some(Role::Get) {
            self.keep_pace(asked.job.as_deref().unwrap_or_default()).await;
        }
        let exchange = self.send(asked, call.meant(), request).await;
        self.count_unnamed(&exchange).await;
        self.keep_made(&exchange).await;
        Ok(exchange)
    }

    /// Sends a request that is ready.
    pub(super) async fn send(&self, asked: Asked, meant: Meant, request: Request) -> Exchange {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let sent = self.setup.target.elapsed();
        let outcome = self.setup.target.send(&request).await;
        let received = self.setup.target.elapsed();
        Exchange { asked, meant: Some(meant), request, outcome, sent, received }
    }

    /// What a server would see of a call. Nothing is sent.
    pub(super) async fn as_seen(&self, call: &Call) -> Result<Asked, Why> {
        let (plain, _, _) = self.prepared(call, &[]).await?;
        Ok(asked(&self.setup.contract, &plain))
    }

    /// The request of a call, as composed and as signed, and the id of the job that it names.
    async fn prepared(
        &self,
        call: &Call,
        more: &[(Pointer, Value)],
    ) -> Result<(Request, Request, Option<String>), Why> {
        let job = match &call.job {
            JobRef::Slot(slot) => Some(self.named(&self.slot(slot)?, &call.operation).await?),
            JobRef::Literal(id) => Some(self.named(id, &call.operation).await.unwrap_or_else(|_| id.clone())),
            JobRef::Unknown | JobRef::None => None,
        };
        let in_other_parent =
            matches!(&call.job, JobRef::Slot(slot) if self.foreign.get(slot) == Some(&true));
        let mut more = more.to_vec();
        for (place, moment) in &call.times {
            more.push((place.clone(), json!(self.moment(moment)?)));
        }
        let used = self.used(call)?;
        let (plain, request) =
            prepare(self.setup, self.case, call, job.as_deref(), in_other_parent, used.as_ref(), &more)?;
        Ok((plain, request, job))
    }

    /// The value that an earlier call made, at its place in the request.
    fn used(&self, call: &Call) -> Result<Option<(Pointer, Value)>, Why> {
        let Some((parameter, slot)) = &call.uses else { return Ok(None) };
        let Some(value) = self.made.get(slot) else {
            return Err(self.came_otherwise(&format!("what a call before was to make (`{slot}`)")));
        };
        let operation = self.setup.contract.facts.operations.get(&call.operation);
        let place = operation.and_then(|operation| operation.parent_place(parameter));
        // What the call makes wrong on purpose stays wrong.
        let is_set = |place: &Pointer| call.set.iter().any(|(at, _)| place.is_within(at));
        Ok(place.filter(|place| !is_set(place)).map(|place| (place, json!(value))))
    }

    /// The id by which an operation knows a job.
    async fn named(&self, id: &str, operation: &str) -> Result<String, Why> {
        let Some(name) = &self.setup.contract.shape_of(operation).names else { return Ok(id.to_owned()) };
        let pool = self.pool.lock().await;
        match pool.jobs.get(id) {
            // The job was first met on a surface that goes by that id.
            Some(known) if known.names.get("").is_some_and(|by| by == name) => Ok(id.to_owned()),
            Some(known) => known.names.get(name).cloned().ok_or_else(|| {
                Why::NotGiven { what: format!("the job's `{name}` is not known: add it to its fixture, `{{ id = \"...\", {name} = \"...\" }}`") }
            }),
            None => Ok(id.to_owned()),
        }
    }
}
