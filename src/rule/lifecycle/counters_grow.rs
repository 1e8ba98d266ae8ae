//! A job's counters only grow.

use std::collections::BTreeSet;

use crate::contract::Contract;
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::Story;

/// `lifecycle/counters-grow`.
pub struct CountersGrow;

static META: Meta = Meta {
    id: "lifecycle/counters-grow",
    title: "a job's counters never go back",
    keyword: Keyword::Must,
    checks: "Over the readings of a job, during its run and after, no counter is smaller than in an older reading. For \
             counters of several items the sum counts, as long as no item is missing.",
    why: "Clients show progress and rates from these numbers. A counter that goes back gives negative rates, and looks \
          as if work had been lost.",
    fix: "Count in one place, or add up the workers' counts before answering; do not serve one worker's view.",
    seeks: "two readings of a job, one after the other, with one of its counters",
};

impl Rule for CountersGrow {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let facts = &contract.facts;
        let mut judgement = Judgement::default();
        let counters = counters(contract);
        if counters.is_empty() {
            judgement.miss_undocumented("the contract names no counters");
        }
        for life in story.lives() {
            for pointer in &counters {
                let mut is_found = false;
                let name = pointer.as_str();
                for (earlier, later) in life.steps(|r| r.counters.contains_key(name)) {
                    let (Some(before), Some(now)) = (earlier.counters.get(name), later.counters.get(name))
                    else {
                        continue;
                    };
                    if items(pointer, &later.job) < items(pointer, &earlier.job) {
                        continue;
                    }
                    judgement.look(later.exchange);
                    if now >= before || is_found || life.acted_between(earlier, later, &[Role::Retry]) {
                        continue;
                    }
                    is_found = true;
                    let message = format!("the counter {name} of a job went back");
                    let finding = Finding::new(
                        later.exchange,
                        &facts.job.progress_ref,
                        message,
                        format!("at least {before}"),
                        now.to_string(),
                    );
                    judgement.find([finding.kind("went-back").at(story.place(later, name))]);
                }
            }
        }
        judgement
    }
}

/// How many items a counter with `*` adds up. An answer may show one page of a job's items only.
fn items(pointer: &Pointer, job: &serde_json::Value) -> usize {
    pointer.select(job).len()
}

/// Every counter, however a job looks.
fn counters(contract: &Contract) -> BTreeSet<&Pointer> {
    let shapes = std::iter::once(&contract.facts.job).chain(contract.views.values());
    shapes.flat_map(|shape| &shape.counters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    const ID: &str = "AAAAAAAAAA";

    fn shown(counts: &[u64]) -> Script {
        counts.iter().fold(Script::of("bedrock"), |script, count| {
            script.get(ID, &json!({"statistics": {"numberOfDocumentsScanned": count}}))
        })
    }

    #[rstest]
    #[case(&[5, 4], 1)]
    #[case(&[5, 4, 3], 1)]
    #[case(&[1, 2, 0], 2)]
    fn counters_that_go_back_are_found_once(#[case] counts: &[u64], #[case] exchange: usize) {
        let findings = shown(counts).findings(&CountersGrow);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].exchange, exchange);
    }

    #[rstest]
    #[case(&[0, 0, 3, 3, 9])]
    #[case(&[0, 7])]
    fn counters_that_grow_pass(#[case] counts: &[u64]) {
        assert_eq!(shown(counts).findings(&CountersGrow), vec![]);
    }

    #[test]
    fn counters_of_several_items_are_added_up() {
        let items = |counts: &[&str]| {
            let items: Vec<_> = counts.iter().map(|c| json!({"indexed_item_count": c})).collect();
            json!({ "data_source_jobs": items })
        };
        let shown = |first: &[&str], second: &[&str]| {
            Script::of("digitalocean").get(ID, &items(first)).get(ID, &items(second)).findings(&CountersGrow)
        };
        assert_eq!(shown(&["5", "5"], &["6", "3"])[0].actual, "9");
        assert_eq!(shown(&["5", "5"], &["4", "7"]), vec![]);
        assert_eq!(shown(&["5", "5"], &["5"]), vec![], "an item that is not shown is no smaller count");
    }

    #[test]
    fn a_counter_that_is_left_out_is_no_zero() {
        let script = shown(&[5]).get(ID, &json!({"statistics": null}));
        assert!(!script.judge(&CountersGrow).is_judged());
    }

    #[test]
    fn readings_that_overlap_are_not_compared() {
        assert!(!shown(&[5, 4]).overlapping().judge(&CountersGrow).is_judged());
    }

    #[test]
    fn a_retry_may_count_anew() {
        let script = shown(&[5, 4]).last(|e| e.asked.role = Some(Role::Retry));
        assert_eq!(script.judge(&CountersGrow).verdict(), Some(vec![]));
    }
}
