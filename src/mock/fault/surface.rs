//! Services that do not agree on how a job ended.

use std::collections::{BTreeMap, BTreeSet};

use super::super::answer::{Answer, AnswerContext};
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::operation::Role;

struct Differs {
    label: Label,
    service: Option<String>,
    /// What the service says instead of each end.
    instead: BTreeMap<String, String>,
}

impl Fault for Differs {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let is_meant = context.operation.role == Role::Get && context.operation.service == self.service;
        let other = context.job.and_then(|job| self.instead.get(&job.state));
        if let (Some(other), true) = (other, is_meant) {
            let at = &context.contract.shape(context.operation).state;
            context.each_job(answer, |job| at.put(job, other.as_str().into()));
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let lifecycle = &contract.facts.lifecycle;
    let gets = || contract.of_role(Role::Get).map(|(_, get)| get);
    let services: BTreeSet<Option<&str>> = gets().map(|get| get.service.as_deref()).collect();
    // Without a word that all of them have, none of them says anything about the others.
    let ends: Vec<&String> = lifecycle
        .states
        .keys()
        .filter(|end| lifecycle.is_terminal(end) && gets().all(|get| contract.shape(get).can_show(end)))
        .collect();
    if services.len() < 2 || ends.len() < 2 {
        return Vec::new();
    }
    let next = ends.iter().cycle().skip(1);
    let instead: BTreeMap<String, String> =
        ends.iter().zip(next).map(|(end, other)| ((*end).clone(), (*other).clone())).collect();
    services
        .into_iter()
        .map(|service| {
            let name = service.unwrap_or("main");
            let label = Label::new(
                format!("surface-differs::{name}"),
                format!("what reads a job through {name} shows another end than the other services"),
                &["status/surfaces-agree"],
            );
            let (service, instead) = (service.map(str::to_owned), instead.clone());
            Box::new(Differs { label, service, instead }) as Box<dyn Fault>
        })
        .collect()
}
