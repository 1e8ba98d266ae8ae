//! Checks that are forgotten.

use super::error::rule;
use super::{Check, Fault, Label};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::operation::Role;

struct Unchecked {
    label: Label,
    check: Check<'static>,
}

impl Fault for Unchecked {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, _: &str) -> bool {
        check == self.check
    }
}

/// What a request names belongs under one parent the less.
struct OneParent {
    label: Label,
    name: String,
}

impl Fault for OneParent {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, _: &str) -> bool {
        check == Check::OneParent(&self.name)
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let facts = &contract.facts;
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut add = |id: &str, title: &str, caught_by: &[&'static str], check: Check<'static>| {
        found.push(Box::new(Unchecked { label: Label::new(id, title, caught_by), check }) as Box<dyn Fault>);
    };
    if !crate::sign::schemes(&facts.auth).is_empty() {
        add(
            "credentials-not-checked",
            "missing and unknown credentials are accepted",
            &["auth/missing-credentials", "auth/bad-credentials"],
            Check::Credentials,
        );
        if facts.operations.values().any(|operation| operation.anonymous) {
            add(
                "credentials-for-all",
                "operations that take no credentials ask for them",
                &["auth/anonymous-accepted"],
                Check::Anonymous,
            );
        }
        if facts.auth.signs() {
            add(
                "signature-not-checked",
                "a signature that does not fit the request is accepted",
                &["auth/bad-signature"],
                Check::Signature,
            );
            if facts.auth.names_service() {
                add(
                    "scope-not-checked",
                    "a signature that was made for another service is accepted",
                    &["auth/bad-signature"],
                    Check::Scope,
                );
            }
            add(
                "expiry-not-checked",
                "a signature made long ago is accepted",
                &["auth/expired-credentials"],
                Check::Expiry,
            );
        }
        let has_body = |request: &str| {
            let shape = contract.shapes.get(request);
            shape.is_some_and(|shape| shape.document.pointer("/properties/body").is_some())
        };
        if facts.auth.states_hash() && facts.operations.values().any(|o| has_body(&o.request)) {
            add(
                "body-hash-not-checked",
                "the hash that a request states of its body is taken on trust",
                &["auth/bad-signature"],
                Check::BodyHash,
            );
        }
    }
    if !crate::sign::schemes(&facts.auth).is_empty() {
        add(
            "other-account-let-in",
            "jobs can be read and cancelled by another account",
            &["isolation/foreign-identity"],
            Check::Owner,
        );
        let changes = |role| contract.of_role(role).any(|(_, operation)| !operation.anonymous);
        if changes(Role::Cancel) || changes(Role::Create) {
            add(
                "reader-may-change",
                "credentials that may only read start and cancel jobs",
                &["auth/read-only-identity"],
                Check::Rights,
            );
        }
    }
    let validated: Vec<&'static str> =
        [Condition::MissingParameter, Condition::InvalidParameter, Condition::MalformedId]
            .into_iter()
            .filter_map(|condition| rule(contract, condition))
            .collect();
    if !validated.is_empty() {
        add(
            "validation-missing",
            "requests are not checked against their schema",
            &validated,
            Check::Validation,
        );
    }
    let has_foreign = contract.of_role(Role::Get).any(|(_, operation)| {
        facts
            .parameters
            .iter()
            .any(|(name, parameter)| parameter.foreign.is_some() && operation.parent_place(name).is_some())
    });
    if has_foreign {
        add(
            "foreign-parent-readable",
            "a job can be read and cancelled through a parent it does not belong to",
            &["isolation/foreign-parent"],
            Check::Parent,
        );
    }
    let has_other = |name: &String| facts.parameters.get(name).is_some_and(|p| p.foreign.is_some());
    let named = |operation: &crate::contract::operation::Operation| {
        let places = facts.job.parent_names().filter(|name| operation.parent_place(name).is_some());
        places.filter(|name| has_other(name)).cloned().collect::<Vec<_>>()
    };
    if contract.of_role(Role::List).any(|(_, operation)| !named(operation).is_empty()) {
        add(
            "list-for-any-parent",
            "a list holds the jobs of all parents, whichever is named",
            &["isolation/foreign-parent"],
            Check::ListParent,
        );
    }
    let of_several: std::collections::BTreeSet<String> =
        contract.of_role(Role::Get).map(|(_, get)| named(get)).filter(|n| n.len() > 1).flatten().collect();
    for name in of_several {
        found.push(Box::new(OneParent {
            label: Label::new(
                format!("ignores-parent::{name}"),
                format!("the parent {name} is not looked at where another is named too"),
                &["isolation/foreign-parent"],
            ),
            name,
        }));
    }
    let mut add = |id: &str, title: &str, caught_by: &[&'static str], check: Check<'static>| {
        found.push(Box::new(Unchecked { label: Label::new(id, title, caught_by), check }) as Box<dyn Fault>);
    };
    if !facts.not_offered.is_empty() {
        add(
            "answers-what-is-not-offered",
            "a request that no operation is for is answered with success",
            &["cancel/not-offered"],
            Check::Route,
        );
    }
    if contract.of_role(Role::Get).any(|(_, operation)| operation.parts.is_some()) {
        add(
            "state-follows-page",
            "a job is in its first state on every page of its parts but the first",
            &["listing/parts-partition"],
            Check::PartState,
        );
    }
    if facts.polling.is_some() {
        add(
            "throttles-early",
            "every reading of a job but the first is throttled, however seldom they come",
            &["limits/paced-reads-served"],
            Check::Pace,
        );
    }
    if facts.operations.values().any(|operation| operation.client_token.is_some()) {
        add(
            "token-replay-makes-new-job",
            "a create with a token that was used before makes another job",
            &["idempotency/token-replays"],
            Check::Token,
        );
        add(
            "token-bound-to-body",
            "a token that comes again with another body makes another job",
            &["idempotency/token-conflict"],
            Check::TokenAlone,
        );
    }
    found
}
