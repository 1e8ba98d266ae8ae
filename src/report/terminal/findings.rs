//! What was found, the gravest first.

use std::collections::BTreeMap;

use super::page::{Page, width_of};
use super::paint::{Paint, Span};
use crate::report::exit::breaks;
use crate::report::model::{ExchangeInfo, FindingInfo, Report, Verdict};
use crate::report::sort::merge_findings;
use crate::report::words::{count, rule};
use crate::rule::Level;

/// Where everything about a finding starts.
const INDENT: usize = 6;
/// Where the evidence starts, right of its label.
const EVIDENCE: usize = INDENT + 10;
/// How many cells of an expected or actual value are shown, and how many cases, unless more is asked for.
const SHORT_VALUE: usize = 200;
const SHORT_LIST: usize = 3;

/// All findings, and the entries of the baseline that are met now.
pub(super) fn findings(page: &mut Page<'_>, report: &Report) {
    let verdicts = verdicts(report);
    let mut merged: Vec<(Verdict, FindingInfo)> = merge_findings(report.findings.clone())
        .into_iter()
        .map(|finding| (shown_as(&finding, &verdicts), finding))
        .filter(|(verdict, _)| !page.style.quiet || breaks(*verdict, report.run.strict))
        .collect();
    // Stable: within a verdict the order of the report stays.
    merged.sort_by_key(|(verdict, _)| gravity(*verdict));
    let up_to = |gravest: u8| merged.partition_point(|(verdict, _)| gravity(*verdict) <= gravest);
    let full = if page.style.verbose > 0 { merged.len() } else { up_to(gravity(Verdict::Warn)) };
    let (full, brief) = merged.split_at(full);
    let (fails, others) = full.split_at(up_to(gravity(Verdict::Fail)));

    for (verdict, finding) in fails {
        in_full(page, *verdict, finding, report);
    }
    fixed(page, report);
    for (verdict, finding) in others {
        in_full(page, *verdict, finding, report);
    }
    if !brief.is_empty() {
        page.gap();
        in_brief(page, brief, report.contracts.len() > 1);
    }
}

/// The verdicts by vendor, case and rule.
type Verdicts<'r> = BTreeMap<[&'r str; 3], Verdict>;

fn verdicts(report: &Report) -> Verdicts<'_> {
    report.outcomes.iter().map(|o| ([&*o.vendor, &*o.case, &*o.rule], o.verdict)).collect()
}

/// The verdict that stands before a finding: the one of its level, or `known` where the baseline lists all its cases.
fn shown_as(finding: &FindingInfo, verdicts: &Verdicts<'_>) -> Verdict {
    let known = |case: &str| {
        let key: [&str; 3] = [&finding.vendor, case, &finding.rule];
        verdicts.get(&key) == Some(&Verdict::Known)
    };
    match finding.level {
        _ if finding.cases().into_iter().all(known) => Verdict::Known,
        Level::Fail => Verdict::Fail,
        Level::Warn => Verdict::Warn,
        Level::Note => Verdict::Note,
    }
}

fn gravity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Warn => 1,
        Verdict::Known => 2,
        _ => 3,
    }
}

fn label(verdict: Verdict) -> Span {
    Span::new(Paint::of(verdict), verdict.word().to_uppercase())
}

fn in_full(page: &mut Page<'_>, verdict: Verdict, finding: &FindingInfo, report: &Report) {
    page.gap();
    let title = [
        Span::new(Paint::Heading, rule(&finding.rule)),
        Span::plain("   "),
        Span::new(Paint::Dim, &finding.case),
    ];
    page.flow(INDENT, &[label(verdict)], &title);
    page.flow(INDENT, &[Span::plain(" ")], &[Span::plain(&finding.message)]);
    let pointer = finding.pointer.as_deref().map(|pointer| format!("  {pointer}")).unwrap_or_default();
    evidence(page, "where", &[Span::plain(format!("{}{pointer}", finding.operation))]);
    value(page, "expected", &finding.expected, Paint::Pass);
    value(page, "actual", &finding.actual, Paint::of(verdict));
    because(page, finding);
    if !finding.help.is_empty() {
        evidence(page, "fix", &[Span::plain(&finding.help)]);
    }
    if !finding.also.is_empty() {
        also(page, finding);
    }
    if page.style.verbose > 0
        && let Some(exchange) = report.exchanges.iter().find(|e| e.id == finding.exchange)
    {
        evidence(page, "exchange", &[Span::plain(in_a_line(exchange))]);
    }
    if !finding.curl.is_empty() {
        // Never wrapped: it is to be copied as one line.
        page.line(&[Span::new(Paint::Dim, labelled("repeat")), Span::plain(&finding.curl)]);
    }
}

