//! Facts of what parameters name: calls change them, and others show them.

use super::super::fault::Check;
use super::super::store::Store;
use super::super::{Call, Mock, Reply};

impl Mock {
    /// Remembers what a request changes.
    pub(super) fn change(&self, call: &Call<'_>, store: &mut Store) {
        let Some(changes) = &call.operation.changes else { return };
        let Some(value) = call.operation.named(&changes.parameter, &call.asked.view) else { return };
        let kept = changes.asked(&call.asked.view);
        let kept = kept.filter(|(name, ..)| !self.fault.skips(Check::Change(name), call.name));
        let known = store.changed.entry((changes.parameter.clone(), value)).or_default();
        known.extend(kept.map(|(name, new, _)| (name.to_owned(), new.clone())));
    }

    /// Shows what was changed before.
    pub(super) fn show(&self, call: &Call<'_>, store: &Store, reply: &mut Reply) {
        let Some(shows) = &call.operation.shows else { return };
        let value = call.operation.named(&shows.parameter, &call.asked.view);
        let known = value.and_then(|value| store.changed.get(&(shows.parameter.clone(), value)));
        let (Some(known), Some(body)) = (known, reply.answer.body_mut()) else { return };
        for (name, shown) in &shows.facts {
            if let Some(new) = known.get(name) {
                shown.at.put(body, shown.written(new));
            }
        }
    }
}
