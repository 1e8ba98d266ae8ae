//! Checks that one operation forgets, and the others do not.

use super::{Check, Fault, Label};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;

struct Forgotten {
    label: Label,
    check: Check<'static>,
    operation: String,
}

impl Fault for Forgotten {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, operation: &str) -> bool {
        check == self.check && operation == self.operation
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let facts = &contract.facts;
    let knows_schemes = !crate::sign::schemes(&facts.auth).is_empty();
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    for (name, operation) in &facts.operations {
        let is_due = |condition| contract.error_row(condition, name).is_some();
        let mut add = |mechanism: &str, title: &str, rules: &[&'static str], check: Check<'static>| {
            let label = Label::new(format!("{mechanism}::{name}"), format!("{name} {title}"), rules);
            found.push(Box::new(Forgotten { label, check, operation: name.clone() }) as Box<dyn Fault>);
        };
        if operation.role == Role::CancelMany {
            continue;
        }
        if knows_schemes && !operation.anonymous && is_due(Condition::MissingCredentials) {
            add(
                "forgets-credentials",
                "accepts missing and unknown credentials",
                &["auth/missing-credentials", "auth/bad-credentials"],
                Check::Credentials,
            );
        }
        if facts.auth.signs() && !operation.anonymous && is_due(Condition::BadSignature) {
            add(
                "forgets-signature",
                "accepts a signature that does not fit the request",
                &["auth/bad-signature"],
                Check::Signature,
            );
        }
        if operation.target.is_some() && is_due(Condition::UnknownJob) {
            add(
                "forgets-existence",
                "answers for a job that does not exist",
                &["errors/unknown-job"],
                Check::Existence,
            );
        }
        let has_foreign = facts
            .parameters
            .iter()
            .any(|(name, parameter)| parameter.foreign.is_some() && operation.parent_place(name).is_some());
        if has_foreign && operation.jobs.is_some() {
            add("lists-foreign", "lists the jobs of every parent", &["listing/of-parents"], Check::Parent);
        }
        let reaches = matches!(operation.role, Role::Get | Role::Cancel | Role::Details);
        if has_foreign && reaches && operation.target.is_some() {
            add(
                "forgets-parent",
                "reaches a job through a parent it does not belong to",
                &["isolation/foreign-parent"],
                Check::Parent,
            );
        }
    }
    found
}
