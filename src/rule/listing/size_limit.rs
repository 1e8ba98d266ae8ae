//! `listing/size-limit`.

use crate::contract::error::Condition;
use crate::contract::operation::OverMax;
use crate::rule::tool::lag::is_known;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::said::{alternatives, is_one_of, seen};
use crate::story::walk::{page, size_asked};
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "listing/size-limit",
    title: "a page larger than the largest is refused or made smaller",
    keyword: Keyword::Should,
    checks: "A list asked for with a page size above the documented maximum is refused as one with an invalid \
             parameter, or answered with a page of the largest size, as documented; where a job is known, that page \
             is not empty.",
    why: "Clients ask for all there is with a size that is surely enough. One that is given nothing believes that there \
          is nothing.",
    fix: "Compare the size with the maximum before anything else, and refuse it or use the maximum instead.",
    seeks: "a list asked for with a page larger than the largest",
};

/// The rule.
#[derive(Debug)]
pub struct SizeLimit;

impl Rule for SizeLimit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for answer in story.answers().iter() {
            // A server that is busy or in trouble says nothing about sizes.
            if answer.response.status == 429 || answer.response.status >= 500 {
                continue;
            }
            let Some((most, over_max)) = limit(story, answer.index) else { continue };
            judgement.look(answer.index);
            judgement.find(if answer.is_accepted() {
                let message = wrong_page(answer, most, story);
                message.map(|(kind, message, actual)| {
                    finding(answer, kind, message, format!("a page of {most} at most"), actual)
                })
            } else {
                let row = contract.error_row(Condition::InvalidParameter, answer.name);
                let is_right = row.is_none_or(|row| is_one_of(row, answer.exchange, contract));
                let due = row.map_or_else(|| "a page of the largest size".to_owned(), alternatives);
                let actual = seen(answer.exchange, contract);
                if over_max == Some(OverMax::Clamped) {
                    let message = "a page larger than the largest was refused, not made smaller";
                    Some(finding(answer, "refused", message, format!("a page of {most} at most"), actual))
                } else {
                    let message =
                        "a page larger than the largest was refused with another error than documented";
                    (!is_right).then(|| finding(answer, "other-error", message, due, actual))
                }
            });
        }
        judgement
    }
}

fn finding(answer: &Answer<'_>, kind: &'static str, message: &str, due: String, actual: String) -> Finding {
    let paging = answer.operation.pagination.as_ref();
    let reference = paging.map_or(&answer.operation.reference, |paging| &paging.reference);
    Finding::new(answer.index, reference, message.to_owned(), due, actual).kind(kind)
}

/// What is wrong with a page that was given, and what it holds.
fn wrong_page(
    answer: &Answer<'_>,
    most: u64,
    story: &Story<'_>,
) -> Option<(&'static str, &'static str, String)> {
    let items = page(*answer)?.items.len();
    let holds = format!("a page of {items}");
    if u64::try_from(items).is_ok_and(|items| items > most) {
        return Some(("too-large", "a page larger than the largest was given", holds));
    }
    let is_known =
        story.lives().iter().any(|life| life.readings.iter().any(|r| is_known(story, r, answer.index)));
    (items == 0 && is_known).then_some((
        "empty",
        "a page larger than the largest was asked for, and an empty one given",
        holds,
    ))
}

/// The largest size, with what becomes of larger ones, where the request at `index` was made to ask for a larger one
/// and the vendor does not say that such a request is simply wrong.
pub(in crate::rule) fn limit(story: &Story<'_>, index: usize) -> Option<(u64, Option<OverMax>)> {
    let contract = story.contract;
    let exchange = story.exchanges.get(index)?;
    let operation = contract.facts.operations.get(exchange.asked.operation.as_ref()?)?;
    let paging = operation.pagination.as_ref().filter(|_| operation.list().is_some())?;
    let size = paging.size.as_ref()?;
    let (most, asked) = (size.max?, size_asked(paging, exchange)?);
    let is_meant = exchange.meant().probe == Some(Condition::InvalidParameter) && asked > most;
    (is_meant && size.over_max != Some(OverMax::Refused)).then_some((most, size.over_max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::errors::invalid_parameter::InvalidParameter;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn asked(size: u64, status: u16, items: usize) -> Script {
        let script = Script::of("digitalocean").get("job-0", &json!({})).later();
        let jobs: Vec<Value> = (0..items).map(|n| script.job(&format!("job-{n}"), &json!({}))).collect();
        let view = json!({"path": {}, "query": {"per_page": size}});
        let body = if status == 200 {
            json!({ "jobs": jobs })
        } else {
            json!({"id": "bad_request", "message": "no"})
        };
        script.call("ListIndexingJobs", view, status, &body).probe(Condition::InvalidParameter)
    }

    #[rstest]
    #[case(400, 0, None)]
    #[case(422, 0, None)]
    #[case(200, 1, None)]
    #[case(200, 200, None)]
    #[case(200, 201, Some("a page larger than the largest was given"))]
    #[case(200, 0, Some("a page larger than the largest was asked for, and an empty one given"))]
    #[case(302, 0, Some("a page larger than the largest was refused with another error than documented"))]
    fn either_will_do(#[case] status: u16, #[case] items: usize, #[case] expected: Option<&str>) {
        let script = asked(201, status, items);
        let found: Vec<String> = script.findings(&SizeLimit).into_iter().map(|f| f.message).collect();
        assert_eq!(found, Vec::from_iter(expected));
        assert!(!script.judge(&InvalidParameter).is_judged());
    }

    #[test]
    fn an_empty_page_is_right_where_no_job_is_known() {
        let view = json!({"path": {}, "query": {"per_page": 201}});
        let script = Script::of("digitalocean").call("ListIndexingJobs", view, 200, &json!({"jobs": []}));
        assert_eq!(script.probe(Condition::InvalidParameter).findings(&SizeLimit), []);
    }

    #[rstest]
    #[case(200, 200)]
    #[case(201, 503)]
    fn allowed_sizes_and_troubles_are_left_to_others(#[case] size: u64, #[case] status: u16) {
        assert!(!asked(size, status, 1).judge(&SizeLimit).is_judged());
    }
}
