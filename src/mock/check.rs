//! What every request has to pass before it is acted on.

use serde_json::Value;

use super::answer::Answer;
use super::fault::Check;
use super::{Call, Mock};
use crate::contract::error::Condition;
use crate::contract::operation::{Method, Operation};
use crate::exchange::{Request, route};

/// The methods a contract may use.
const METHODS: [Method; 5] = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];

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

    /// Credentials: any of the contract's schemes will do. Where the mock knows none, everyone may come in.
    pub(super) fn authenticate(
        &self,
        request: &Request,
        name: &str,
        operation: &Operation,
    ) -> Result<(), Condition> {
        if operation.anonymous && !self.fault.skips(Check::Anonymous, name) {
            return Ok(());
        }
        let mut worst: Option<Condition> = None;
        let is_trusting = self.fault.skips(Check::BodyHash, name);
        for (scheme, known) in &self.schemes {
            let (known, now) = (std::slice::from_ref(known), self.clock.signing_time());
            let verdict = if is_trusting {
                scheme.verify_head(request, known, now)
            } else {
                scheme.verify(request, known, now)
            };
            match verdict {
                Ok(_) => return Ok(()),
                // The scheme that got furthest is the one that was meant.
                Err((condition, _)) => {
                    if worst.is_none_or(|worst| stage(condition) > stage(worst)) {
                        worst = Some(condition);
                    }
                }
            }
        }
        let Some(condition) = worst else { return Ok(()) };
        let check = match condition {
            Condition::BadSignature => Check::Signature,
            Condition::ExpiredCredentials => Check::Expiry,
            _ => Check::Credentials,
        };
        if self.fault.skips(check, name) { Ok(()) } else { Err(condition) }
    }

    /// The request against its schema. What the contract has no error for is let through.
    pub(super) fn validate(&self, call: &Call<'_>) -> Result<(), Condition> {
        if self.fault.skips(Check::Validation, call.name) {
            return Ok(());
        }
        let found = self.contract.shapes.mismatches(&call.operation.request, &call.asked.view);
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
        call.parents = self.parents.complete(&call.named).ok_or(Condition::UnknownParent)?;
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
