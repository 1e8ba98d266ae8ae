//! `status/surfaces-agree`.

use std::collections::HashSet;

use crate::contract::operation::Role;
use crate::exchange::Reading;
use crate::rule::{About, Finding, Judgement, Keyword, Level, Meta, Rule};
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
    seeks: "a job that two services show in a state that must be the same",
};

/// A job is in one state, whichever service shows it.
#[derive(Debug)]
pub struct SurfacesAgree;

impl Rule for SurfacesAgree {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        if story.contract.facts.services.len() < 2 {
            return Judgement::undocumented("the API has no second service");
        }
        let mut judgement = Judgement::default();
        let mut known: HashSet<&str> = HashSet::new();
        for life in story.lives() {
            // The reading that tells most of its ids leads to the readings by the others.
            let telling = life.readings.iter().max_by_key(|reading| reading.aliases.len());
            if let Some(reading) = telling.filter(|reading| !known.contains(reading.id.as_str())) {
                let mut readings = story.kin(reading);
                known.extend(readings.iter().map(|reading| reading.id.as_str()));
                readings.retain(|r| r.role == Role::Get && r.state.is_some());
                compare(story, &readings, &mut judgement);
            }
        }
        judgement
    }
}

/// Compares each reading of one job with the next one through another service. One cause gives one finding: what
/// follows a disagreement disagrees with it in turn.
fn compare(story: &Story<'_>, readings: &[&Reading], judgement: &mut Judgement) {
    let contract = story.contract;
    let services: Vec<Option<&String>> = readings
        .iter()
        .map(|r| contract.facts.operations.get(&r.operation).and_then(|o| o.service.as_ref()))
        .collect();
    let differs = next_of_another(&services);
    // The reading through a service after one through another, kept as many readings in a row ask for the same.
    let mut kept: Option<(usize, Option<&String>, Option<usize>)> = None;
    for (index, one) in readings.iter().enumerate() {
        let is_other = |other: &usize| {
            services[*other] != services[index] && story.precedes(one.exchange, readings[*other].exchange)
        };
        let Some(place) = differs[index].and_then(|next| (next..readings.len()).find(is_other)) else {
            continue;
        };
        let other = readings[place];
        let (Some(seen), Some(state)) = (one.state.as_deref(), other.state.as_deref()) else { continue };
        let has_word = |r: &Reading, word: &str| contract.shape_of(&r.operation).can_show(word);
        if !has_word(other, seen) || !has_word(one, state) {
            continue;
        }
        let Some(life) = story.life(&one.id) else { continue };
        let acted = |later: &Reading| life.acted_between(one, later, &Role::ACTS);
        let again = match kept {
            Some((after, service, again)) if after == place && service == services[index] => again,
            _ => (place + 1..readings.len()).find(|later| {
                services[*later] == services[index]
                    && story.precedes(other.exchange, readings[*later].exchange)
            }),
        };
        kept = Some((place, services[index], again));
        let again = again.map(|again| readings[again]);
        let again = again.filter(|r| r.state.as_deref() == Some(seen) && !acted(r));
        let is_final = contract.facts.lifecycle.is_terminal(seen) && !acted(other);
        if !is_final && again.is_none() {
            continue;
        }
        judgement.look(other.exchange);
        // A service that shows the same in the end only lags, and no page says how soon it must not any more.
        let later =
            readings.iter().enumerate().skip(place + 1).filter(|(n, _)| services[*n] == services[place]);
        let lags = is_final && later.into_iter().any(|(_, r)| r.state.as_deref() == Some(seen) && !acted(r));
        if seen != state {
            let message =
                format!("{} shows a job as {seen}, and {} as {state}", one.operation, other.operation);
            let at = story.place(other, contract.shape_of(&other.operation).state.as_str());
            let reference = &contract.facts.job.reference;
            let finding = Finding::new(other.exchange, reference, message, seen, state).at(at);
            let about = About::State(format!("{seen} and {state}"));
            let level = if lags { Level::Warn } else { Level::Fail };
            judgement.find([finding.kind("disagree").about(about).at_most(level)]);
            return;
        }
    }
}

/// For each reading the place of the next one through another service.
fn next_of_another(services: &[Option<&String>]) -> Vec<Option<usize>> {
    let mut next = vec![None; services.len()];
    for index in (0..services.len().saturating_sub(1)).rev() {
        next[index] = if services[index + 1] == services[index] { next[index + 1] } else { Some(index + 1) };
    }
    next
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

    #[rstest]
    #[case("running", Level::Fail)]
    #[case("aborted", Level::Warn)]
    fn what_shows_in_the_end_only_lags(#[case] later: &str, #[case] expected: Level) {
        let script = graphql(graphql(rest(Script::of("aiware"), "aborted"), "running"), later);
        let found = script.findings(&SurfacesAgree);
        assert_eq!(found.iter().map(|finding| finding.at_most).collect::<Vec<_>>(), [expected]);
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
