//! One attempt to retry one job, with what is known of the job before and after it.

use crate::contract::Contract;
use crate::contract::cancel::{Accepted, Expect, Row, row};
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::{Reading, Transcript};
use crate::rule::evidence::{Answer, answers, is_named};
use crate::rule::isolation::foreign::is_foreign;
use crate::rule::order::{Acts, precedes};

/// One answered attempt to retry a job that had been read before, and that nothing else acted on meanwhile.
pub(super) struct Attempt<'t> {
    /// The request with its answer.
    pub(super) answer: Answer<'t>,
    /// The last reading of the job that was over before the retry was sent.
    pub(super) before: &'t Reading,
    /// The state in that reading.
    pub(super) state: &'t str,
    /// What the retry table says of the job.
    pub(super) row: &'t Row,
    /// The job that the answer shows.
    pub(super) shown: Option<&'t Reading>,
    /// The first reading of the job itself after the answer, unless something else acted on it.
    pub(super) after: Option<&'t Reading>,
}

impl<'t> Attempt<'t> {
    /// What must follow, where the retry must be accepted.
    pub(super) fn accepting(&self) -> Option<&'t Accepted> {
        if let Expect::Accepted(accepted) = &self.row.expect { Some(accepted) } else { None }
    }

    /// What must follow, where the retry must start a new job.
    pub(super) fn renewing(&self) -> Option<&'t Accepted> {
        self.accepting().filter(|accepted| accepted.new_job)
    }

    /// The condition, where the retry must be refused.
    pub(super) fn refusing(&self) -> Option<Condition> {
        if let Expect::Refused(condition) = &self.row.expect { Some(*condition) } else { None }
    }

    /// The reference for what comes of an accepted retry.
    pub(super) fn outcome(&self) -> &'t str {
        let own = self.accepting().and_then(|accepted| accepted.reference.as_ref());
        own.unwrap_or(&self.row.reference)
    }

    /// Whether a reading is of the job that is to be retried.
    pub(super) fn is_of_original(&self, reading: &Reading) -> bool {
        let named = self.answer.exchange.asked.job.as_deref();
        is_named(reading, &self.before.id)
            || self.before.aliases.values().any(|alias| is_named(reading, alias))
            || named.is_some_and(|named| is_named(reading, named))
    }

    /// The id of the new job, as the answer itself shows it; an answer that shows none stands for the job asked for.
    pub(super) fn new_id(&self, contract: &Contract) -> Option<&'t str> {
        let shown = self.shown?;
        let shows = contract.shape_of(&shown.operation).id.first(&shown.job).is_some_and(|id| !id.is_null());
        shows.then_some(shown.id.as_str())
    }
}

/// Every attempt of a transcript, in order. Requests made wrong on purpose are left out.
pub(super) fn attempts<'t>(transcript: &'t Transcript, contract: &'t Contract) -> Vec<Attempt<'t>> {
    answers(transcript, contract)
        .filter(|answer| answer.operation.role == Role::Retry)
        .filter_map(|answer| attempt(transcript, contract, answer))
        .collect()
}

fn attempt<'t>(
    transcript: &'t Transcript,
    contract: &'t Contract,
    answer: Answer<'t>,
) -> Option<Attempt<'t>> {
    let asked = &answer.exchange.asked;
    let is_made_wrong = answer.exchange.meant().probe.is_some_and(|probe| probe != Condition::NotRetryable);
    if is_made_wrong || is_foreign(transcript, contract, answer.index) {
        return None;
    }
    let named = asked.job.as_ref()?;
    let readings =
        || transcript.readings(contract).iter().filter(|r| !r.from_list && r.exchange != answer.index);
    let before = readings()
        .filter(|r| is_named(r, named) && r.state.is_some())
        .rfind(|r| precedes(transcript, r.exchange, answer.index))?;
    let state = before.state.as_deref()?;
    let row = row(&contract.facts.retry, state, &before.facets)?;
    let shown = transcript.readings(contract).iter().find(|r| r.exchange == answer.index);
    let mut attempt = Attempt { answer, before, state, row, shown, after: None };
    let acts = Acts::on(transcript, before, &Role::ACTS);
    if acts.others_between(answer.index, before.exchange, answer.index) {
        return None;
    }
    attempt.after = readings()
        .find(|r| precedes(transcript, answer.index, r.exchange) && attempt.is_of_original(r))
        .filter(|r| !acts.others_between(answer.index, answer.index, r.exchange));
    Some(attempt)
}
