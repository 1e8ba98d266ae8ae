//! Servers that do not have a call which a server can do without.

use super::super::answer::{Answer, Body};
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::operation::Role;
use crate::exchange::{Request, route};

struct Absent {
    label: Label,
    operation: String,
    /// Whether another call has the path, with another method.
    has_path: bool,
}

impl Decoy for Absent {
    fn label(&self) -> &Label {
        &self.label
    }

    fn interrupts(&self, contract: &Contract, request: &Request, _: u64) -> Option<Answer> {
        let name = route::asked(contract, request).operation.filter(|name| *name == self.operation);
        name.map(|_| {
            let (status, text) =
                if self.has_path { (405, "method not allowed\n") } else { (404, "no such route\n") };
            let mut answer = Answer::empty(status);
            answer.headers.push("content-type", "text/plain; charset=utf-8");
            answer.body = Body::Text(text.to_owned());
            answer
        })
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let operations = &contract.facts.operations;
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    for (name, operation) in operations {
        let mut of_service =
            contract.of_role(operation.role).filter(|(_, other)| other.service == operation.service);
        let is_first = of_service.next().is_some_and(|(first, _)| first == name);
        let can_go = match operation.role {
            Role::List => !is_first,
            Role::Details | Role::Retry => true,
            Role::Create | Role::Get | Role::Cancel | Role::CancelMany => false,
        };
        // A field that a GraphQL schema lacks is refused by the schema.
        if !can_go || operation.graphql.is_some() {
            continue;
        }
        let has_path = operations.values().any(|o| o.path == operation.path && o.method != operation.method);
        let label = Label::new(
            format!("without::{name}"),
            format!("the server has no {name}, and says so to everybody"),
            "a server may have some of the calls only: what is left out is said once, and is no defect of the others",
        );
        found.push(Box::new(Absent { label, operation: name.clone(), has_path }));
    }
    found
}
