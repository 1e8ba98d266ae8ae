//! `cancel/not-offered`.

use crate::contract::Contract;
use crate::contract::lifecycle::Phase;
use crate::exchange::Reading;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
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
    seeks: "",
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
        let (mut looked_at, mut findings) = (0, Vec::new());
        for (index, exchange) in story.exchanges.iter().enumerate() {
            let fact = exchange.meant().not_offered.and_then(|role| contract.facts.not_offered.get(&role));
            let (Some(fact), Some(_)) = (fact, exchange.response()) else { continue };
            looked_at += 1;
            let what = format!("{} {}", exchange.request.method, exchange.request.path());
            if is_accepted(exchange, contract) {
                findings.push(Finding::new(
                    index,
                    &fact.reference,
                    "a call that the API does not offer was answered with success".to_owned(),
                    format!("a refusal of {what}"),
                    seen(exchange, contract),
                ));
            }
            let Some(job) = &exchange.asked.job else { continue };
            let before = story.of_job(job).rfind(|r| story.precedes(r.exchange, index));
            let after = story.of_job(job).find(|r| story.precedes(index, r.exchange));
            if let (Some(before), Some(after)) = (before, after)
                && !is_stopped(before, contract)
                && is_stopped(after, contract)
            {
                let at = contract.shape_of(&after.operation).state.as_str();
                let finding = Finding::new(
                    after.exchange,
                    &fact.reference,
                    "a job stopped after a call that the API does not offer".to_owned(),
                    "a job that goes on",
                    after.state.clone().unwrap_or_default(),
                );
                findings.push(finding.at(story.place(after, at)));
            }
        }
        Judgement::of(looked_at, findings, "nothing was tried that the API does not offer")
    }
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
