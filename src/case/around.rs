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
    let case = Case::new(contract, id, "made", title, &rules);
    on_made(contract, id, operation, case, Call::new(id))
}

/// The case with a call that writes, on something made for it and removed after it: never on what was there before.
pub(super) fn on_made(
    contract: &Contract,
    id: &str,
    operation: &Operation,
    mut case: Case,
    mut call: Call,
) -> Case {
    let makers = || contract.of_role(Role::Details).filter_map(|(id, o)| Some((id, o.makes.as_ref()?)));
    let maker = match &operation.makes {
        Some(makes) => Some((id, makes)),
        None => makers().find(|(_, makes)| operation.parent_place(&makes.parameter).is_some()),
    };
    let Some((maker, makes)) = maker else {
        let why = "the suite writes only to what it made itself, and no call makes what this one needs";
        case.silent = Some(why.into());
        return case;
    };
    let used = Some((makes.parameter.clone(), "made".to_owned()));
    if maker == id {
        call.makes = Some("made".into());
    } else {
        let mut make = Call::new(maker);
        make.makes = Some("made".into());
        case = case.then(Step::Call(make));
        call.uses.clone_from(&used);
    }
    let is_refused = call.probe.is_some();
    case = case.then(Step::Call(call));
    let removes = |o: &Operation| o.removes.as_ref() == Some(&makes.parameter);
    match contract.of_role(Role::Details).find(|(_, o)| removes(o)) {
        Some((remover, _)) if (remover != id || is_refused) && !(maker == id && is_refused) => {
            let mut remove = Call::new(remover);
            remove.uses = used;
            case.then(Step::Call(remove))
        }
        _ => case,
    }
}
