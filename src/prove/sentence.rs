//! Sentences of the documentation, each broken by the faults that it names.

use std::collections::BTreeSet;
use std::sync::Arc;

use globset::{Glob, GlobMatcher};
use tokio::sync::watch;

use super::trial::{Ground, alarmed, named, options};
use crate::case::Case;
use crate::contract::sentence::Sentence;
use crate::suite::server::Oddity;

/// Whether the rules that a sentence names see, in a case that it names, each fault that it names. Gives the faults that
/// none of them saw, and how many requests that took; `None` where the run was ended meanwhile.
pub(super) async fn unseen(
    ground: &Ground,
    sentence: &Sentence,
    stop: &watch::Receiver<Option<String>>,
) -> Option<(Vec<String>, usize)> {
    let cases = cases(ground, sentence);
    let rules: Vec<&str> = sentence.rules.iter().map(String::as_str).collect();
    let (mut unseen, mut requests) = (Vec::new(), 0);
    for id in &sentence.faults {
        let Some(fault) = crate::mock::fault::fault(ground.contract(), id) else {
            unseen.push(id.clone());
            continue;
        };
        let session = ground.session(Oddity::Fault(Arc::from(fault)));
        let options = options(named(ground, &rules), stop);
        let mut saw: BTreeSet<&str> = BTreeSet::new();
        for case in &cases {
            let driven = session.one((*case).clone(), &options).await;
            saw.extend(alarmed(&driven.verdicts));
            if stop.borrow().is_some() {
                return None;
            }
            if !saw.is_empty() {
                break;
            }
        }
        if saw.is_empty() {
            unseen.push(id.clone());
        }
        requests += session.requests();
    }
    Some((unseen, requests))
}

/// The cases that a sentence names, those of its own rules first.
fn cases<'g>(ground: &'g Ground, sentence: &Sentence) -> Vec<&'g Case> {
    let vendor = &ground.contract().facts.id;
    // A glob that does not compile names no case, so that no fault is seen.
    let globs: Vec<GlobMatcher> = sentence
        .cases
        .iter()
        .filter_map(|glob| Some(Glob::new(&format!("{vendor}::{glob}")).ok()?.compile_matcher()))
        .collect();
    let is_own = |case: &&Case| case.rules.iter().any(|id| sentence.rules.iter().any(|rule| rule == id));
    let mut cases: Vec<&Case> =
        ground.cases.iter().filter(|case| globs.iter().any(|glob| glob.is_match(&case.id))).collect();
    cases.sort_by_key(|case| !is_own(case));
    cases
}
