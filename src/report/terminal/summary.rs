//! What was tested, and how it stands: one row for each vendor and group of rules.

use std::collections::BTreeMap;

use super::page::{Page, width_of};
use super::paint::{Paint, Span};
use crate::report::model::{Outcome, Report, Verdict};
use crate::report::words::{group, vendor_with_editions};

/// One line for each contract, and its warnings.
pub(super) fn contracts(page: &mut Page<'_>, report: &Report) {
    for contract in &report.contracts {
        let name = vendor_with_editions(&contract.vendor, [contract]);
        let mut text = vec![
            Span::new(Paint::Heading, name),
            Span::plain(format!("  {}, API version {}, ", contract.title, contract.api_version)),
            Span::plain(format!("against {}", contract.target)),
        ];
        if let Some(fault) = &contract.fault {
            text.push(Span::plain(", "));
            text.push(Span::new(Paint::Warn, format!("with fault {fault}")));
        }
        page.flow(2, &[], &text);
        for warning in &contract.warnings {
            page.flow(
                11,
                &[Span::plain("  "), Span::new(Paint::Fail, "WARNING")],
                &[Span::new(Paint::Warn, warning)],
            );
        }
    }
}

/// The counts of one row, by verdict.
type Counts = BTreeMap<Verdict, usize>;

/// The number of outcomes of each verdict, by vendor and group of rules.
pub(super) fn table(page: &mut Page<'_>, report: &Report) {
    if report.outcomes.is_empty() {
        return;
    }
    let rows = rows(report);
    // Only runs with a baseline have these two.
    let columns: Vec<Verdict> = Verdict::ALL
        .into_iter()
        .filter(|v| !matches!(v, Verdict::Known | Verdict::Fixed) || report.summary.count(*v) > 0)
        .collect();
    let names = rows.iter().map(|row| width_of(row.name.text())).max().unwrap_or_default();
    page.gap();
    let mut heads = vec![Span::plain(" ".repeat(names))];
    heads.extend(columns.iter().map(|v| Span::new(Paint::Dim, format!("  {:>5}", v.word()))));
    page.line(&heads);
    for row in rows {
        let mut cells = vec![row.name.clone(), Span::plain(" ".repeat(names - width_of(row.name.text())))];
        cells.extend(columns.iter().map(|v| match row.counts.get(v) {
            None | Some(0) => Span::new(Paint::Dim, format!("  {:>5}", page.ornament("·", "."))),
            Some(number) => Span::new(Paint::of(*v), format!("  {number:>5}")),
        }));
        page.line(&cells);
    }
}

struct Row {
    name: Span,
    counts: Counts,
}

/// For each vendor its sum, then its groups; at the end the sum of all, where there are several vendors.
fn rows(report: &Report) -> Vec<Row> {
    let mut vendors: BTreeMap<&str, BTreeMap<&str, Counts>> = BTreeMap::new();
    for outcome in &report.outcomes {
        let groups = vendors.entry(&outcome.vendor).or_default();
        *groups.entry(group(&outcome.rule)).or_default().entry(outcome.verdict).or_default() += 1;
    }
    let several = vendors.len() > 1;
    let mut rows = Vec::new();
    for (vendor, groups) in vendors {
        let name = vendor_with_editions(vendor, &report.contracts);
        let of_vendor = report.outcomes.iter().filter(|o| o.vendor == vendor);
        rows.push(Row { name: Span::new(Paint::Heading, name), counts: counts(of_vendor) });
        rows.extend(
            groups.into_iter().map(|(group, counts)| Row { name: Span::plain(format!("  {group}")), counts }),
        );
    }
    if several {
        rows.push(Row { name: Span::new(Paint::Heading, "all"), counts: counts(&report.outcomes) });
    }
    rows
}

fn counts<'o>(outcomes: impl IntoIterator<Item = &'o Outcome>) -> Counts {
    let mut counts = Counts::new();
    for outcome in outcomes {
        *counts.entry(outcome.verdict).or_default() += 1;
    }
    counts
}
