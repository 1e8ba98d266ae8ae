//! Starts that ask for what the job then has.

use super::base::base;
use super::{Call, Case, Silence, Step, read, reader};
use crate::contract::Contract;
use crate::contract::operation::{Operation, Role};

/// The cases: one that reads the job, and one that cancels it.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, create) in contract.of_role(Role::Create).filter(|(_, create)| !create.echoes.is_empty()) {
        let title = "a job has what its start asked for, when it begins and when it has ended".to_owned();
        let mut case = Case::new(contract, id, "echoes", title, &["fields/echoed"]);
        let is_sent = create
            .echoes
            .iter()
            .any(|echo| echo.value.is_some() || echo.sent.first(&base(contract, create)).is_some());
        let Some(get) = reader(contract, create).filter(|_| is_sent && create.target.is_none()) else {
            let what = "no start of ours carries the members and is read afterwards";
            case.silent = Some(Silence::NoWay(what.to_owned()));
            cases.push(case);
            continue;
        };
        let ends = Step::Poll { job: "job".into(), until: Vec::new() };
        cases.push(case.then(start(id, create)).then(read(get, "job")).then(ends).then(read(get, "job")));
        cases.extend(cancelled(contract, id, create, get));
    }
    cases
}

/// The start, with the values of ours.
fn start(id: &str, create: &Operation) -> Step {
    let mut call = Call::new(id);
    call.creates = Some("job".into());
    let values = create.echoes.iter().filter_map(|echo| Some((echo.sent.clone(), echo.value.clone()?)));
    call.set.extend(values);
    Step::Call(call)
}

/// Where a cancel shows jobs in the same way: it shows the job as it was asked for, too.
fn cancelled(contract: &Contract, id: &str, create: &Operation, get: &str) -> Option<Case> {
    let is_alike = |cancel: &Operation| {
        cancel.job.is_some() && cancel.service == create.service && cancel.view == create.view
    };
    let (cancel, _) = contract.of_role(Role::Cancel).find(|(_, cancel)| is_alike(cancel))?;
    let states = contract.facts.lifecycle.states.keys();
    let open: Vec<String> = states.filter(|state| !contract.cancellable(state).is_empty()).cloned().collect();
    let title = "a job that is cancelled has what its start asked for".to_owned();
    let case =
        Case::new(contract, id, "echoes::cancelled", title, &["fields/echoed"]).then(start(id, create));
    let case = case.then(Step::Poll { job: "job".into(), until: open });
    Some(case.then(Step::Call(Call::new(cancel).job("job"))).then(read(get, "job")))
}
