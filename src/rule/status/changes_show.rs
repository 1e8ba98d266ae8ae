//! `status/changes-show`.

use crate::rule::{About, Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::Story;
use crate::story::answer::Answer;
use crate::story::text::show;

static META: Meta = Meta {
    id: "status/changes-show",
    title: "what a call changes shows in the calls that read it",
    keyword: Keyword::Must,
    checks: "After a call that changes something which is no job, such as a schedule, was answered with success, the last \
             reading of it before the next change shows the new value. Another service may lag: there it is a warning.",
    why: "Who switches a schedule off and is told that it worked does not look again; the jobs that it goes on to start \
          cost money until somebody wonders.",
    fix: "Carry the change out before it is answered with success, and refuse what cannot be done.",
    seeks: "a reading after an accepted change",
};

/// What a call changes shows in the calls that read it.
#[derive(Debug)]
pub struct ChangesShow;

impl Rule for ChangesShow {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for answer in story.answers() {
            let Some(changes) = &answer.operation.changes else { continue };
            let view = &answer.exchange.asked.view;
            let Some(named) = answer.operation.named(&changes.parameter, view) else { continue };
            if !answer.is_accepted() || answer.exchange.meant().probe.is_some() {
                continue;
            }
            let facts: Vec<_> = changes.asked(view).collect();
            for reading in last_readings(story, answer, &changes.parameter, &named) {
                let Some(shows) = &reading.operation.shows else { continue };
                for (fact, value, reference) in &facts {
                    let Some(shown) = shows.facts.get(*fact) else { continue };
                    let seen = reading.response.json().ok().and_then(|body| shown.at.first(body));
                    let Some(seen) = seen else { continue };
                    judgement.look(reading.index);
                    let due = shown.written(value);
                    if *seen == due {
                        continue;
                    }
                    let message =
                        format!("{} succeeded, and {} shows nothing of it", answer.name, reading.name);
                    let is_same = reading.operation.service == answer.operation.service;
                    let finding =
                        Finding::new(reading.index, reference, message, show(Some(&due)), show(Some(seen)))
                            .kind("left")
                            .about(About::Member((*fact).to_owned()))
                            .at(shown.at.as_str())
                            .at_most(if is_same { Level::Fail } else { Level::Warn });
                    judgement.find([finding]);
                }
            }
        }
        judgement
    }
}

/// The last reading of what a call changed through each call that shows it, before anything else that may have changed
/// it.
fn last_readings<'s, 't>(
    story: &'s Story<'t>,
    change: &Answer<'t>,
    parameter: &str,
    named: &str,
) -> Vec<&'s Answer<'t>> {
    let is_it = |answer: &Answer<'_>| {
        let view = &answer.exchange.asked.view;
        answer.operation.named(parameter, view).is_some_and(|other| other == named)
    };
    let next = story.exchanges.iter().enumerate().skip(change.index + 1).find_map(|(index, exchange)| {
        let operation = story.contract.facts.operations.get(exchange.asked.operation.as_ref()?)?;
        let changes = operation.changes.is_some() || operation.removes.as_deref() == Some(parameter);
        let same = operation.named(parameter, &exchange.asked.view).is_some_and(|other| other == named);
        (changes && same).then_some(index)
    });
    let mut last: Vec<&Answer<'t>> = Vec::new();
    for answer in story.answers() {
        let is_meant = answer.index > change.index && next.is_none_or(|next| answer.index < next);
        let shows = answer.operation.shows.as_ref().is_some_and(|shows| shows.parameter == parameter);
        if is_meant && shows && answer.operation.role.is_read() && answer.is_accepted() && is_it(answer) {
            last.retain(|other| other.name != answer.name);
            last.push(answer);
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const SCHEDULE: &str = "123456";

    fn cancelled(answer: &Value) -> Script {
        let script = Script::of("aiware");
        let mut view = script.view("updateScheduledJob", None);
        view["body"] = json!({"variables": {"input": {"id": 123_456, "isActive": false, "runMode": "Once"}}});
        script.call("updateScheduledJob", view, 200, answer)
    }

    fn accepted() -> Script {
        cancelled(&json!({"data": {"updateScheduledJob": {"id": SCHEDULE, "name": "n"}}}))
    }

    fn read(script: Script, id: &str, active: bool, mode: &str) -> Script {
        let mut view = script.view("scheduledJob", None);
        view["body"] = json!({"variables": {"id": id}});
        let shown = json!({"id": id, "name": "n", "isActive": active, "runMode": mode});
        script.call("scheduledJob", view, 200, &json!({"data": {"scheduledJob": shown}}))
    }

    fn detail(script: Script, active: bool) -> Script {
        let mut view = script.view("ProcGetScheduledJobDetail", None);
        view["path"]["scheduledJobID"] = json!(SCHEDULE);
        let shown = json!({"scheduledJobID": 123_456, "isActive": active, "runMode": "once"});
        script.call("ProcGetScheduledJobDetail", view, 200, &json!({"scheduledJob": shown}))
    }

    #[rstest]
    #[case(false, "Once", 0)]
    #[case(true, "Once", 1)]
    #[case(true, "Recurring", 2)]
    fn the_last_reading_counts(#[case] active: bool, #[case] mode: &str, #[case] expected: usize) {
        let script = read(read(accepted(), SCHEDULE, true, "Recurring"), SCHEDULE, active, mode);
        let found = script.findings(&ChangesShow);
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[rstest]
    #[case(false, 0)]
    #[case(true, 1)]
    fn another_service_may_lag(#[case] active: bool, #[case] expected: usize) {
        let found = detail(accepted(), active).findings(&ChangesShow);
        assert_eq!(found.len(), expected, "{found:?}");
        assert!(found.iter().all(|finding| finding.at_most == Level::Warn));
    }

    #[test]
    fn another_schedule_and_a_refused_change_are_not_looked_at() {
        assert!(!read(accepted(), "654321", true, "Recurring").judge(&ChangesShow).is_judged());
        let refused = cancelled(&json!({"data": null, "errors": [{"message": "no", "name": "not_allowed"}]}));
        assert!(!read(refused, SCHEDULE, true, "Recurring").judge(&ChangesShow).is_judged());
    }
}
