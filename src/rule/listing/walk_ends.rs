//! `listing/walk-ends`.

use std::collections::BTreeSet;

use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule, Why};
use crate::story::Story;
use crate::story::walk::next_token;

static META: Meta = Meta {
    id: "listing/walk-ends",
    title: "a walk through the pages of a list comes to an end",
    keyword: Keyword::Must,
    checks: "Over one walk no page names a next page that was named before, and the walk gets to a page that names none. \
             A walk that broke off on the way warns; one that this suite gave up says nothing.",
    why: "Clients follow the next page until there is none: a list that leads back to itself keeps them going for ever.",
    fix: "Make each next token stand for a place further on, and leave it out on the last page.",
    seeks: "a list walked through its pages",
};

/// The rule.
#[derive(Debug)]
pub struct WalkEnds;

impl Rule for WalkEnds {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        for walk in story.walks().iter().filter(|walk| walk.is_driven && walk.is_unbroken) {
            let (Some(first), Some(last)) = (walk.first(), walk.pages.last()) else { continue };
            let Some(paging) = &first.answer.operation.pagination else { continue };
            let mut tokens = BTreeSet::new();
            let again = walk
                .pages
                .iter()
                .find(|page| next_token(paging, page.body).is_some_and(|token| !tokens.insert(token)));
            // A list may be long: where the sender had enough of it, nothing is known of its end.
            if again.is_none() && last.answer.exchange.meant().gave_up {
                judgement
                    .miss(Why::NoWay { what: "the list is too long to be walked to its end".to_owned() });
                continue;
            }
            judgement.look(last.answer.index);
            if let Some(page) = again {
                let message = "a page names a next page that was named before".to_owned();
                let expected = "a new next token, or none";
                let actual = "the next token of an earlier page";
                judgement.find([Finding::new(
                    page.answer.index,
                    &paging.reference,
                    message,
                    expected,
                    actual,
                )
                .kind("named-before")]);
            } else if !last.is_last && walk.pages.len() > 1 {
                let message = "a walk through the pages of a list did not end".to_owned();
                let actual = format!("given up after {} pages", walk.pages.len());
                judgement.find([Finding::new(
                    last.answer.index,
                    &paging.reference,
                    message,
                    "a last page",
                    actual,
                )
                .kind("given-up")
                .at_most(Level::Warn)]);
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
    #[case(&[Some("a"), Some("b"), None], None)]
    #[case(&[Some("a"), Some("")], None)]
    // One page alone is no walk that was given up.
    #[case(&[Some("a")], None)]
    #[case(&[Some("a"), Some("a")], Some(Level::Fail))]
    #[case(&[Some("a"), Some("b")], Some(Level::Warn))]
    fn walks_end(#[case] tokens: &[Option<&str>], #[case] expected: Option<Level>) {
        let script = tokens.iter().fold(Script::of("bedrock"), |script, token| {
            let mut view = script.view("ListIngestionJobs", None);
            view["body"] = json!({});
            let body = json!({"ingestionJobSummaries": [], "nextToken": token});
            script.call("ListIngestionJobs", view, 200, &body).last(|e| e.meant_mut().walk = Some(1))
        });
        let found: Vec<Level> = script.findings(&WalkEnds).iter().map(|f| f.at_most).collect();
        assert_eq!(found, Vec::from_iter(expected));
    }

    #[rstest]
    #[case(&["a", "b"], None)]
    #[case(&["a", "a"], Some(1))]
    fn a_walk_that_we_gave_up_says_nothing_of_its_end(
        #[case] tokens: &[&str],
        #[case] expected: Option<usize>,
    ) {
        let script = tokens.iter().fold(Script::of("bedrock"), |script, token| {
            let view = script.view("ListIngestionJobs", None);
            let body = json!({"ingestionJobSummaries": [], "nextToken": token});
            script.call("ListIngestionJobs", view, 200, &body).last(|e| e.meant_mut().walk = Some(1))
        });
        let judgement = script.last(|e| e.meant_mut().gave_up = true).judge(&WalkEnds);
        assert_eq!(judgement.verdict().map(|found| found.len()), expected);
    }

    #[test]
    fn a_list_read_by_the_way_and_a_walk_that_broke_off_are_not_judged() {
        let page = |script: Script, status: u16| {
            let mut view = script.view("ListIngestionJobs", None);
            view["body"] = json!({});
            script.call(
                "ListIngestionJobs",
                view,
                status,
                &json!({"ingestionJobSummaries": [], "nextToken": "a"}),
            )
        };
        let alone = page(Script::of("bedrock"), 200);
        assert!(!alone.judge(&WalkEnds).is_judged());
        let driven = |script: Script| script.last(|e| e.meant_mut().walk = Some(1));
        let broken = driven(page(driven(page(Script::of("bedrock"), 200)), 500));
        assert!(!broken.judge(&WalkEnds).is_judged());
    }
}
