//! Lists: pages, filters, links.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Bench;
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;

/// Walks through all pages, and gives the ids page by page.
fn walk(bench: &Bench, size: usize) -> Vec<Vec<String>> {
    let list = bench.name(Role::List).to_owned();
    let is_bedrock = list == "ListIngestionJobs";
    let mut view = bench.view(&list, None);
    let mut pages = Vec::new();
    loop {
        if is_bedrock {
            view["body"]["maxResults"] = size.into();
        } else {
            view["query"]["per_page"] = size.into();
            view["query"]["page"] = (pages.len() + 1).into();
        }
        let (ids, body) = bench.list(&list, &view);
        pages.push(ids);
        assert!(pages.len() < 100);
        if is_bedrock {
            let Some(token) = body.get("nextToken") else { return pages };
            view["body"]["nextToken"] = token.clone();
        } else {
            assert_eq!(body["meta"]["page"], pages.len());
            let Some(next) = body.pointer("/links/pages/next") else { return pages };
            let expected =
                format!("http://localhost/v2/gen-ai/indexing_jobs?page={}&per_page={size}", pages.len() + 1);
            assert_eq!(next, &Value::from(expected));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    #[test]
    fn pages_partition_the_jobs(jobs in 0_usize..12, size in 1_usize..6) {
        for vendor in ["bedrock", "digitalocean"] {
            let bench = Bench::of(vendor);
            let state = bench.contract.facts.lifecycle.states.keys().next().unwrap().clone();
            let made: Vec<String> = (0..jobs).map(|_| bench.arrange(&state)).collect();
            let pages = walk(&bench, size);
            prop_assert_eq!(pages.len(), jobs.div_ceil(size).max(1));
            let newest_first: Vec<String> = made.into_iter().rev().collect();
            prop_assert_eq!(pages.concat(), newest_first);
        }
    }
}

#[test]
fn a_walk_by_token_is_not_disturbed_by_new_jobs() {
    let bench = Bench::of("bedrock");
    let made: BTreeSet<String> = (0..5).map(|_| bench.arrange("COMPLETE")).collect();
    let mut view = bench.view("ListIngestionJobs", None);
    view["body"]["maxResults"] = 2.into();
    let mut seen = Vec::new();
    loop {
        let (ids, body) = bench.list("ListIngestionJobs", &view);
        seen.extend(ids);
        bench.advance(1.0);
        bench.arrange("STARTING");
        let Some(token) = body.get("nextToken") else { break };
        view["body"]["nextToken"] = token.clone();
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), made);
}

#[test]
fn filters_by_state_and_orders() {
    let bench = Bench::of("bedrock");
    let complete = bench.arrange("COMPLETE");
    bench.advance(100.0);
    let failed = bench.arrange("FAILED");
    let list = |body: Value| {
        let mut view = bench.view("ListIngestionJobs", None);
        view["body"] = body;
        bench.list("ListIngestionJobs", &view).0
    };
    let only = json!({"filters": [{"attribute": "STATUS", "operator": "EQ", "values": ["FAILED"]}]});
    assert_eq!(list(only), std::slice::from_ref(&failed));
    let oldest = json!({"sortBy": {"attribute": "STARTED_AT", "order": "ASCENDING"}});
    assert_eq!(list(oldest), [complete.clone(), failed.clone()]);
    let newest = json!({"sortBy": {"attribute": "STARTED_AT", "order": "DESCENDING"}});
    assert_eq!(list(newest), [failed, complete]);
}

#[test]
fn links_are_left_out_where_they_mean_nothing() {
    let bench = Bench::of("digitalocean");
    let list = "ListIndexingJobs";
    bench.arrange("INDEX_JOB_STATUS_PENDING");
    assert_eq!(bench.list(list, &bench.view(list, None)).1.get("links"), None);
    for _ in 0..4 {
        bench.arrange("INDEX_JOB_STATUS_PENDING");
    }
    let mut view = bench.view(list, None);
    view["query"] = json!({"page": 2, "per_page": 2});
    let (_, body) = bench.list(list, &view);
    let names: Vec<&str> = body["links"]["pages"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["first", "last", "next", "previous"]);
    assert_eq!(body["meta"], json!({"page": 2, "pages": 3, "total": 5}));
}

#[test]
fn lists_only_what_belongs_to_the_parents_named() {
    let bench = Bench::of("bedrock");
    let foreign: BTreeMap<String, String> = BTreeMap::from([
        ("knowledgeBaseId".into(), "KB99999999".into()),
        ("dataSourceId".into(), "DS99999999".into()),
    ]);
    let theirs = bench.mock.arrange("COMPLETE", &BTreeMap::new(), &foreign).unwrap();
    let own = bench.arrange("COMPLETE");
    let mut view = bench.view("ListIngestionJobs", None);
    assert_eq!(bench.list("ListIngestionJobs", &view).0, [own]);
    view["path"] = json!(foreign);
    assert_eq!(bench.list("ListIngestionJobs", &view).0, [theirs]);
}

#[test]
fn refuses_a_token_it_did_not_make() {
    let bench = Bench::of("bedrock");
    let mut view = bench.view("ListIngestionJobs", None);
    Pointer::new("/body/nextToken").put(&mut view, "0123456789ABCDEF".into());
    assert_eq!(bench.send("ListIngestionJobs", &view).status, 400);
}
