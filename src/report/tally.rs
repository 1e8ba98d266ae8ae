//! What was judged and what was not, by group and by role: readings of the ledger. The closing line, the bar of a gate
//! and the exit code all rest on these.

use std::collections::BTreeMap;

use super::model::{LedgerRow, Report};
use crate::rule::Why;

/// How much of something was judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many requirements were judged.
    pub judged: usize,
    /// How many there are: those on which the documentation is silent, and those left out by choice, are none.
    pub of: usize,
    /// Why the others were not, the most frequent reason first.
    pub why_not: Vec<Why>,
    /// Whether all that was not judged was not by the choice of who ran the suite.
    pub is_choice: bool,
}

/// The tally of each group of rules of a vendor, by the group's name.
pub fn by_group<'r>(report: &'r Report, vendor: &str) -> BTreeMap<&'r str, Tally> {
    by(report, vendor, |row| row.rule.split('/').next().unwrap_or_default())
}

/// The tally of each role of a vendor's operations, by the role's word.
pub fn by_role<'r>(report: &'r Report, vendor: &str) -> BTreeMap<&'r str, Tally> {
    by(report, vendor, |row| row.role.word())
}

fn by<'r>(
    report: &'r Report,
    vendor: &str,
    key: impl Fn(&'r LedgerRow) -> &'r str,
) -> BTreeMap<&'r str, Tally> {
    let mut rows: BTreeMap<&str, Vec<&LedgerRow>> = BTreeMap::new();
    for row in report.ledger.iter().filter(|row| row.vendor == vendor && counts(row)) {
        rows.entry(key(row)).or_default().push(row);
    }
    rows.into_iter().map(|(key, rows)| (key, tally(&rows))).collect()
}

/// Whether a row is part of what could be judged.
fn counts(row: &LedgerRow) -> bool {
    let nothing = |why: &Why| why.is_silence() || matches!(why, Why::LeftOut);
    row.judged > 0 || row.why_not.is_empty() || !row.why_not.iter().all(|not| nothing(&not.why))
}

fn tally(rows: &[&LedgerRow]) -> Tally {
    let mut reasons: BTreeMap<&Why, usize> = BTreeMap::new();
    let missed = || rows.iter().filter(|row| row.judged == 0);
    for not in missed().flat_map(|row| &row.why_not).filter(|not| !not.why.is_silence()) {
        *reasons.entry(&not.why).or_default() += not.times;
    }
    let is_choice = reasons.keys().all(|why| why.is_choice());
    let mut reasons: Vec<(&Why, usize)> = reasons.into_iter().collect();
    // What went wrong weighs more than what was chosen.
    reasons.sort_by_key(|(why, times)| (why.is_choice(), std::cmp::Reverse(*times)));
    Tally {
        judged: rows.len() - missed().count(),
        of: rows.len(),
        why_not: reasons.into_iter().map(|(why, _)| why.clone()).collect(),
        is_choice,
    }
}
