//! `cancel/work-stops`.

use crate::contract::lifecycle::Phase;
use crate::contract::operation::Role;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "cancel/work-stops",
    title: "the work of a cancelled job stops",
    keyword: Keyword::Must,
    checks: "Once a reading shows the job as cancelled, no later reading shows a counter that has grown.",
    why: "A job that says it was cancelled and goes on working writes into data that its client believes to be its own \
          again, and it goes on costing.",
    fix: "Call a job cancelled only when its workers have stopped; until then show it as stopping.",
    seeks: "a cancelled job with counters that was read again",
};

/// The work of a cancelled job stops.
#[derive(Debug)]
pub struct WorkStops;

impl Rule for WorkStops {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let lifecycle = &contract.facts.lifecycle;
        let mut judgement = Judgement::default();
        for life in story.lives() {
            let cancelled =
                life.readings.iter().copied().find(|r| {
                    r.state.as_ref().is_some_and(|state| lifecycle.phase(state) == Phase::Cancelled)
                });
            let Some(cancelled) = cancelled else { continue };
            let later: Vec<_> = life
                .after(cancelled.exchange)
                .take_while(|r| !life.acted_between(cancelled, r, &[Role::Retry]))
                .collect();
            for (counter, stopped_at) in &cancelled.counters {
                let shown: Vec<_> =
                    later.iter().filter_map(|r| Some((*r, r.counters.get(counter)?))).collect();
                shown.iter().for_each(|(reading, _)| judgement.look(reading.exchange));
                let Some((reading, grown)) = shown.into_iter().find(|(_, value)| *value > stopped_at) else {
                    continue;
                };
                let message = "a counter of a cancelled job went on growing".to_owned();
                let (reference, expected) = (&lifecycle.terminal_ref, format!("no more than {stopped_at}"));
                let finding = Finding::new(reading.exchange, reference, message, expected, grown.to_string());
                judgement.find([finding.kind("counter-grew").at(story.place(reading, counter))]);
            }
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(5, 6, 1)]
    #[case(5, 5, 0)]
    fn counters_stand_still(#[case] first: u64, #[case] then: u64, #[case] expected: usize) {
        let job = |n| json!({"status": "STOPPED", "statistics": {"numberOfDocumentsScanned": n}});
        let script = Script::of("bedrock").get("JOB0000001", &job(first)).get("JOB0000001", &job(then));
        assert_eq!(script.findings(&WorkStops).len(), expected);
    }

    #[test]
    fn a_stopping_job_may_go_on() {
        let job = |state, n: u64| json!({"status": state, "statistics": {"numberOfDocumentsScanned": n}});
        let script = Script::of("bedrock")
            .get("JOB0000001", &job("STOPPING", 5))
            .get("JOB0000001", &job("STOPPED", 9));
        assert!(!script.judge(&WorkStops).is_judged());
    }
}
