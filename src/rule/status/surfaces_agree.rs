//! `status/surfaces-agree`.

use std::collections::BTreeSet;

use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "status/surfaces-agree",
    title: "a job is in one state, whichever service shows it",
    keyword: Keyword::Must,
    checks: "Once a service shows that a job has ended, the others show the same end, where they have the word for it; \
             before that, a service never shows a state that lies between two equal readings of another.",
    why: "A job that is cancelled here and at work there is cancelled again, waited for, or paid for, depending on whom \
          a client asks.",
    fix: "Let every service read the state from the same place, at the time of the request.",
    seeks: "",
};

/// A job is in one state, whichever service shows it.
#[derive(Debug)]
pub struct SurfacesAgree;

impl Rule for SurfacesAgree {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        if contract.facts.services.len() < 2 {
            return Judgement::undocumented("the API has no second service");
        }
        let (mut looked_at, mut findings) = (0, Vec::new());
        let counts = |r: &Reading| !r.from_list && r.role == Role::Get && r.state.is_some();
        let readings: Vec<&Reading> = story.readings().iter().filter(|r| counts(r)).collect();
        let service =
            |r: &Reading| contract.facts.operations.get(&r.operation).and_then(|o| o.service.as_ref());
        // One cause gives one finding: what follows a disagreement disagrees with it in turn.
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for one in readings {
            let kin = story.kin(one);
            if kin.iter().any(|other| told.contains(other.id.as_str())) {
                continue;
            }
            let is_later = |r: &&Reading| counts(r) && story.precedes(one.exchange, r.exchange);
            let later = kin.iter().copied().filter(is_later);
            let Some(other) = later.clone().find(|other| service(other) != service(one)) else { continue };
            let (seen, state) = (one.state.as_deref(), other.state.as_deref());
            let (Some(seen), Some(state)) = (seen, state) else { continue };
            let has_word = |r: &Reading, word: &str| contract.shape_of(&r.operation).can_show(word);
            if !has_word(other, seen) || !has_word(one, state) {
                continue;
            }
            let Some(life) = story.life(&one.id) else { continue };
            let acted = |later: &Reading| life.acted_between(one, later, &Role::ACTS);
            // The first service again, after the other.
            let again = later
                .clone()
                .find(|r| service(r) == service(one) && story.precedes(other.exchange, r.exchange))
                .filter(|r| r.state.as_deref() == Some(seen) && !acted(r));
            let is_final = contract.facts.lifecycle.is_terminal(seen) && !acted(other);
            if !is_final && again.is_none() {
                continue;
            }
            looked_at += 1;
            if seen != state {
                told.insert(one.id.as_str());
                let message =
                    format!("{} shows a job as {seen}, and {} as {state}", one.operation, other.operation);
                let at = contract.shape_of(&other.operation).state.as_str();
                let reference = &contract.facts.job.reference;
                findings.push(
                    Finding::new(other.exchange, reference, message, seen, state).at(story.place(other, at)),
                );
            }
        }
        Judgement::of(
            looked_at,
            findings,
            "no job was read through two services in a state that must be the same",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    const JOB: &str = "e1484460-7cb5-4cab-87ea-436c4768904f";
    const CORE: &str = "23041407_RORjiJw7te";

    fn rest(script: Script, state: &str) -> Script {
        let view = script.view("ProcGetJobDetail", Some(JOB));
        let job = json!({"job": {"internalJobID": JOB, "coreJobID": CORE, "jobStatus": state}});
        script.call("ProcGetJobDetail", view, 200, &job)
    }

    fn graphql(script: Script, state: &str) -> Script {
        let view = script.view("job", Some(CORE));
        script.call("job", view, 200, &json!({"data": {"job": {"id": CORE, "status": state}}}))
    }

    #[rstest]
    #[case("aborted", "aborted", None, Some(0))]
    #[case("aborted", "running", None, Some(1))]
    #[case("aborted", "cancelled", None, None)]
    #[case("running", "complete", None, None)]
    #[case("running", "complete", Some("running"), Some(1))]
    #[case("running", "running", Some("running"), Some(0))]
    #[case("running", "complete", Some("complete"), Some(0))]
    fn one_job_has_one_state(
        #[case] first: &str,
        #[case] other: &str,
        #[case] again: Option<&str>,
        #[case] expected: Option<usize>,
    ) {
        let script = graphql(rest(Script::of("aiware"), first), other);
        let script = again.into_iter().fold(script, rest);
        match (script.judge(&SurfacesAgree).verdict(), expected) {
            (Some(found), Some(number)) => assert_eq!(found.len(), number, "{found:?}"),
            (None, None) => {}
            (other, _) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_retry_between_them_explains_it() {
        let script = rest(Script::of("aiware"), "failed");
        let view = script.view("retryJob", Some(CORE));
        let script = script.call("retryJob", view, 200, &json!({"data": {"retryJob": {"id": CORE}}}));
        let script = graphql(script, "pending");
        assert!(!script.judge(&SurfacesAgree).is_judged());
    }
}
