//! `listing/page-size`.

use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;
use crate::story::walk::{page, size_asked};

static META: Meta = Meta {
    id: "listing/page-size",
    title: "a page holds no more items than asked for",
    keyword: Keyword::Must,
    checks: "Each page of a list holds at most the number of items the request asks for and at most the documented \
             maximum; where none is asked for, at most the documented default.",
    why: "Clients ask for small pages because they have little memory or time: a server that sends everything breaks \
          them on the day there is much.",
    fix: "Cut the list at the size asked for, and at the maximum, before it is sent.",
    seeks: "a page of a list whose size is known",
};

/// The rule.
#[derive(Debug)]
pub struct PageSize;

impl Rule for PageSize {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for answer in story.answers().iter() {
            let is_meant = answer.operation.list().is_some() && answer.exchange.meant().probe.is_none();
            let Some(paging) = answer.operation.pagination.as_ref().filter(|_| is_meant) else { continue };
            let Some(size) = &paging.size else { continue };
            let asked = size_asked(paging, answer.exchange);
            let limit = match (asked.or(size.default), size.max) {
                (Some(wanted), Some(max)) => wanted.min(max),
                (Some(limit), None) | (None, Some(limit)) => limit,
                (None, None) => continue,
            };
            // What a page of no items means is not documented.
            let Some(page) = page(*answer).filter(|_| limit > 0) else { continue };
            judgement.look(answer.index);
            let items = page.items.len();
            if u64::try_from(items).is_ok_and(|n| n <= limit) {
                continue;
            }
            let (kind, message) = if asked.is_some() {
                ("more-than-asked", "a page holds more items than asked for")
            } else {
                ("more-than-documented", "a page holds more items than documented")
            };
            let mut finding = Finding::new(
                answer.index,
                &paging.reference,
                message.to_owned(),
                format!("at most {limit} items"),
                format!("{items} items"),
            )
            .kind(kind);
            finding.pointer = answer.operation.list().map(|jobs| jobs.as_str().to_owned());
            judgement.find([finding]);
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::operation::Role;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case(json!({"maxResults": 1}), 2, 1)]
    #[case(json!({"maxResults": 2}), 2, 0)]
    #[case(json!({"maxResults": 5}), 2, 0)]
    #[case(json!({}), 2, 0)]
    fn a_page_is_no_longer_than_asked(#[case] body: Value, #[case] items: usize, #[case] expected: usize) {
        let script = Script::of("bedrock");
        let jobs: Vec<Value> = (0..items).map(|n| script.job(&format!("JOB000000{n}"), &json!({}))).collect();
        let mut view = script.view("ListIngestionJobs", None);
        view["body"] = body;
        let script = script.call("ListIngestionJobs", view, 200, &json!({ "ingestionJobSummaries": jobs }));
        assert_eq!(script.findings(&PageSize).len(), expected);
    }

    #[test]
    fn the_documented_default_counts() {
        let script = Script::of("digitalocean");
        let jobs: Vec<Value> = (0..21).map(|n| script.job(&format!("job-{n}"), &json!({}))).collect();
        let script = script.call("ListIndexingJobs", json!({"path": {}}), 200, &json!({ "jobs": jobs }));
        assert_eq!(script.findings(&PageSize)[0].expected, "at most 20 items");
    }

    #[test]
    fn lists_asked_for_wrongly_are_not_looked_at() {
        let script = Script::of("bedrock").shows(Role::List, "JOB0000001", &json!({}));
        let script = script.probe(crate::contract::error::Condition::InvalidParameter);
        assert!(!script.judge(&PageSize).is_judged());
    }

    #[test]
    fn a_page_of_no_items_means_nothing() {
        let script = Script::of("bedrock").shows(Role::List, "JOB0000001", &json!({}));
        let script = script.last(|e| e.asked.view["body"] = json!({"maxResults": 0}));
        assert!(!script.judge(&PageSize).is_judged());
    }
}
