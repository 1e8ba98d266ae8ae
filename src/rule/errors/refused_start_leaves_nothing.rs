//! `errors/refused-start-leaves-nothing`.

use std::collections::BTreeSet;

use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule, Why};
use crate::story::walk::Walk;
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "errors/refused-start-leaves-nothing",
    title: "a start that is refused starts nothing",
    keyword: Keyword::Must,
    checks: "A list that is walked to its end before and after a start that was refused for what it says has no new job \
             after it. Two walks with nothing sent between them show first that nobody else starts jobs there. One new \
             job warns all the same; where each refused start leaves one, and there are two at least, it is no accident.",
    why: "The client mends its request and sends it again: the work is done twice, and the first job is known to nobody.",
    fix: "Check the whole request before the job is stored, or take it back in the same step.",
    seeks: "a refused start between two walks through a list where nobody else starts jobs",
};

/// The rule.
#[derive(Debug)]
pub struct RefusedStartLeavesNothing;

impl Rule for RefusedStartLeavesNothing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        let gaps: Vec<Gap<'_>> = gaps(story);
        let is_quiet = |gap: &&Gap<'_>| gap.sent == 0;
        let mut quiet = gaps.iter().filter(is_quiet).peekable();
        let refused: Vec<(&Answer<'_>, &Gap<'_>)> =
            gaps.iter().filter_map(|gap| Some((gap.refused?, gap))).collect();
        if refused.is_empty() {
            return judgement;
        }
        if quiet.peek().is_none() || quiet.any(|gap| !gap.new.is_empty()) {
            let sought = "a list to which nobody else adds jobs";
            judgement.miss(Why::NotSeen { sought: sought.to_owned() });
            return judgement;
        }
        refused.iter().for_each(|(answer, _)| judgement.look(answer.index));
        let left: Vec<&(&Answer<'_>, &Gap<'_>)> =
            refused.iter().filter(|(_, gap)| !gap.new.is_empty()).collect();
        let is_always = left.len() > 1 && left.len() == refused.len();
        let level = if is_always { Level::Fail } else { Level::Warn };
        judgement
            .find(left.into_iter().take(1).map(|(answer, gap)| found(story, answer, gap).at_most(level)));
        judgement
    }
}

/// What happened between two walks through the same list that follow each other.
struct Gap<'t> {
    /// How many requests were sent between them.
    sent: usize,
    /// The start that was refused for what it says, where nothing else was sent.
    refused: Option<&'t Answer<'t>>,
    /// Jobs that only the second walk has.
    new: BTreeSet<String>,
    /// A page of the second walk.
    page: usize,
}

fn gaps<'s>(story: &'s Story<'_>) -> Vec<Gap<'s>> {
    let is_whole = |walk: &&Walk<'_>| walk.is_whole();
    let walks: Vec<&Walk<'_>> = story.walks().iter().filter(is_whole).collect();
    let pairs = walks.iter().enumerate().filter_map(|(place, walk)| {
        let first = walk.first()?;
        let same = |other: &&&Walk<'_>| {
            other.first().is_some_and(|page| {
                page.answer.name == first.answer.name
                    && page.answer.exchange.asked.parents == first.answer.exchange.asked.parents
                    && page.answer.exchange.meant().identity == first.answer.exchange.meant().identity
            })
        };
        let next = walks[place + 1..].iter().find(same)?;
        let (end, begin) = (walk.pages.last()?.answer.index, next.first()?.answer.index);
        if end >= begin || !story.precedes(end, begin) {
            return None;
        }
        let sent = begin - end - 1;
        let refused = story.answer(end + 1).filter(|answer| sent == 1 && is_refused_start(answer));
        let (before, after) = (ids(story, walk), ids(story, next));
        Some(Gap { sent, refused, new: after.difference(&before).cloned().collect(), page: begin })
    });
    pairs.collect()
}

fn ids(story: &Story<'_>, walk: &Walk<'_>) -> BTreeSet<String> {
    let readings = walk.pages.iter().flat_map(|page| story.readings_at(page.answer.index));
    readings.map(|reading| reading.id.clone()).collect()
}

/// Whether it is the refusal of a start that was made wrong in what it says.
fn is_refused_start(answer: &Answer<'_>) -> bool {
    let probe = answer.exchange.meant().probe;
    answer.operation.role == Role::Create
        && answer.is_refused()
        && answer.response.status < 500
        && matches!(probe, Some(Condition::MissingParameter | Condition::InvalidParameter))
}

fn found(story: &Story<'_>, answer: &Answer<'_>, gap: &Gap<'_>) -> Finding {
    let row = answer.exchange.meant().probe.and_then(|probe| story.contract.error_row(probe, answer.name));
    let reference = row.map_or(&answer.operation.reference, |row| &row.reference);
    let message = format!("{} was refused, and left a job", answer.name);
    let ids: Vec<&str> = gap.new.iter().map(String::as_str).collect();
    let finding =
        Finding::new(gap.page, reference, message, "the jobs that were there before", ids.join(", "));
    finding.kind("left-job")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use serde_json::json;

    /// A list of so many jobs.
    fn list(script: Script, jobs: usize) -> Script {
        let all: Vec<_> =
            (0..jobs).map(|n| script.job(&format!("JOB000000{n}"), &json!({"status": "COMPLETE"}))).collect();
        let view = script.view("ListIngestionJobs", None);
        script.call("ListIngestionJobs", view, 200, &json!({ "ingestionJobSummaries": all }))
    }

    fn refused(script: Script) -> Script {
        let view = script.view("StartIngestionJob", None);
        let no = json!({"__type": "ValidationException", "message": "no"});
        script.call("StartIngestionJob", view, 400, &no).probe(Condition::InvalidParameter)
    }

    /// Lists of so many jobs, the first two with nothing between, the others with a refused start.
    fn lists(lengths: &[usize]) -> Script {
        let quiet = list(list(Script::of("bedrock"), lengths[0]), lengths[1]);
        lengths[2..].iter().fold(quiet, |script, jobs| list(refused(script), *jobs))
    }

    #[test]
    fn a_job_that_each_refused_start_leaves_is_no_accident() {
        let levels = |lengths: &[usize]| -> Vec<Level> {
            lists(lengths).findings(&RefusedStartLeavesNothing).iter().map(|found| found.at_most).collect()
        };
        assert_eq!(levels(&[1, 1, 2, 3]), [Level::Fail]);
        assert_eq!(levels(&[1, 1, 2, 2]), [Level::Warn]);
        assert_eq!(levels(&[1, 1, 1, 1]), []);
        assert_eq!(levels(&[0, 0, 0, 0]), []);
    }

    #[test]
    fn where_others_start_jobs_nothing_is_said() {
        assert!(!lists(&[1, 2, 3, 4]).judge(&RefusedStartLeavesNothing).is_judged());
    }

    #[test]
    fn without_a_quiet_moment_or_with_another_request_nothing_is_said() {
        let script = list(refused(list(Script::of("bedrock"), 1)), 2);
        assert!(!script.judge(&RefusedStartLeavesNothing).is_judged());
        let quiet = || list(list(Script::of("bedrock"), 1), 1);
        let started = quiet().create("JOB0000001", &json!({"status": "STARTING"}));
        assert!(!list(started, 2).judge(&RefusedStartLeavesNothing).is_judged());
        let both = refused(quiet()).create("JOB0000001", &json!({"status": "STARTING"}));
        assert!(!list(both, 2).judge(&RefusedStartLeavesNothing).is_judged());
    }
}
