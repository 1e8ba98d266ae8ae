//! `cancel/many-selects-only`.

use crate::contract::Contract;
use crate::contract::lifecycle::Phase;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::many::{Standing, Touched};

static META: Meta = Meta {
    id: "cancel/many-selects-only",
    title: "a cancel of many jobs leaves alone those that are not meant",
    keyword: Keyword::Must,
    checks: "After a cancel of many jobs, those of other parents, those created outside the range and those that had \
             ended are not stopped by it, and a job that had ended is in the same state.",
    why: "One request too wide stops the work of people who never asked for it, and nobody can start it again where it was.",
    fix: "Select by all that the request names, together, and change a job only where its own cancel would be accepted.",
    seeks: "a job that a cancel of many did not mean, read before and after it",
};

/// A cancel of many jobs leaves alone those that are not meant.
#[derive(Debug)]
pub struct ManySelectsOnly;

impl Rule for ManySelectsOnly {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for many in story.many() {
            for job in &many.jobs {
                let Standing::Left(kind, why, reference) = &job.standing else { continue };
                judgement.look(job.after.exchange);
                if !is_stopped(job, contract) {
                    continue;
                }
                let (before, after) = (&job.before.state, &job.after.state);
                let text = |state: &Option<String>| state.clone().unwrap_or_default();
                let message = format!("a cancel of many jobs changed one that was not meant: {why}");
                let (index, place) = (job.after.exchange, story.state_place(job.after));
                let finding = Finding::new(index, reference, message, text(before), text(after));
                judgement.find([finding.kind(kind).at(place)]);
            }
        }
        judgement
    }
}

/// Whether the job was stopped, or moved although it had ended.
fn is_stopped(job: &Touched<'_>, contract: &Contract) -> bool {
    let lifecycle = &contract.facts.lifecycle;
    let state = |state: &Option<String>| state.clone().unwrap_or_default();
    let (before, after) = (state(&job.before.state), state(&job.after.state));
    let stops = matches!(lifecycle.phase(&after), Phase::Stopping | Phase::Cancelled);
    before != after && (stops || lifecycle.is_terminal(&before))
}

#[cfg(test)]
mod tests {
    use super::super::many_script::{ELSEWHERE, HOME, many, refused};
    use super::*;
    use rstest::rstest;

    // The range is from 10:00 to 11:00.
    #[rstest]
    #[case("10:30", HOME, "pending", "aborted", None)]
    #[case("09:30", HOME, "pending", "aborted", Some(1))]
    #[case("11:30", HOME, "pending", "aborted", Some(1))]
    #[case("09:30", HOME, "pending", "queued", Some(0))]
    #[case("09:30", HOME, "running", "complete", Some(0))]
    #[case("10:30", ELSEWHERE, "pending", "aborted", Some(1))]
    #[case("10:30", ELSEWHERE, "pending", "pending", Some(0))]
    #[case("10:30", HOME, "complete", "aborted", Some(1))]
    #[case("10:30", HOME, "failed", "failed", Some(0))]
    fn only_what_is_meant(
        #[case] created: &str,
        #[case] organization: &str,
        #[case] before: &str,
        #[case] after: &str,
        #[case] expected: Option<usize>,
    ) {
        match (many(created, organization, before, after).judge(&ManySelectsOnly).verdict(), expected) {
            (Some(found), Some(number)) => assert_eq!(found.len(), number, "{found:?}"),
            (None, None) => {}
            (other, _) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_refused_one_must_leave_them_alone_too() {
        assert_eq!(refused("09:30", HOME, "pending", "aborted").findings(&ManySelectsOnly).len(), 1);
    }
}
