//! What was not tested, and why.

use super::page::Page;
use super::paint::{Paint, Span};
use crate::report::model::Report;
use crate::report::words::count;

/// Each reason, how many verdicts it cost, and, when more is asked for, in which cases.
pub(super) fn not_tested(page: &mut Page<'_>, report: &Report) {
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
