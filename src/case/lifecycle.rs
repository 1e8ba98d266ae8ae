//! From a job's first state to its last, and what stays so after the end.

use std::collections::BTreeSet;

use super::taking::{NO_READER, creator};
use super::{Call, Case, Silence, Step, finished, read, reader, take};
use crate::contract::Contract;
use crate::contract::operation::{Operation, Role};

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, create) in contract.of_role(Role::Create) {
        let mut start = Call::new(id);
        start.creates = Some("job".into());
        let mut rules = vec![
            "lifecycle/initial-state",
            "lifecycle/stays-readable",
            "lifecycle/declared-transition",
            "lifecycle/terminal-is-final",
            "lifecycle/ends-in-time",
        ];
        if !create.anonymous {
            rules.push("errors/valid-request-served");
        }
        rules.extend(told(contract));
        let title = "a new job goes its declared way to a final state and stays there".to_owned();
        let mut case = Case::new(contract, id, "lifecycle", title, &rules);
        let Some(get) = reader(contract, create) else {
            case.silent = Some(Silence::NoWay(NO_READER.to_owned()));
            cases.push(case);
            continue;
        };
        // Some jobs are made of another one, which must be there and have ended.
        if create.target.is_some() {
            case = case.then(finished(contract, "source")).then(read(get, "source"));
            start = start.job("source");
        }
        cases.push(
            case.then(Step::Call(start))
                .then(Step::Poll { job: "job".into(), until: Vec::new() })
                .then(Step::Watch { job: "job".into(), times: 3 }),
        );
    }
    cases.extend(two_starts(contract));
    cases.extend(new_job(contract));
    for (id, get) in contract.of_role(Role::Get) {
        let shape = contract.shape(get);
        // Jobs are watched by the first call of a service that reads them: what another call says is asked beside it.
        let beside = |times: usize| {
            let is_other = reader(contract, get) != Some(id);
            (0..times).filter(move |_| is_other).map(move |_| read(id, "job"))
        };
        for (state, fact) in contract.facts.lifecycle.states.iter().filter(|(state, _)| shape.can_show(state))
        {
            let arranged = take("job", &[state]);
            if fact.phase.is_terminal() {
                let mut rules = vec![
                    "lifecycle/terminal-is-final",
                    "lifecycle/stays-readable",
                    "idempotency/reads-repeat",
                ];
                rules.extend(told(contract).filter(|rule| *rule == "lifecycle/frozen-members"));
                let title = format!("a job in {state} stays as it is");
                let mut case =
                    Case::new(contract, id, &format!("final::{state}"), title, &rules).then(arranged);
                if let Some(Step::Arrange(arrange)) = case.steps.first_mut() {
                    arrange.consumes = false;
                }
                let case = case.then(Step::Watch { job: "job".into(), times: 3 });
                cases.push(beside(2).fold(case, Case::then));
            } else {
                let rules = ["fields/body-schema", "status/state-in-enum", "idempotency/reads-repeat"];
                let title = format!("a job in {state} reads as documented");
                let case = Case::new(contract, id, &format!("reads::{state}"), title, &rules).then(arranged);
                let case = case.then(Step::Watch { job: "job".into(), times: 2 });
                cases.push(beside(2).fold(case, Case::then));
            }
        }
    }
    cases
}

/// Two jobs of one service, one after the other: many vendors allow no two at a time.
fn two_starts(contract: &Contract) -> Vec<Case> {
    let mut services = BTreeSet::new();
    let plain =
        contract.of_role(Role::Create).filter(|(_, create)| create.target.is_none() && !create.destroys);
    let first = plain.filter(|(_, create)| services.insert(create.service.as_deref()));
    let case = |(id, create): (&str, &Operation)| {
        let start = |job: &str| Step::Call(Call { creates: Some(job.to_owned()), ..Call::new(id) });
        let title = "two starts give two jobs, and each can be read".to_owned();
        let rules = ["lifecycle/own-id", "lifecycle/stays-readable"];
        let mut case = Case::new(contract, id, "two-starts", title, &rules);
        let Some(get) = reader(contract, create) else {
            case.silent = Some(Silence::NoWay(NO_READER.to_owned()));
            return case;
        };
        let ends = Step::Poll { job: "first".into(), until: Vec::new() };
        let case = case.then(start("first")).then(ends).then(start("second"));
        // What is left running would stand in the way of the next start.
        case.then(read(get, "second")).then(read(get, "first")).then(Step::Settle)
    };
    first.map(case).collect()
}

/// A new job, read at once by each call that other cases do not read new jobs with.
fn new_job(contract: &Contract) -> impl Iterator<Item = Case> {
    let others = contract
        .of_role(Role::Get)
        .filter(|(id, get)| get.target.is_some() && reader(contract, get).is_some_and(|first| first != *id));
    others.filter_map(|(id, get)| {
        let title = "a job that was just started is known".to_owned();
        let start = Call { creates: Some("job".to_owned()), ..Call::new(creator(contract, get)?) };
        let case = Case::new(contract, id, "new-job", title, &["lifecycle/stays-readable"]);
        Some(case.then(Step::Call(start)).then(read(id, "job")).then(Step::Settle))
    })
}

/// The rules about members of a job that this contract has any of.
fn told(contract: &Contract) -> impl Iterator<Item = &'static str> {
    let shapes = || std::iter::once(&contract.facts.job).chain(contract.views.values());
    let has = [
        ("lifecycle/frozen-members", shapes().any(|job| !job.frozen.is_empty())),
        ("lifecycle/time-goes-forward", shapes().any(|job| job.timestamps.named().next().is_some())),
        ("lifecycle/counters-grow", shapes().any(|job| !job.counters.is_empty())),
    ];
    has.into_iter().filter_map(|(rule, has)| has.then_some(rule))
}
