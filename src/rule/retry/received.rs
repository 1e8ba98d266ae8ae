//! `retry/received`.

use crate::contract::cancel::Table;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::walk::Walk;

static META: Meta = Meta {
    id: "retry/received",
    title: "a job that a retry starts is known to the other services",
    keyword: Keyword::Must,
    checks: "Where a retry through one service is documented to hand its new job to another, a whole walk through the \
             list of that one has the job.",
    why: "The service that runs the jobs has to know of this one, or nothing ever comes of the retry.",
    fix: "Hand the new job over before the retry is answered, as it is done when a job is created.",
    seeks: "a list of another service, walked through after a retry",
};

/// A job that a retry starts is known to the other services.
#[derive(Debug)]
pub struct Received;

impl Rule for Received {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Retry).iter().filter(|attempt| attempt.answer.is_accepted()) {
            let reference = attempt.renewing().and_then(|accepted| accepted.received_ref.as_ref());
            let (Some(reference), Some(id)) = (reference, attempt.new_id(contract)) else { continue };
            let own = &attempt.answer.operation.service;
            // What comes later in a list that is walked through late may lag; the last look counts.
            let mut walks = story.walks().iter().filter(|walk| {
                walk.is_whole()
                    && walk.first().is_some_and(|page| {
                        page.answer.index > attempt.answer.index && page.answer.operation.service != *own
                    })
            });
            let Some(walk) = walks.next_back() else { continue };
            let (is_there, tells) = look(story, walk, id);
            let Some(last) = walk.pages.last().filter(|_| is_there || tells) else { continue };
            judgement.look(last.answer.index);
            if !is_there {
                let message = format!("{} does not have the job that a retry started", last.answer.name);
                judgement.find([Finding::new(last.answer.index, reference, message, id, "no such job")
                    .kind("missing")
                    .by(attempt, contract)]);
            }
        }
        judgement
    }
}

/// Whether a list has a job of this id, and whether it tells all ids of each of its jobs.
fn look(story: &Story<'_>, walk: &Walk<'_>, id: &str) -> (bool, bool) {
    let aliases = walk.shape(story.contract).aliases.len();
    let (mut is_there, mut tells) = (false, true);
    for page in &walk.pages {
        for reading in story.readings_at(page.answer.index) {
            is_there |= reading.id == id || reading.aliases.values().any(|alias| alias == id);
            tells &= reading.aliases.len() == aliases;
        }
    }
    (is_there, tells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const OLD: &str = "23041407_RORjiJw7te";
    const NEW: &str = "23041408_Xx0aBcDeFg";

    fn listed(jobs: &Value) -> Script {
        let script = Script::of("aiware");
        let one = |script: &Script, call: &str| script.view(call, Some(OLD));
        let (get, retry) = (one(&script, "job"), one(&script, "retryJob"));
        let list = script.view("ProcListJobs", None);
        let count = jobs.as_array().map_or(0, Vec::len);
        script
            .call("job", get, 200, &json!({"data": {"job": {"id": OLD, "status": "failed"}}}))
            .call("retryJob", retry, 200, &json!({"data": {"retryJob": {"id": NEW, "status": "pending"}}}))
            .call(
                "ProcListJobs",
                list,
                200,
                &json!({"count": count, "limit": 10, "offset": 0, "result": jobs}),
            )
    }

    #[rstest]
    #[case(json!([{"internalJobID": "a", "coreJobID": OLD}, {"internalJobID": "b", "coreJobID": NEW}]), Some(0))]
    #[case(json!([{"internalJobID": "a", "coreJobID": OLD}]), Some(1))]
    #[case(json!([]), Some(1))]
    // Without the other id of a job nobody can tell.
    #[case(json!([{"internalJobID": "a"}]), None)]
    fn the_list_has_the_new_job(#[case] jobs: Value, #[case] expected: Option<usize>) {
        let found = listed(&jobs).judge(&Received);
        assert_eq!(found.verdict().map(|found| found.len()), expected);
    }
}
