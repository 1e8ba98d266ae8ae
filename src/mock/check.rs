//! What every request has to pass before it is acted on.

use serde_json::Value;

use super::act::page::too_large;
use super::answer::Answer;
use super::fault::Check;
use super::{Call, Mock};
use crate::contract::error::Condition;
use crate::contract::operation::{Method, Operation, OverMax, Role};
use crate::contract::pointer::Pointer;
use crate::contract::shapes::Mismatch;
use crate::exchange::{Identity, Request, route};

/// The methods a contract may use.
const METHODS: [Method; 5] = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];

/// Whose credentials these are, by their place among those that a mock knows.
fn whose(number: usize) -> Option<Identity> {
    number.checked_sub(1).and_then(|index| Identity::ALL.get(index)).copied()
}

impl Mock {
    /// The answer to a request that no operation is for.
    pub(super) fn not_routed(&self, request: &Request) -> Answer {
        let other_method = METHODS.iter().any(|method| {
            let other = Request { method: method.word().to_owned(), ..request.clone() };
            route::operation(&self.contract, &other).is_some()
        });
        if other_method {
            Answer::not_in_contract(405, "no operation has this method on this path")
        } else {
            Answer::not_in_contract(404, "no operation has this path")
        }
    }

    /// Throttling, which only faults and decoys do.
    pub(super) fn let_in(&self, operation: &str, serial: u64) -> Result<(), Condition> {
        let throttles = (self.decoy.throttles(operation, serial) || self.fault.throttles(serial))
            && self.contract.error_row(Condition::Throttled, operation).is_some();
        if throttles { Err(Condition::Throttled) } else { Ok(()) }
    }

    /// Credentials: any of the contract's schemes will do. Where the mock knows none, everyone may come in.
    pub(super) fn authenticate(
        &self,
        request: &Request,
        name: &str,
        operation: &Operation,
    ) -> Result<Option<Identity>, Condition> {
        if operation.anonymous && !self.fault.skips(Check::Anonymous, name) {
            return Ok(None);
        }
        let mut worst: Option<Condition> = None;
        let is_trusting = self.fault.skips(Check::BodyHash, name);
        for (scheme, known) in &self.schemes {
            let now = self.clock.signing_time();
            let verdict = if is_trusting {
                scheme.verify_head(request, known, now)
            } else if self.fault.skips(Check::Scope, name) {
                scheme.verify_anywhere(request, known, now)
            } else {
                scheme.verify(request, known, now)
            };
            match verdict {
                Ok(number) => return Ok(whose(number)),
                // The scheme that got furthest is the one that was meant.
                Err((condition, _)) => {
                    if worst.is_none_or(|worst| stage(condition) > stage(worst)) {
                        worst = Some(condition);
                    }
                }
            }
        }
        let Some(condition) = worst else { return Ok(None) };
        let check = match condition {
            Condition::BadSignature => Check::Signature,
            Condition::ExpiredCredentials => Check::Expiry,
            _ => Check::Credentials,
        };
        if self.fault.skips(check, name) { Ok(None) } else { Err(condition) }
    }

    /// Who sent a request that was let in, where that is not the usual identity.
    pub(super) fn identity(&self, request: &Request) -> Option<Identity> {
        let now = self.clock.signing_time();
        self.schemes
            .iter()
            .find_map(|(scheme, known)| scheme.verify(request, known, now).ok())
            .and_then(whose)
    }

    /// What others may do: those who may only read change nothing, and another account has nothing here.
    pub(super) fn authorize(&self, call: &Call<'_>) -> Result<(), Condition> {
        let reads = matches!(call.operation.role, Role::Get | Role::List | Role::Details);
        let is_let_in = match call.identity {
            None => true,
            Some(Identity::ReadOnly) => reads || self.fault.skips(Check::Rights, call.name),
            // A list of everything is one of nothing to somebody else.
            Some(Identity::Foreign) => {
                let names_parents = !self.parents.named(call.operation, &call.asked.view).is_empty();
                (call.operation.role == Role::List && !names_parents)
                    || self.fault.skips(Check::Owner, call.name)
            }
        };
        let refusals = [Condition::Forbidden, Condition::UnknownJob, Condition::UnknownParent];
        let documented =
            refusals.into_iter().find(|condition| self.contract.error_row(*condition, call.name).is_some());
        if is_let_in { Ok(()) } else { Err(documented.unwrap_or(Condition::Forbidden)) }
    }

