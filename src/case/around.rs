//! Calls that write to what jobs belong to: they act only on what the suite made itself.

use super::{Call, Case, Step};
use crate::contract::Contract;
use crate::contract::operation::{Operation, Role};

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let around = contract.of_role(Role::Details).filter(|(_, operation)| operation.writes);
    around.map(|(id, operation)| case(contract, id, operation)).collect()
}

fn case(contract: &Contract, id: &str, operation: &Operation) -> Case {
    let rules = ["fields/documented-status", "fields/body-schema"];
    let title = "a call that writes answers as documented, on what was made for it".to_owned();
    let case = Case::new(contract, id, "made", title, &rules);
    on_made(contract, operation, case, Call::new(id), Step::Call)
}

/// The case with a call that writes, on something made for it and removed after it: never on what was there before.
pub(super) fn on_made(
    contract: &Contract,
    operation: &Operation,
    mut case: Case,
    mut call: Call,
    step: impl Fn(Call) -> Step,
) -> Case {
    let id = &*call.operation.clone();
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
    case = case.then(step(call));
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
