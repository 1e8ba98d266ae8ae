//! `cancel/not-offered`.

use crate::contract::Contract;
use crate::contract::lifecycle::Phase;
use crate::exchange::{Exchange, Reading};
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::said::{is_accepted, seen};

static META: Meta = Meta {
    id: "cancel/not-offered",
    title: "what the API does not offer does nothing",
    keyword: Keyword::Should,
    checks: "Where the API has no call that ends a job, the requests that a client would try first are not answered \
             with success, and the job goes on after them.",
    why: "A client that is told yes stops looking after the job, while the work goes on and is paid for; and a call \
          that nobody documented has no rules that one could rely on.",
    fix: "Refuse what no operation is for, or document the call with its preconditions.",
    seeks: "an answered request for what the API does not offer",
};

/// What the API does not offer does nothing.
#[derive(Debug)]
pub struct NotOffered;

impl Rule for NotOffered {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for (index, exchange) in story.exchanges.iter().enumerate() {
            let fact = exchange.meant().not_offered.and_then(|role| contract.facts.not_offered.get(&role));
            let (Some(fact), Some(_)) = (fact, exchange.response()) else { continue };
            judgement.look(index);
            let what = format!("{} {}", exchange.request.method, exchange.request.path());
            let tried = About::Parameter(tried(exchange));
            if is_accepted(exchange, contract) {
                let message = "a call that the API does not offer was answered with success".to_owned();
                let (due, actual) = (format!("a refusal of {what}"), seen(exchange, contract));
                let finding = Finding::new(index, &fact.reference, message, due, actual);
                judgement.find([finding.kind("accepted").about(tried.clone())]);
            }
            let life = exchange.asked.job.as_ref().and_then(|job| story.life(job));
            let Some(life) = life else { continue };
            if let (Some(before), Some(after)) = (life.last_before(index), life.after(index).next())
                && !is_stopped(before, contract)
                && is_stopped(after, contract)
            {
                let message = "a job stopped after a call that the API does not offer".to_owned();
                let state = after.state.clone().unwrap_or_default();
                let finding =
                    Finding::new(after.exchange, &fact.reference, message, "a job that goes on", state);
                judgement.find([finding.kind("stopped").about(tried).at(story.state_place(after))]);
            }
        }
        judgement
    }
}

/// What was tried, without the ids in it: the method, and the end of the path.
fn tried(exchange: &Exchange) -> String {
    let path = exchange.request.path();
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_id = exchange.asked.job.as_ref().is_some_and(|job| last.contains(job.as_str()));
    let end = if is_id { "{id}" } else { last };
    format!("{} {end}", exchange.request.method)
}

fn is_stopped(reading: &Reading, contract: &Contract) -> bool {
    let phase = reading.state.as_ref().map(|state| contract.facts.lifecycle.phase(state));
    matches!(phase, Some(Phase::Stopping | Phase::Cancelled))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::contract::around;
    use crate::contract::operation::Role;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    /// A guess between two readings of a job, as if the API had no cancel.
    fn tried(status: u16, body: &Value, then: &str) -> Script {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        let fact = around::NotOffered { probes: Vec::new(), reference: "stop-page".into() };
        contract.facts.not_offered.insert(Role::Cancel, fact);
        let mut script = Script::of("bedrock");
        script.contract = Arc::new(contract);
        script
            .get("JOB0000001", &json!({"status": "IN_PROGRESS"}))
            .cancel_refused("JOB0000001", status, body)
            .last(|e| {
                e.meant_mut().not_offered = Some(Role::Cancel);
                e.asked.operation = None;
                e.asked.role = None;
            })
            .get("JOB0000001", &json!({"status": then}))
    }

    #[rstest]
    #[case(404, json!({}), "IN_PROGRESS", 0)]
    #[case(404, json!({}), "COMPLETE", 0)]
    #[case(500, json!({}), "IN_PROGRESS", 0)]
    #[case(200, json!({}), "IN_PROGRESS", 1)]
    #[case(202, json!({"ok": true}), "STOPPING", 2)]
    #[case(404, json!({}), "STOPPED", 1)]
    fn nothing_comes_of_it(
        #[case] status: u16,
        #[case] body: Value,
        #[case] then: &str,
        #[case] found: usize,
    ) {
        let script = tried(status, &body, then);
        let findings = script.findings(&NotOffered);
        assert_eq!(findings.len(), found, "{findings:?}");
        assert!(findings.iter().all(|f| f.reference == "stop-page"));
    }

    #[test]
    fn other_calls_are_not_judged() {
        let script = Script::of("bedrock").cancel("JOB0000001", &json!({"status": "STOPPED"}));
        assert!(!script.judge(&NotOffered).is_judged());
    }
}
