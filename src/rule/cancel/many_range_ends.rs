//! `cancel/many-range-ends`.

use crate::contract::lifecycle::Phase;
use crate::rule::{About, Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::Story;
use crate::story::many::Standing;

static META: Meta = Meta {
    id: "cancel/many-range-ends",
    title: "the ends of a range belong to it or not, as documented",
    keyword: Keyword::Must,
    checks: "A job created at the very end of the range of a cancel of many is cancelled where the end is documented to \
             belong to the range, and left alone where not. Where no page says so, what happens is noted.",
    why: "Ranges are laid end to end: with the wrong ends, jobs fall between two of them or are taken by both.",
    fix: "Compare with or without equality, as the documentation says, at both ends.",
    seeks: "a job created at the very end of a range, read before and after its cancel",
};

/// The ends of a range belong to it or not, as documented.
#[derive(Debug)]
pub struct ManyRangeEnds;

impl Rule for ManyRangeEnds {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let lifecycle = &contract.facts.lifecycle;
        let mut judgement = Judgement::default();
        for many in story.many() {
            if many.fact.undocumented.is_some() || !many.answer.is_accepted() {
                continue;
            }
            for job in &many.jobs {
                let Standing::AtEnd(edge, end) = &job.standing else { continue };
                let state = job.after.state.as_deref().unwrap_or_default();
                let is_taken = matches!(lifecycle.phase(state), Phase::Stopping | Phase::Cancelled);
                // It may have ended before the cancel came.
                if !is_taken && lifecycle.is_terminal(state) {
                    continue;
                }
                judgement.look(job.after.exchange);
                if end.inclusive == Some(is_taken) {
                    continue;
                }
                let verb = if is_taken { "took" } else { "left" };
                let message =
                    format!("a cancel of many jobs {verb} one created at the very moment of {}", edge.word());
                let expected = match end.inclusive {
                    Some(true) => "the end belongs to the range",
                    Some(false) => "the end does not belong to the range",
                    None => "not documented",
                };
                let reference = end.reference.as_ref().unwrap_or(&many.fact.reference);
                let level = if end.inclusive.is_some() { Level::Fail } else { Level::Note };
                let finding = Finding::new(job.after.exchange, reference, message, expected, state);
                let finding = finding.kind(verb).about(About::Member(edge.word().to_owned())).at_most(level);
                judgement.find([finding.at(story.state_place(job.after))]);
            }
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::super::many_script::{HOME, many, refused, with_ends};
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("10:00", "aborted")]
    #[case("11:00", "pending")]
    fn what_no_page_says_is_noted(#[case] created: &str, #[case] after: &str) {
        let found = many(created, HOME, "pending", after).findings(&ManyRangeEnds);
        assert_eq!(found.iter().map(|f| f.at_most).collect::<Vec<_>>(), [Level::Note]);
    }

    #[rstest]
    #[case(true, "10:00", "aborted", 0)]
    #[case(true, "10:00", "pending", 1)]
    #[case(false, "10:00", "aborted", 1)]
    #[case(false, "11:00", "pending", 0)]
    #[case(true, "10:00", "complete", -1)]
    fn what_a_page_says_binds(
        #[case] inclusive: bool,
        #[case] created: &str,
        #[case] after: &str,
        #[case] expected: i32,
    ) {
        match with_ends(inclusive, created, "pending", after).judge(&ManyRangeEnds).verdict() {
            Some(found) => {
                assert_eq!(i32::try_from(found.len()).unwrap(), expected, "{found:?}");
                assert!(found.iter().all(|f| f.at_most == Level::Fail));
            }
            None => assert_eq!(expected, -1),
        }
    }

    #[test]
    fn a_refused_one_takes_nothing() {
        let script = refused("10:00", HOME, "pending", "aborted");
        assert!(!script.judge(&ManyRangeEnds).is_judged());
    }
}
