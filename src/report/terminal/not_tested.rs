//! What was not tested, and why: read from the ledger, as the closing line is, so that they cannot disagree.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::page::Page;
use super::paint::{Paint, Span};
use crate::report::model::{LedgerRow, Report};
use crate::report::tally::main_reason;
use crate::report::words::count;
use crate::rule::Why;

/// How many reasons of one kind are shown, unless more is asked for.
const SHORT_LIST: usize = 3;

/// Each kind of reason, how many requirements it cost, and what to do about it; when more is asked for, which.
pub(super) fn not_tested(page: &mut Page<'_>, report: &Report) {
    if report.format < 2 {
        return by_verdict(page, report);
    }
    let mut kinds: Vec<(Key, Kind<'_>)> = kinds(report).into_iter().collect();
    if kinds.is_empty() {
        return;
    }
    kinds.sort_by_key(|((vendor, rank, _), kind)| (vendor.clone(), *rank, Reverse(kind.missed.len())));
    page.gap();
    page.line(&[Span::new(Paint::Heading, "Not tested")]);
    let several = report.contracts.len() > 1;
    let digits = kinds.iter().map(|(_, kind)| kind.missed.len().to_string().len()).max().unwrap_or_default();
    let indent = digits + 4;
    for ((vendor, rank, brief), kind) in &kinds {
        let vendor = if several { format!("{vendor}: ") } else { String::new() };
        let number = match kind.missed.len() {
            0 => page.ornament("·", ".").to_owned(),
            number => number.to_string(),
        };
        let elsewhere = match kind.elsewhere {
            0 => String::new(),
            cases => format!(" (in {} of what was judged in others)", count(cases, "case")),
        };
        let paint = if *rank == 0 { Paint::Error } else { Paint::Skip };
        page.flow(
            indent,
            &[Span::new(paint, format!("  {number:>digits$}"))],
            &[Span::plain(format!("{vendor}{brief}")), Span::new(Paint::Dim, elsewhere)],
        );
        let lead = || [Span::plain(" ".repeat(indent))];
        let reasons: Vec<&String> = kind.reasons.iter().filter(|reason| *reason != brief).collect();
        let shown = if page.style.verbose > 0 { reasons.len() } else { SHORT_LIST.min(reasons.len()) };
        for reason in &reasons[..shown] {
            page.flow(indent, &lead(), &[Span::plain(reason)]);
        }
        if reasons.len() > shown {
            let more = format!("and {} more (-v shows all)", reasons.len() - shown);
            page.flow(indent, &lead(), &[Span::new(Paint::Dim, more)]);
        }
        // Who left something out knows what.
        if page.style.verbose > 0 && *rank < LEFT_OUT {
            for row in &kind.missed {
                page.flow(indent + 2, &lead(), &[Span::new(Paint::Dim, format!("  {}", requirement(row)))]);
            }
        }
    }
}

/// The vendor, where a kind of reason stands, and its few words.
type Key = (String, usize, String);

/// One kind of reason.
#[derive(Default)]
struct Kind<'r> {
    /// The requirements of which nothing was judged because of it.
    missed: Vec<&'r LedgerRow>,
    /// In how many cases it stood in the way of what was judged in others, or of what something else counts for.
    elsewhere: usize,
    /// The reasons in full.
    reasons: BTreeSet<String>,
}

fn kinds(report: &Report) -> BTreeMap<Key, Kind<'_>> {
    let mut kinds: BTreeMap<Key, Kind<'_>> = BTreeMap::new();
    for row in &report.ledger {
        let main = main_reason(row).filter(|_| row.judged == 0);
        for not in &row.why_not {
            let is_main = main == Some(not);
            // Silence and choice are no loss to what was judged otherwise.
            if !is_main && (not.why.is_silence() || not.why.is_choice()) {
                continue;
            }
            let key = (row.vendor.clone(), rank(&not.why), not.why.brief());
            let kind = kinds.entry(key).or_default();
            kind.reasons.insert(not.why.to_string());
            if is_main {
                kind.missed.push(row);
            } else {
                kind.elsewhere += not.times;
            }
        }
    }
    kinds
}

/// Where what was left out by choice stands.
const LEFT_OUT: usize = 4;

/// What went wrong stands first, what nobody asks for last.
fn rank(why: &Why) -> usize {
    match why {
        Why::LeftOut => LEFT_OUT,
        why if why.is_silence() => 3,
        why if why.is_error() => 0,
        why if why.is_choice() => 2,
        _ => 1,
    }
}

/// A requirement: rule, operation, row.
fn requirement(row: &LedgerRow) -> String {
    let of_table = row.row.as_ref().map(|id| format!(" [{id}]")).unwrap_or_default();
    format!("{} @ {}{of_table}", row.rule, row.operation)
}

/// The same for a report without a ledger: by the reasons of its verdicts.
fn by_verdict(page: &mut Page<'_>, report: &Report) {
    if report.not_tested.is_empty() {
        return;
    }
    page.gap();
    page.line(&[Span::new(Paint::Heading, "Not tested")]);
    let several = report.contracts.len() > 1;
    let digits = report.not_tested.iter().map(|n| n.outcomes.to_string().len()).max().unwrap_or_default();
    // Wide enough for `verdicts` and two spaces on each side.
    let indent = digits + 12;
    for entry in &report.not_tested {
        let verdicts = count(entry.outcomes, "verdict");
        let pad = " ".repeat(digits - entry.outcomes.to_string().len());
        let vendor = if several { format!("{}: ", entry.vendor) } else { String::new() };
        page.flow(
            indent,
            &[Span::new(Paint::Skip, format!("  {pad}{verdicts}"))],
            &[Span::plain(format!("{vendor}{}", entry.reason))],
        );
        if page.style.verbose > 0 {
            for case in &entry.cases {
                page.flow(indent + 2, &[Span::plain(" ".repeat(indent))], &[Span::new(Paint::Dim, case)]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::report;
    use crate::report::tally::{by_group, counts, vendors};

    /// What the closing line calls missing is what stands here.
    #[test]
    fn it_agrees_with_the_tallies() {
        let report = report();
        for vendor in vendors(&report) {
            let groups = by_group(&report.ledger, vendor);
            let missing: usize = groups.values().map(|tally| tally.of - tally.judged).sum();
            let kinds = kinds(&report);
            let own = kinds.iter().filter(|((of, _, _), _)| of == vendor);
            let listed = own.flat_map(|(_, kind)| &kind.missed).filter(|row| counts(row)).count();
            assert_eq!(listed, missing, "{vendor}");
        }
    }
}