    /// Takes members of a wrong type out of a request, where only a decoy passes over them: those that may be left out.
    pub(super) fn overlook(&self, call: &mut Call<'_>) {
        let is_odd = call.asked.view.get("body").is_some_and(|body| !body.is_object());
        if is_odd && self.decoy.passes_over_bodies(call.name) {
            Pointer::new("/body").remove(&mut call.asked.view);
        }
        if !self.decoy.passes_over_types(call.name) {
            return;
        }
        let wrong = |view: &Value| self.contract.shapes.mismatches(&call.operation.request, view);
        let request = &call.operation.request;
        let is_member = |m: &&Mismatch| {
            let is_part = m.at.matches('/').count() < 2;
            m.keyword == "type" && !is_part && !self.contract.shapes.requires(request, &m.at)
        };
        let mut view = call.asked.view.clone();
        let mut found = wrong(&view);
        // Each round takes one out. What is required leaves a gap, which is no better.
        while let Some((without, left)) = found.iter().filter(is_member).find_map(|mismatch| {
            let mut without = view.clone();
            Pointer::new(mismatch.at.as_str()).remove(&mut without);
            let left = wrong(&without);
            (left.len() < found.len()).then_some((without, left))
        }) {
            (view, found) = (without, left);
        }
        call.asked.view = view;
    }

    /// The request against its schema. What the contract has no error for is let through.
    pub(super) fn validate(&self, call: &Call<'_>) -> Result<(), Condition> {
        if self.fault.skips(Check::Validation, call.name) {
            return Ok(());
        }
        let mut found = self.contract.shapes.mismatches(&call.operation.request, &call.asked.view);
        if let Some(paging) = call.operation.pagination.as_ref().filter(|paging| too_large(call, paging)) {
            let size = paging.size.as_ref();
            let is_clamped = size.is_some_and(|size| size.over_max == Some(OverMax::Clamped));
            let is_let_in = is_clamped
                || self.fault.skips(Check::PageLimit, call.name)
                || self.fault.skips(Check::LargestPage, call.name);
            found.retain(|m| !is_let_in || size.is_none_or(|size| size.request.as_str() != m.at));
        }
        // A body that is not read lacks nothing either.
        let is_unread = |m: &Mismatch| m.at.starts_with("/body") && self.fault.skips(Check::Root, call.name);
        let is_object = Self::body(call).is_none_or(Value::is_object);
        found.retain(|mismatch| is_object || !is_unread(mismatch));
        let mut conditions: Vec<Condition> = found
            .iter()
            .filter(|mismatch| {
                let constraint = Check::Constraint(&mismatch.keyword);
                self.is_id(call.operation, &mismatch.at) || !self.fault.skips(constraint, call.name)
            })
            .map(|mismatch| {
                if self.is_id(call.operation, &mismatch.at) {
                    Condition::MalformedId
                } else if mismatch.keyword == "required" {
                    Condition::MissingParameter
                } else {
                    Condition::InvalidParameter
                }
            })
            .filter(|condition| self.contract.error_row(*condition, call.name).is_some())
            .collect();
        conditions.sort_unstable();
        conditions.first().map_or(Ok(()), |condition| Err(*condition))
    }

    /// Whether an id of the job or of a parent stands at this place of the request.
    fn is_id(&self, operation: &Operation, at: &str) -> bool {
        at.starts_with("/path/")
            || operation.target.as_ref().is_some_and(|target| target.as_str() == at)
            || operation.parents.values().any(|parent| parent.as_str() == at)
    }

    /// The parents must exist.
    pub(super) fn find_parents(&self, call: &mut Call<'_>) -> Result<(), Condition> {
        call.named = self.parents.named(call.operation, &call.asked.view);
        call.named.retain(|name, _| !self.fault.skips(Check::OneParent(name), call.name));
        let store = self.store();
        let found = self.parents.complete(&call.named, &store.made, &store.removed);
        call.parents = found.ok_or(Condition::UnknownParent)?;
        Ok(())
    }

    /// The body of the request.
    pub(super) fn body<'c>(call: &'c Call<'_>) -> Option<&'c Value> {
        call.asked.view.get("body")
    }
}

/// How far a scheme got before it refused a request.
fn stage(condition: Condition) -> u8 {
    match condition {
        Condition::MissingCredentials => 0,
        Condition::BadCredentials => 1,
        _ => 2,
    }
}
