//! What stands behind many findings: one block each, before all findings.

use super::findings::{INDENT, evidence, in_a_line, label};
use super::page::Page;
use super::paint::{Paint, Span};
use crate::report::model::{Cause, Report, Verdict};
use crate::report::words::count;

/// All causes, those that leave the run without a verdict first. A quiet report has no others.
pub(super) fn causes(page: &mut Page<'_>, report: &Report) {
    let quiet = page.style.quiet;
    let (fatal, others): (Vec<&Cause>, Vec<&Cause>) = report.causes.iter().partition(|cause| cause.is_fatal);
    for cause in fatal.into_iter().chain(others.into_iter().filter(|_| !quiet)) {
        one(page, cause, report);
    }
}

fn one(page: &mut Page<'_>, cause: &Cause, report: &Report) {
    page.gap();
    let verdict = if cause.is_fatal { Verdict::Error } else { Verdict::Note };
    let mut title = vec![Span::new(Paint::Heading, &cause.message)];
    if report.contracts.len() > 1 {
        title.extend([Span::plain("   "), Span::new(Paint::Dim, &cause.vendor)]);
    }
    page.flow(INDENT, &[label(verdict)], &title);
    let of = if cause.operations.is_empty() {
        String::new()
    } else {
        format!(" of {}", cause.operations.join(", "))
    };
    evidence(page, "shown by", &[Span::plain(format!("{}{of}", count(cause.answers, "answer")))]);
    if let Some(exchange) = report.exchanges.iter().find(|exchange| exchange.id == cause.exchange) {
        evidence(page, "exchange", &[Span::plain(in_a_line(exchange))]);
    }
    if !cause.hint.is_empty() {
        evidence(page, "fix", &[Span::plain(&cause.hint)]);
    }
    let below = cause.findings.len();
    if below > 0 {
        let hang =
            if below == 1 { "hangs below it and does not count" } else { "hang below it and do not count" };
        let more = if page.style.verbose > 0 { "" } else { " (-v shows them)" };
        evidence(page, "below", &[Span::plain(format!("{} {hang}{more}", count(below, "finding")))]);
    }
}
