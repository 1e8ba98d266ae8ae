//! Calls around jobs: reads that name no job, and writes, which act only on what the suite made itself.

use super::{Call, Case, Step};
use crate::contract::Contract;
use crate::contract::operation::{Operation, Role};

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let around = contract.of_role(Role::Details).filter(|(_, operation)| operation.target.is_none());
    around.map(|(id, operation)| case(contract, id, operation)).collect()
}

fn case(contract: &Contract, id: &str, operation: &Operation) -> Case {
    let rules = ["fields/documented-status", "fields/body-schema"];
    if !operation.writes {
        let title = "a call around jobs answers as documented".to_owned();
        return Case::new(contract, id, "answers", title, &rules).then(Step::Call(Call::new(id)));
    }
    let title = "a call that writes answers as documented, on what was made for it".to_owned();
    let mut case = Case::new(contract, id, "made", title, &rules);
    let makers = || contract.of_role(Role::Details).filter_map(|(id, o)| Some((id, o.makes.as_ref()?)));
    let maker = match &operation.makes {
        Some(makes) => Some((id, makes)),
        None => makers().find(|(_, makes)| operation.parent_place(&makes.parameter).is_some()),
    };
    let Some((maker, makes)) = maker else {
        case.silent = Some(
            "the suite writes only to what it made itself, and no call makes what this one needs".into(),
        );
        return case;
    };
    let parameter = &makes.parameter;
    let on = |id: &str| {
        let mut call = Call::new(id);
        call.uses = Some((parameter.clone(), "made".into()));
        Step::Call(call)
    };
    let mut make = Call::new(maker);
    make.makes = Some("made".into());
    case = case.then(Step::Call(make));
    if maker != id {
        case = case.then(on(id));
    }
    let mut removers = contract.of_role(Role::Details).filter(|(_, o)| o.removes.as_ref() == Some(parameter));
    match removers.next() {
        Some((remover, _)) if remover != id => case.then(on(remover)),
        _ => case,
    }
}
