//! Requests after which a job may be gone.

use std::collections::{BTreeMap, HashMap};

use crate::contract::cancel::Table;
use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::story::Story;
use crate::story::said::is_refused;

/// The requests that may have removed jobs, and were not refused.
pub(crate) struct Removed<'t> {
    /// Cancels, by the id they name.
    cancels: HashMap<&'t str, Vec<usize>>,
    /// The first cancel that may mean any job.
    of_all: Option<usize>,
    /// The first two calls that remove or destroy what jobs belong to, by the parents they name.
    ground: BTreeMap<&'t BTreeMap<String, String>, Vec<usize>>,
}

impl<'t> Removed<'t> {
    /// Those of a story.
    pub(crate) fn of(story: &Story<'t>) -> Self {
        let contract = story.contract;
        let mut found = Removed { cancels: HashMap::new(), of_all: None, ground: BTreeMap::new() };
        for (index, exchange) in story.exchanges.iter().enumerate() {
            let asked = &exchange.asked;
            let is_cancel = matches!(asked.role, Some(Role::Cancel | Role::CancelMany));
            let operation = asked.operation.as_ref().and_then(|name| contract.facts.operations.get(name));
            let takes_ground = operation.is_some_and(|o| o.destroys || o.removes.is_some());
            let is_said_no =
                || exchange.response().is_some_and(|r| r.status < 500 && is_refused(exchange, contract));
            if !(is_cancel || takes_ground) || is_said_no() {
                continue;
            }
            if takes_ground {
                let calls = found.ground.entry(&asked.parents).or_default();
                if calls.len() < 2 {
                    calls.push(index);
                }
            }
            match asked.job.as_deref().filter(|_| asked.role == Some(Role::Cancel)) {
                Some(job) => found.cancels.entry(job).or_default().push(index),
                None if is_cancel => found.of_all = found.of_all.or(Some(index)),
                None => {}
            }
        }
        found
    }

    /// Whether the job may have been removed before a read of it was answered.
    pub(crate) fn may_hold(&self, story: &Story<'_>, naming: &Reading, read: usize) -> bool {
        // What came after the read did not remove the job before it, and no start removes its own job.
        let is_before = |call: usize| !story.precedes(read, call) && call != naming.exchange;
        let mut names = std::iter::once(&naming.id).chain(naming.aliases.values());
        let is_same = |(name, value): (&String, &String)| {
            story.parent(naming, name).is_none_or(|own| own == value.as_str())
        };
        self.of_all.is_some_and(is_before)
            || self
                .ground
                .iter()
                .any(|(parents, calls)| calls.iter().any(|c| is_before(*c)) && parents.iter().all(is_same))
            || names.any(|name| {
                let cancels = self.cancels.get(name.as_str()).into_iter().flatten();
                cancels
                    .filter(|cancel| is_before(**cancel))
                    .any(|cancel| !survived(story, naming, *cancel, read))
            })
    }
}

/// Whether a cancel leaves the job there: the table says that it does, and the job was seen to have ended since. Up to
/// its end a cancelled job that is gone is the concern of `cancel/takes-effect`.
fn survived(story: &Story<'_>, naming: &Reading, cancel: usize, read: usize) -> bool {
    let attempts = story.attempts(Table::Cancel);
    let attempt = attempts.binary_search_by_key(&cancel, |attempt| attempt.answer.index);
    let attempt = attempt.ok().and_then(|found| attempts.get(found));
    let stays = attempt.and_then(|a| a.accepting()).is_some_and(|(_, accepted)| !accepted.or_gone);
    let life = story.lives_named(&naming.id).next();
    let last = life.and_then(|life| Some((life, life.last_before(read)?)));
    stays && last.is_some_and(|(life, last)| last.exchange >= cancel && life.is_ended(last))
}
