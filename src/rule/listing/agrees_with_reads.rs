//! `listing/agrees-with-reads`.

use serde_json::Value;

use crate::contract::job::TimeFormat;
use crate::contract::pointer::Pointer;
use crate::exchange::Reading;
use crate::exchange::reading::{number, time};
use crate::rule::tool::lag::{SECONDS_LATER, is_settled};
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule, Why};
use crate::story::Story;
use crate::story::text::{cut, show};

static META: Meta = Meta {
    id: "listing/agrees-with-reads",
    title: "a list shows a job as its own reading does",
    keyword: Keyword::Must,
    checks: "What a list shows of a job that had ended, or that stands still, some seconds before is what readings of \
             that job showed: the same state and, after the end, the same frozen members, as far as both show them. Lists may lag behind by \
             seconds, and points in time may be cut to the second.",
    why: "Dashboards and pollers read many jobs with one list. One that shows old states keeps them waiting for ever for \
          jobs that have long ended.",
    fix: "Make the items of a list from the same record as the answer to a read, or renew the copy when the job changes.",
    seeks: "a list that shows a job which was read some seconds before, and has ended or stands still",
};

/// The rule.
#[derive(Debug)]
pub struct AgreesWithReads;

impl Rule for AgreesWithReads {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for walk in story.walks() {
            let pages = walk.pages.iter().map(|page| page.answer.index);
            let items: Vec<&Reading> =
                pages.flat_map(|index| story.readings_at(index)).filter(|item| item.from_list).collect();
            let known: Vec<_> = items.iter().filter_map(|item| Some((*item, read(story, item)?))).collect();
            let is_read = |item: &&Reading| {
                story.life(&item.id).is_some_and(|l| l.last_before(item.exchange).is_some())
            };
            if known.is_empty() && items.iter().any(is_read) {
                judgement.miss(Why::NotSeen { sought: SECONDS_LATER.to_owned() });
            }
            let mut is_told = false;
            for (item, read) in known {
                judgement.look(item.exchange);
                // One cause gives one finding: many jobs of a list are wrong in the same way.
                let found = if is_told { None } else { compare(story, read, item) };
                is_told |= found.is_some();
                judgement.find(found);
            }
        }
        judgement
    }
}

/// The last reading of the job itself before a list showed it, where the job has settled by then.
fn read<'t>(story: &Story<'t>, item: &Reading) -> Option<&'t Reading> {
    let contract = story.contract;
    let service = |reading: &Reading| contract.facts.operations.get(&reading.operation).map(|o| &o.service);
    let read = story.life(&item.id)?.last_before(item.exchange)?;
    let (state, shown) = (read.state.as_deref()?, item.state.as_deref()?);
    // Where one side has no word for what the other shows, they do not differ.
    let has_words = contract.shape_of(&item.operation).can_show(state)
        && contract.shape_of(&read.operation).can_show(shown);
    let is_comparable = service(read) == service(item) && has_words;
    (is_comparable && is_settled(story, read, item.exchange)).then_some(read)
}

fn compare(story: &Story<'_>, read: &Reading, item: &Reading) -> Option<Finding> {
    let facts = &story.contract.facts;
    let shape = story.contract.shape_of(&item.operation);
    if read.state != item.state {
        let word = |reading: &Reading| reading.state.clone().unwrap_or_default();
        let message = "a list shows a job in another state than the job itself".to_owned();
        let actual = format!("{} for {}", word(item), item.id);
        let finding = Finding::new(item.exchange, &facts.job.reference, message, word(read), actual);
        return Some(finding.kind("other-state").at(story.state_place(item)));
    }
    if !facts.lifecycle.is_terminal(read.state.as_deref()?) {
        return None;
    }
    let of_read = story.contract.shape_of(&read.operation);
    let members = shape.frozen.iter().filter(|member| of_read.frozen.contains(member));
    let is_moving =
        |member: &&Pointer| !shape.volatile.iter().any(|v| v.as_str().starts_with(member.as_str()));
    members.filter(is_moving).filter(|member| !story.omits(item, member)).find_map(|member| {
        let (own, listed) = (member.first(&read.job)?, member.first(&item.job)?);
        if is_alike(own, listed, shape.timestamps.format) {
            return None;
        }
        let message =
            "a list shows a member of a job that has ended otherwise than the job itself".to_owned();
        let (own, listed) = (show(Some(own)), cut(&format!("{} for {}", show(Some(listed)), item.id)));
        let finding = Finding::new(item.exchange, &facts.lifecycle.terminal_ref, message, own, listed);
        let about = About::Member(member.as_str().to_owned());
        Some(finding.kind("other-member").about(about).at(story.place(item, member.as_str())))
    })
}

