//! What was found, the gravest first.

use std::collections::{BTreeMap, BTreeSet};

use super::page::{Page, width_of};
use super::paint::{Paint, Span};
use crate::report::exit::breaks;
use crate::report::fingerprint::steady_pointer;
use crate::report::model::{ExchangeInfo, FindingInfo, Report, Verdict};
use crate::report::sort::merge_findings;
use crate::report::words::{count, rule};
use crate::rule::{About, Level};

/// Where everything about a finding starts.
pub(super) const INDENT: usize = 6;
/// Where the evidence starts, right of its label.
const EVIDENCE: usize = INDENT + 10;
/// How many cells of an expected or actual value are shown, and how many of other places, unless more is asked for.
const SHORT_VALUE: usize = 200;
const SHORT_LIST: usize = 3;

/// All findings, and the entries of the baseline that are met now.
pub(super) fn findings(page: &mut Page<'_>, report: &Report) {
    let verdicts = verdicts(report);
    let mut merged: Vec<(Verdict, FindingInfo)> = merge_findings(report.findings.clone())
        .into_iter()
        .map(|finding| (shown_as(&finding, &verdicts), finding))
        .filter(|(verdict, _)| !page.style.quiet || breaks(*verdict, report.run.strict))
        // What hangs below a cause is told by it.
        .filter(|(_, finding)| finding.cause.is_none() || page.style.verbose > 0)
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
/// What hangs below a cause says nothing of what it is about: an error.
fn shown_as(finding: &FindingInfo, verdicts: &Verdicts<'_>) -> Verdict {
    let known = |case: &str| {
        let key: [&str; 3] = [&finding.vendor, case, &finding.rule];
        verdicts.get(&key) == Some(&Verdict::Known)
    };
    match finding.level {
        _ if finding.cause.is_some() => Verdict::Error,
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
        Verdict::Error => 4,
        _ => 3,
    }
}

pub(super) fn label(verdict: Verdict) -> Span {
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

/// Where else the same habit shows: in which members, operations, cases.
fn also(page: &mut Page<'_>, finding: &FindingInfo) {
    let most = if page.style.verbose > 0 { usize::MAX } else { SHORT_LIST };
    let mut places: BTreeMap<(usize, &str), BTreeSet<String>> = BTreeMap::new();
    let mut add = |rank, noun, text: String| {
        places.entry((rank, noun)).or_default().insert(text);
    };
    for other in &finding.also {
        if other.case != finding.case {
            add(3, "case", other.case.clone());
        }
        if other.operation.is_empty() {
            // A report of format 1 tells no more.
            continue;
        }
        if other.operation != finding.operation {
            add(2, "operation", other.operation.clone());
        }
        let pointer = other.pointer.as_deref().map(steady_pointer);
        match &other.about {
            Some(about) if other.about != finding.about => {
                let (noun, text) = words(about);
                add(0, noun, text);
            }
            _ if pointer != finding.pointer.as_deref().map(steady_pointer) => {
                add(1, "member", pointer.unwrap_or_else(|| "the whole answer".to_owned()));
            }
            _ => {}
        }
    }
    let list = |items: &BTreeSet<String>| {
        let shown = items.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
        let more = items.len().saturating_sub(most);
        if more > 0 { format!("{shown} and {more} more") } else { shown }
    };
    let mut parts = places.iter();
    let text = match (parts.next(), parts.next()) {
        (Some(((_, noun), items)), None) => {
            format!("in {}: {}", count(items.len(), &format!("other {noun}")), list(items))
        }
        _ => {
            let plural = |items: &BTreeSet<String>| if items.len() == 1 { "" } else { "s" };
            let part = |((_, noun), items): (&(usize, &str), &BTreeSet<String>)| {
                format!("{noun}{} {}", plural(items), list(items))
            };
            let parts: Vec<String> = places.iter().map(part).collect();
            format!("in {}: {}", count(finding.also.len(), "other place"), parts.join("; "))
        }
    };
    evidence(page, "also", &[Span::plain(text)]);
}

/// What a finding is about, with its noun.
fn words(about: &About) -> (&'static str, String) {
    match about {
        About::Row(row) => ("row", row.to_string()),
        About::State(state) => ("state", state.clone()),
        About::Member(member) => ("member", member.clone()),
        About::Parameter(parameter) => ("parameter", parameter.clone()),
        About::Code(code) => ("code", code.clone()),
    }
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

pub(super) fn evidence(page: &mut Page<'_>, label: &str, text: &[Span]) {
    page.flow(EVIDENCE, &[Span::new(Paint::Dim, labelled(label))], text);
}

fn labelled(label: &str) -> String {
    format!("{:INDENT$}{label:10}", "")
}

pub(super) fn in_a_line(exchange: &ExchangeInfo) -> String {
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
        let places = match finding.also.len() {
            0 => String::new(),
            others => format!(" (and in {})", count(others, "other place")),
        };
        let text = format!("{vendor}{}  {}{places}", rule(&finding.rule), finding.message);
        page.cut(INDENT, &[label(*verdict)], &Span::plain(text));
    }
    page.flow(INDENT, &[Span::plain(" ")], &[Span::new(Paint::Dim, "-v shows these in full")]);
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::report::fixture::{cause, finding, with_verdicts};
    use crate::report::model::{Also, Cause};
    use crate::report::terminal::{Style, render};

    fn place(case: &str, operation: &str, pointer: &str, member: Option<&str>) -> Also {
        Also {
            case: case.into(),
            operation: operation.into(),
            pointer: Some(pointer.into()),
            about: member.map(|member| About::Member(member.into())),
            fingerprint: String::new(),
        }
    }

    #[rstest]
    #[case::cases(&[place("c2", "StopJob", "/job/status", None), place("c3", "", "/job/status", None)], "in 2 other cases: c2, c3")]
    #[case::member(&[place("c1", "StopJob", "/job/end", Some("end"))], "in 1 other member: end")]
    #[case::places_in_lists(
        &[place("c1", "StopJob", "/jobs/0/end", None), place("c1", "StopJob", "/jobs/7/end", None)],
        "in 1 other member: /jobs/*/end"
    )]
    #[case::all(
        &[place("c2", "GetJob", "/a", None), place("c3", "GetJob", "/b", None), place("c4", "ListJobs", "/c", None), place("c5", "ListJobs", "/d", None)],
        "in 4 other places: members /a, /b, /c and 1 more; operations GetJob, ListJobs; cases c2, c3, c4 and 1 more"
    )]
    fn where_else_is_said_in_words(#[case] also: &[Also], #[case] text: &str) {
        let mut report = with_verdicts("fail");
        let one = finding("acme", "cancel/x", Level::Fail, "c1", 1);
        report.findings.push(FindingInfo { also: also.to_vec(), ..one });
        let text = format!("      also      {text}\n");
        let told = render(&report, &Style { width: 300, ..Style::default() });
        assert!(told.contains(&text), "{told}");
    }

    #[rstest]
    #[case(0, 0)]
    #[case(1, 1)]
    fn what_hangs_below_a_cause_is_told_by_it(#[case] verbose: u8, #[case] shown: usize) {
        let below = finding("acme", "fields/x", Level::Fail, "c1", 1);
        let mut report = with_verdicts("error error");
        let message = "every answer is 404".to_owned();
        let findings = vec![below.fingerprint.clone()];
        report.causes.push(Cause { is_fatal: true, message, findings, ..cause() });
        report.findings.push(FindingInfo { cause: Some("absent-operation".into()), ..below });
        let told = render(&report, &Style { verbose, ..Style::default() });
        let cause = told.find("ERROR every answer is 404").unwrap();
        assert!(told.contains("      below     1 finding hangs below it and does not count"), "{told}");
        let findings: Vec<usize> = told.match_indices("ERROR fields/x").map(|(at, _)| at).collect();
        assert_eq!(findings.len(), shown, "{told}");
        assert!(findings.iter().all(|at| *at > cause));
        let quiet = render(&report, &Style { quiet: true, ..Style::default() });
        assert!(quiet.starts_with("ERROR every answer is 404"), "{quiet}");
    }
}
