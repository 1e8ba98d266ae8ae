//! `cancel/many-takes-effect`.

use crate::contract::Contract;
use crate::contract::cancel::{Accepted, Expect, RowId, Table};
use crate::contract::combination::label;
use crate::exchange::Reading;
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::many::{Standing, Touched};
use crate::story::text::one_of;

static META: Meta = Meta {
    id: "cancel/many-takes-effect",
    title: "a cancel of many jobs cancels each one that is meant",
    keyword: Keyword::Must,
    checks: "After an accepted cancel of many jobs, each job that belongs to the parents named, was created in the range \
             and could be cancelled by itself, is cancelled or has ended first, and ends where a cancelled job ends.",
    why: "Whoever stops everything at once has a reason, and a job that goes on unseen costs until somebody finds it.",
    fix: "Carry out the cancel of each job that is selected, and refuse the whole where that cannot be.",
    seeks: "a job that a cancel of many meant, read before and after it",
};

/// A cancel of many jobs cancels each one that is meant.
#[derive(Debug)]
pub struct ManyTakesEffect;

impl Rule for ManyTakesEffect {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for many in story.many() {
            if many.fact.undocumented.is_some() || !many.answer.is_accepted() {
                continue;
            }
            for job in &many.jobs {
                let Standing::Meant(row) = &job.standing else { continue };
                let Expect::Accepted(accepted) = &row.expect else { continue };
                let state = job.before.state.clone().unwrap_or_default();
                let facets = label(&contract.facts, &row.facets);
                let id = RowId { table: Table::Cancel, state, facets };
                judgement.look_by(job.after.exchange, id.clone());
                let reference = accepted.reference.as_ref().unwrap_or(&many.fact.reference);
                let stays = "a cancel of many jobs left one as it was that was meant";
                let elsewhere = "a job that a cancel of many meant ended in another state";
                let found = goes_on(job, accepted, story).map(|r| (r, "left", stays)).or_else(|| {
                    let end = ends_elsewhere(job, accepted, contract)?;
                    Some((end, "ended-elsewhere", elsewhere))
                });
                judgement.find(found.map(|(reading, kind, message)| {
                    let state = reading.state.clone().unwrap_or_default();
                    let due = one_of(accepted.settles_in.iter().chain(&accepted.or_races_to));
                    Finding::new(reading.exchange, reference, message.to_owned(), due, state)
                        .kind(kind)
                        .about(About::Row(id))
                        .at(story.state_place(reading))
                }));
            }
        }
        judgement
    }
}

/// The reading that shows the job where it could still be cancelled.
fn goes_on<'t>(job: &Touched<'t>, accepted: &Accepted, story: &Story<'_>) -> Option<&'t Reading> {
    let contract = story.contract;
    let state = job.after.state.as_ref()?;
    let is_due = accepted.leads_to.contains(state) || accepted.settles_in.contains(state);
    (!is_due && !contract.facts.lifecycle.is_terminal(state) && story.may_be_cancelled(job.after))
        .then_some(job.after)
}

/// The reading that shows an end which is none for a cancelled job.
fn ends_elsewhere<'t>(job: &Touched<'t>, accepted: &Accepted, contract: &Contract) -> Option<&'t Reading> {
    let is_end = |r: &&&Reading| r.state.as_ref().is_some_and(|s| contract.facts.lifecycle.is_terminal(s));
    let end = *job.later.iter().find(is_end)?;
    let state = end.state.as_ref()?;
    let is_due = accepted.settles_in.is_empty()
        || accepted.settles_in.contains(state)
        || accepted.or_races_to.contains(state);
    (!is_due).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::super::many_script::{HOME, changed, many, refused};
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("pending", "aborted", 0)]
    #[case("pending", "pending", 1)]
    #[case("pending", "queued", 1)]
    #[case("pending", "running", 0)]
    #[case("pending", "complete", 0)]
    #[case("pending", "cancelled", 0)]
    fn what_is_meant_is_cancelled(#[case] before: &str, #[case] after: &str, #[case] expected: usize) {
        let found = many("10:30", HOME, before, after).findings(&ManyTakesEffect);
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[test]
    fn an_end_that_is_not_listed_is_none_for_a_cancelled_job() {
        let aborted_only = |contract: &mut Contract| {
            for row in &mut contract.facts.cancel {
                if let Expect::Accepted(accepted) = &mut row.expect {
                    accepted.settles_in.retain(|state| state == "aborted");
                }
            }
        };
        let found = changed(aborted_only, "10:30", "pending", "cancelled").findings(&ManyTakesEffect);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn others_and_refusals_are_not_looked_at() {
        let other = many("09:30", HOME, "pending", "pending").judge(&ManyTakesEffect);
        assert!(!other.is_judged());
        let refused = refused("10:30", HOME, "pending", "pending").judge(&ManyTakesEffect);
        assert!(!refused.is_judged());
    }

    #[test]
    fn a_state_on_the_way_to_the_end_will_do() {
        let passes_by = |contract: &mut Contract| {
            for row in &mut contract.facts.cancel {
                if let Expect::Accepted(accepted) = &mut row.expect {
                    accepted.leads_to.push("queued".to_owned());
                }
            }
        };
        assert_eq!(changed(passes_by, "10:30", "pending", "queued").findings(&ManyTakesEffect), []);
    }
}
