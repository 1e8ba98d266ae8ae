//! What faults in job bodies stand on: the documented job of a get, and the schema it keeps to.

use serde_json::Value;

use super::super::blueprint::{Blueprint, blueprints, success};
use crate::contract::Contract;
use crate::contract::operation::{Operation, Role};
use crate::contract::pointer::Pointer;

/// The documented job of a get.
pub(super) struct Ground<'c> {
    pub contract: &'c Contract,
    pub blueprint: Blueprint,
    at: &'c Pointer,
    schema: &'c str,
}

impl<'c> Ground<'c> {
    /// The ground of a contract; `None` where no call reads one job.
    pub(super) fn of(contract: &'c Contract) -> Option<Self> {
        let (name, operation): (&str, &Operation) = contract.of_role(Role::Get).next()?;
        let blueprint = blueprints(contract).remove(name)?;
        Some(Ground { contract, blueprint, at: operation.job.as_ref()?, schema: success(operation).1 })
    }

    /// The documented job.
    pub(super) fn job(&self) -> &Value {
        &self.blueprint.job
    }

    /// Whether the body no longer keeps to its schema after a change to its job.
    pub(super) fn breaks(&self, change: impl FnOnce(&mut Value)) -> bool {
        let Some(mut body) = self.blueprint.body.clone() else { return false };
        let mut job = self.blueprint.job.clone();
        change(&mut job);
        self.at.put(&mut body, job);
        !self.contract.shapes.is_valid(self.schema, &body)
    }
}

/// The name of a member in a fault's id: its pointer without the first slash.
pub(super) fn name(pointer: &Pointer) -> &str {
    pointer.as_str().trim_start_matches('/')
}
