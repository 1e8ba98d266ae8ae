//! Calls around jobs: what jobs belong to is made and removed.

use std::collections::BTreeMap;

use super::super::store::Store;
use super::super::{Call, Mock, Reply, render};
use crate::contract::likeness::{Dice, like};

impl Mock {
    /// The documented sample, with what the request names, and with what was made.
    pub(super) fn around(&self, call: &Call<'_>, store: &mut Store) -> Reply {
        let mut reply = self.reply(call, None);
        let mut names: BTreeMap<String, String> = call.named.clone();
        for (parameter, value) in &call.named {
            let last = call.operation.parent_place(parameter).and_then(|at| at.segments().pop());
            names.extend(last.map(|name| (name, value.clone())));
        }
        if let Some(body) = reply.answer.body_mut() {
            render::overlay_ids(&self.contract, body, &names);
            if let Some(makes) = &call.operation.makes {
                let example = self.contract.facts.parameters.get(&makes.parameter);
                let example = example.and_then(|parameter| parameter.example.as_str()).unwrap_or_default();
                let mut dice = Dice::new(self.seed, u64::MAX - store.made.len() as u64);
                let value = like(example, &mut dice);
                makes.at.put(body, value.as_str().into());
                store.made.insert((makes.parameter.clone(), value));
            }
        }
        if let Some(parameter) = &call.operation.removes
            && let Some(value) = call.named.get(parameter)
        {
            store.removed.insert((parameter.clone(), value.clone()));
        }
        reply
    }
}
