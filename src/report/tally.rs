//! What was judged and what was not, by group and by role: readings of the ledger. The closing line, the bar of a gate,
//! the plan and the exit code all rest on these.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::model::{LedgerRow, Report, WhyNot};
use crate::rule::Why;

/// How much of something was judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many requirements were judged.
    pub judged: usize,
    /// How many there are: those on which the documentation is silent, and those left out by choice, are none.
    pub of: usize,
    /// Why the others were not, one reason of each kind. What went wrong stands before what was chosen, and then what
    /// concerns most requirements first.
    pub why_not: Vec<Why>,
    /// Whether all that was not judged was not by the choice of who ran the suite.
    pub is_choice: bool,
}

impl Tally {
    /// Whether all of it was judged.
    pub fn is_complete(&self) -> bool {
        self.judged == self.of
    }
}

/// The vendors of a report, each once, in its order.
pub fn vendors(report: &Report) -> Vec<&str> {
    let mut vendors: Vec<&str> = Vec::new();
    for contract in &report.contracts {
        if !vendors.contains(&contract.vendor.as_str()) {
            vendors.push(&contract.vendor);
        }
    }
    vendors
}

/// The tally of each group of rules of a vendor, by the group's name.
pub fn by_group<'r>(ledger: &'r [LedgerRow], vendor: &str) -> BTreeMap<&'r str, Tally> {
    by(ledger, vendor, group)
}

/// The tally of each role of a vendor's operations, by the role's word.
pub fn by_role<'r>(ledger: &'r [LedgerRow], vendor: &str) -> BTreeMap<&'r str, Tally> {
    by(ledger, vendor, |row| row.role.word())
}

/// The group of a row's rule.
pub(super) fn group(row: &LedgerRow) -> &str {
    row.rule.split('/').next().unwrap_or_default()
}

fn by<'r>(
    ledger: &'r [LedgerRow],
    vendor: &str,
    key: impl Fn(&'r LedgerRow) -> &'r str,
) -> BTreeMap<&'r str, Tally> {
    let mut rows: BTreeMap<&str, Vec<&LedgerRow>> = BTreeMap::new();
    for row in ledger.iter().filter(|row| row.vendor == vendor && counts(row)) {
        rows.entry(key(row)).or_default().push(row);
    }
    rows.into_iter().map(|(key, rows)| (key, tally(&rows))).collect()
}

/// Whether a row is part of what could be judged.
pub(super) fn counts(row: &LedgerRow) -> bool {
    let nothing = |why: &Why| why.is_silence() || matches!(why, Why::LeftOut);
    row.judged > 0 || row.why_not.is_empty() || !row.why_not.iter().all(|not| nothing(&not.why))
}

/// Whether a row was left out by choice, and nothing else was the matter.
pub(super) fn is_left_out(row: &LedgerRow) -> bool {
    let left_out = |not: &WhyNot| matches!(not.why, Why::LeftOut);
    row.judged == 0 && !row.why_not.is_empty() && row.why_not.iter().all(left_out)
}

/// The reason that counts for a row of which nothing was judged: what went wrong weighs more than what was chosen, and
/// that more than silence.
pub(super) fn main_reason(row: &LedgerRow) -> Option<&WhyNot> {
    let weight = |why: &Why| (why.is_silence() || matches!(why, Why::LeftOut), why.is_choice());
    row.why_not.iter().min_by_key(|not| (weight(&not.why), Reverse(not.times)))
}

fn tally(rows: &[&LedgerRow]) -> Tally {
    let missed: Vec<&&LedgerRow> = rows.iter().filter(|row| row.judged == 0).collect();
    let mut kinds: BTreeMap<(bool, String), (usize, &Why)> = BTreeMap::new();
    for WhyNot { why, .. } in missed.iter().filter_map(|row| main_reason(row)) {
        kinds.entry((why.is_choice(), why.brief())).or_insert((0, why)).0 += 1;
    }
    let all = missed.iter().flat_map(|row| &row.why_not);
    let is_choice = all.filter(|not| !not.why.is_silence()).all(|not| not.why.is_choice());
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|((is_choice, _), (number, _))| (*is_choice, Reverse(*number)));
    Tally {
        judged: rows.len() - missed.len(),
        of: rows.len(),
        why_not: kinds.into_iter().map(|(_, (_, why))| why.clone()).collect(),
        is_choice,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::operation::Role;
    use crate::report::fixture::{row, unallowed, undocumented};

    fn lost() -> Why {
        Why::Lost { operation: "StopJob".into(), error: "refused".into() }
    }

    #[test]
    fn silence_and_choice_are_no_part_of_what_could_be_judged() {
        let ledger = [
            row("cancel/a", Role::Cancel, 3, &[]),
            row("cancel/b", Role::Cancel, 0, &[(unallowed("cancel"), 2)]),
            row("cancel/c", Role::Cancel, 0, &[(undocumented(), 1)]),
            row("cancel/d", Role::Cancel, 0, &[(Why::LeftOut, 1), (undocumented(), 1)]),
            row("fields/a", Role::Get, 1, &[(lost(), 1)]),
        ];
        let groups = by_group(&ledger, "acme");
        let expected = Tally { judged: 1, of: 2, why_not: vec![unallowed("cancel")], is_choice: true };
        assert_eq!(groups["cancel"], expected);
        assert!(groups["fields"].is_complete());
        assert_eq!(by_role(&ledger, "acme")["cancel"], expected);
        assert!(by_group(&ledger, "umbra").is_empty());
    }

    #[test]
    fn what_went_wrong_stands_before_what_was_chosen() {
        let seen = |sought: &str| Why::NotSeen { sought: sought.into() };
        let ledger = [
            row("cancel/a", Role::Cancel, 0, &[(unallowed("cancel"), 9)]),
            row("cancel/b", Role::Cancel, 0, &[(unallowed("cancel"), 9), (lost(), 1)]),
            // Of one kind, though not the same: together they are more.
            row("cancel/c", Role::Cancel, 0, &[(seen("x"), 1)]),
            row("cancel/d", Role::Cancel, 0, &[(seen("y"), 1)]),
        ];
        let tally = &by_group(&ledger, "acme")["cancel"];
        assert_eq!(tally.why_not, [seen("x"), lost(), unallowed("cancel")]);
        assert!(!tally.is_choice);
    }
}