fn because(page: &mut Page<'_>, finding: &FindingInfo) {
    let reference = &finding.reference;
    let quote = reference.quote.as_ref().map(|quote| format!(": \"{quote}\"")).unwrap_or_default();
    let fact = format!("{} ({}){quote}", reference.title, reference.basis.word());
    evidence(page, "because", &[Span::plain(fact)]);
    if !reference.source.is_empty() && reference.source != reference.title {
        evidence(page, "", &[Span::new(Paint::Dim, &reference.source)]);
    }
}

/// Where else the same habit shows: its cases, and what it is about there.
fn also(page: &mut Page<'_>, finding: &FindingInfo) {
    let cases: Vec<&str> = finding.cases().into_iter().filter(|case| *case != finding.case).collect();
    let shown = if page.style.verbose > 0 { cases.len() } else { SHORT_LIST.min(cases.len()) };
    let mut text = format!("in {}: {}", count(cases.len(), "other case"), cases[..shown].join(", "));
    if cases.len() > shown {
        text.push_str(&format!(" and {} more", cases.len() - shown));
    }
    evidence(page, "also", &[Span::plain(text)]);
}

fn value(page: &mut Page<'_>, label: &str, value: &str, paint: Paint) {
    if value.is_empty() {
        return;
    }
    let shown = Span::new(paint, value);
    let cells = width_of(shown.text());
    if page.style.verbose > 0 || cells <= SHORT_VALUE {
        evidence(page, label, &[shown]);
    } else {
        let cut = Span::new(paint, page.clipped(shown.text(), SHORT_VALUE));
        evidence(page, label, &[cut, Span::new(Paint::Dim, " (cut; -v shows all)")]);
    }
}

fn evidence(page: &mut Page<'_>, label: &str, text: &[Span]) {
    page.flow(EVIDENCE, &[Span::new(Paint::Dim, labelled(label))], text);
}

fn labelled(label: &str) -> String {
    format!("{:INDENT$}{label:10}", "")
}

fn in_a_line(exchange: &ExchangeInfo) -> String {
    let answer = match (exchange.status, &exchange.error) {
        (Some(status), _) => format!("status {status}"),
        (None, Some(error)) => error.clone(),
        (None, None) => "no answer".to_owned(),
    };
    format!(
        "{}  {} {}: {answer} after {} ms",
        exchange.id, exchange.method, exchange.target, exchange.took_ms
    )
}

/// The entries of the baseline that are met now: they have no finding, but they stand in the way.
fn fixed(page: &mut Page<'_>, report: &Report) {
    let mut first = true;
    for outcome in report.outcomes.iter().filter(|o| o.verdict == Verdict::Fixed) {
        if std::mem::take(&mut first) {
            page.gap();
        }
        let why = outcome
            .reason
            .as_deref()
            .unwrap_or("listed in the baseline, but met now: take it out of the list");
        let title = [
            Span::new(Paint::Heading, rule(&outcome.rule)),
            Span::plain("   "),
            Span::new(Paint::Dim, &outcome.case),
        ];
        page.flow(INDENT, &[label(Verdict::Fixed)], &title);
        page.flow(INDENT, &[Span::plain(" ")], &[Span::plain(why)]);
    }
}

/// One line for each finding that stands in nobody's way.
fn in_brief(page: &mut Page<'_>, findings: &[(Verdict, FindingInfo)], name_vendors: bool) {
    for (verdict, finding) in findings {
        let vendor = if name_vendors { format!("{}  ", finding.vendor) } else { String::new() };
        let cases = match finding.also.len() {
            0 => String::new(),
            others => format!(" ({})", count(others + 1, "case")),
        };
        let text = format!("{vendor}{}  {}{cases}", rule(&finding.rule), finding.message);
        page.cut(INDENT, &[label(*verdict)], &Span::plain(text));
    }
    page.flow(INDENT, &[Span::plain(" ")], &[Span::new(Paint::Dim, "-v shows these in full")]);
}