/// Whether two values say the same, as far as both say anything: a list may show less, and cut times to the second.
fn is_alike(own: &Value, listed: &Value, format: TimeFormat) -> bool {
    match (own, listed) {
        (Value::Null, _) | (_, Value::Null) => true,
        (Value::Object(own), Value::Object(listed)) => {
            let both = own.iter().filter_map(|(name, value)| Some((value, listed.get(name)?)));
            both.into_iter().all(|(a, b)| is_alike(a, b, format))
        }
        // A summary may leave items out.
        (Value::Array(own), Value::Array(listed)) => {
            own.len() != listed.len() || own.iter().zip(listed).all(|(a, b)| is_alike(a, b, format))
        }
        _ => {
            let second = |value| time(value, format).map(jiff::Timestamp::as_second);
            let is_near = |a: i64, b: i64| a.abs_diff(b) <= 1;
            own == listed
                || second(own).zip(second(listed)).is_some_and(|(a, b)| is_near(a, b))
                || number(own).is_some_and(|n| Some(n) == number(listed))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Origin;
    use crate::rule::script::Script;
    use crate::rule::tool::lag::LAG;
    use rstest::rstest;
    use serde_json::json;

    const ID: &str = "JOB0000001";

    fn listed(script: Script, patch: &Value) -> Script {
        let job = script.job(ID, patch);
        let view = script.view("ListIngestionJobs", None);
        script.call("ListIngestionJobs", view, 200, &json!({"ingestionJobSummaries": [job]}))
    }

    fn late(script: Script) -> Script {
        script.last(|e| {
            e.sent += LAG;
            e.received += LAG;
        })
    }

    fn read(state: &str) -> Script {
        Script::of("bedrock").get(ID, &json!({"status": state}))
    }

    #[rstest]
    #[case("COMPLETE", "STARTING", Some(1))]
    #[case("COMPLETE", "COMPLETE", Some(0))]
    // A job at work may have gone on.
    #[case("IN_PROGRESS", "COMPLETE", None)]
    fn a_settled_job_is_in_one_state(
        #[case] own: &str,
        #[case] shown: &str,
        #[case] expected: Option<usize>,
    ) {
        let asked = listed(read(own), &json!({"status": shown}));
        assert!(!asked.judge(&AgreesWithReads).is_judged(), "a list may lag behind for some seconds");
        let found = late(asked).judge(&AgreesWithReads).verdict();
        assert_eq!(found.map(|found| found.len()), expected);
    }

    #[test]
    fn a_job_that_stands_still_is_settled_until_it_is_acted_on() {
        let asked = late(listed(read("IN_PROGRESS"), &json!({"status": "STARTING"})));
        assert!(!asked.judge(&AgreesWithReads).is_judged());
        assert_eq!(asked.known(ID, Origin::Hook).findings(&AgreesWithReads).len(), 1);
        // One of the target file was there before the run.
        let soon = listed(read("IN_PROGRESS"), &json!({"status": "STARTING"})).known(ID, Origin::Fixture);
        assert_eq!(soon.findings(&AgreesWithReads).len(), 1);
        let acted = read("IN_PROGRESS").cancel(ID, &json!({"status": "IN_PROGRESS"}));
        let acted = listed(acted, &json!({"status": "STARTING"})).known(ID, Origin::Fixture);
        assert!(!acted.judge(&AgreesWithReads).is_judged());
    }

    #[test]
    fn a_job_that_is_elsewhere_later_is_not_settled() {
        let script = late(listed(read("COMPLETE"), &json!({"status": "STARTING"})));
        let script = script.get(ID, &json!({"status": "STARTING"}));
        assert!(!script.judge(&AgreesWithReads).is_judged());
    }

    #[rstest]
    #[case(json!({"startedAt": "2020-01-01T00:00:00Z"}), 1)]
    #[case(json!({"statistics": {"numberOfDocumentsScanned": 9}}), 1)]
    // A list may show less, write a time otherwise, and cut it to the second.
    #[case(json!({"statistics": {}}), 0)]
    #[case(json!({"statistics": null}), 0)]
    #[case(json!({"startedAt": "2026-01-01T01:00:01+01:00"}), 0)]
    #[case(json!({"description": "another"}), 0)]
    fn what_is_fixed_at_the_end_is_the_same(#[case] patch: Value, #[case] expected: usize) {
        let own =
            json!({"startedAt": "2026-01-01T00:00:00.900Z", "statistics": {"numberOfDocumentsScanned": 5}});
        let mut shown = json!({"status": "COMPLETE", "startedAt": "2026-01-01T00:00:00Z"});
        for (name, value) in patch.as_object().unwrap() {
            shown[name] = value.clone();
        }
        if patch.get("statistics").is_none() {
            shown["statistics"] = own["statistics"].clone();
        }
        let mut job = own.clone();
        job["status"] = json!("COMPLETE");
        let script = late(listed(Script::of("bedrock").get(ID, &job), &shown));
        assert_eq!(script.findings(&AgreesWithReads).len(), expected);
    }
}
