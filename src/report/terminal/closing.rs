//! The closing lines: totals that add up, what was judged, and the verdict.

use super::judged::{judged, uncancelled};
use super::page::Page;
use super::paint::{Paint, Span};
use crate::report::bar::shortfalls;
use crate::report::exit::End;
use crate::report::model::{Report, Verdict};
use crate::report::tally::{by_group, vendors};
use crate::report::words::{count, length};

/// The order of the totals: the gravest first.
const TOTALS: [Verdict; 8] = [
    Verdict::Fail,
    Verdict::Fixed,
    Verdict::Warn,
    Verdict::Note,
    Verdict::Pass,
    Verdict::Known,
    Verdict::Skip,
    Verdict::Error,
];

/// How many of the things that stand in the way of a verdict are told.
const SHORT_LIST: usize = 3;

/// The totals, what was judged, and the verdict.
pub(super) fn closing(page: &mut Page<'_>, report: &Report) {
    page.gap();
    totals(page, report);
    let warnings = report.summary.count(Verdict::Warn);
    if warnings > 0 && !report.run.strict {
        let text = format!("--strict would fail {}", count(warnings, "warning"));
        page.flow(2, &[], &[Span::new(Paint::Warn, text)]);
    }
    watched(page, report);
    let told: Vec<(&str, String)> =
        vendors(report).into_iter().filter_map(|vendor| Some((vendor, judged(report, vendor)?))).collect();
    let several = told.len() > 1;
    for (vendor, text) in &told {
        let name = if several { format!("{vendor}: ") } else { String::new() };
        if let Some(why) = uncancelled(report, vendor) {
            page.flow(2, &[], &[Span::new(Paint::Warn, format!("{name}no cancel was judged: {why}"))]);
        }
        match End::of_vendor(report, vendor) {
            End::Conforms if several => {
                let text = format!("{name}conforms in what was judged: {text}");
                page.flow(2, &[], &[Span::new(Paint::Pass, text)]);
            }
            End::DoesNotConform if several => {
                page.flow(
                    2,
                    &[],
                    &[Span::new(Paint::Fail, format!("{name}does not conform; judged: {text}"))],
                );
            }
            End::NoVerdict if several => {
                page.flow(2, &[], &[Span::new(Paint::Error, format!("{name}no verdict; judged: {text}"))]);
            }
            // The last line says it all.
            End::Conforms => {}
            _ => page.flow(2, &[], &[Span::plain(format!("{name}judged: {text}"))]),
        }
    }
    let (paint, text) = verdict(page, report, &told);
    page.flow(2, &[], &[Span::new(paint, text)]);
}

fn totals(page: &mut Page<'_>, report: &Report) {
    let of = |verdict| report.summary.count(verdict);
    let all = TOTALS.iter().map(|&v| of(v)).sum::<usize>();
    let mut text = Vec::new();
    for verdict in TOTALS {
        let number = of(verdict);
        // Without a baseline there are none of these two, so they need no words.
        if number == 0 && matches!(verdict, Verdict::Known | Verdict::Fixed) {
            continue;
        }
        let paint = if number == 0 { Paint::Dim } else { Paint::of(verdict) };
        text.push(Span::plain(if text.is_empty() { "" } else { ", " }));
        text.push(Span::new(paint, format!("{number} {}", verdict.word())));
    }
    let rest = format!(
        " of {}; {} in {}; seed {}",
        count(all, "verdict"),
        count(report.run.requests, "request"),
        length(report.run.milliseconds),
        report.run.seed,
    );
    text.push(Span::plain(rest));
    page.flow(2, &[], &text);
}

/// For how long jobs were watched after their end: what they do later, nobody saw.
fn watched(page: &mut Page<'_>, report: &Report) {
    let all = || report.contracts.iter().filter_map(|contract| contract.watched);
    if let Some(longest) = all().map(|watched| watched.milliseconds).max() {
        let jobs = count(all().map(|watched| watched.jobs).sum(), "ended job");
        page.flow(
            2,
            &[],
            &[Span::plain(format!("{jobs} watched for up to {} after the end", length(longest)))],
        );
    }
}

/// The last line. `told` says of each vendor what was judged.
fn verdict(page: &Page<'_>, report: &Report, told: &[(&str, String)]) -> (Paint, String) {
    let of = |verdict| report.summary.count(verdict);
    match End::of(report) {
        End::Interrupted => (Paint::Error, "interrupted: partial report".to_owned()),
        End::NoVerdict => (Paint::Error, format!("no verdict: {}", in_the_way(page, report, told.len() > 1))),
        End::DoesNotConform if of(Verdict::Fail) > 0 => (Paint::Fail, "does not conform".to_owned()),
        End::DoesNotConform if of(Verdict::Fixed) > 0 => {
            (Paint::Fail, "does not conform: the baseline lists what is met now".to_owned())
        }
        End::DoesNotConform => {
            (Paint::Fail, "does not conform: this run is strict, a warning counts as a failure".to_owned())
        }
        End::Conforms => match told {
            // Nothing is violated where nothing was looked at; that must not read like a success.
            [] => (Paint::Warn, "conforms; what was judged is not told in reports of format 1".to_owned()),
            [(_, judged)] => (Paint::Pass, format!("conforms in what was judged: {judged}")),
            several => {
                let tallies =
                    several.iter().flat_map(|(vendor, _)| by_group(&report.ledger, vendor).into_values());
                let (judged, of) =
                    tallies.fold((0, 0), |(judged, of), tally| (judged + tally.judged, of + tally.of));
                let vendors = count(several.len(), "vendor");
                (
                    Paint::Pass,
                    format!("conforms in what was judged: {judged} of {of} requirements of {vendors}"),
                )
            }
        },
    }
}

/// What stands in the way of a verdict.
fn in_the_way(page: &Page<'_>, report: &Report, several: bool) -> String {
    let name = |vendor: &str| {
        if several && !vendor.is_empty() { format!("{vendor}: ") } else { String::new() }
    };
    let fatal = report.causes.iter().filter(|cause| cause.is_fatal);
    let mut found: Vec<String> =
        fatal.map(|cause| format!("{}{}", name(&cause.vendor), cause.message)).collect();
    // What else is missing comes of a cause, where there is one.
    if found.is_empty() {
        let errors = report.summary.count(Verdict::Error);
        if errors > 0 {
            let stand = if errors == 1 { "stands" } else { "stand" };
            found.push(format!("{} {stand} in the way", count(errors, "error")));
        }
        let shortfalls = shortfalls(report);
        found.extend(shortfalls.iter().map(|short| format!("{}{short}", name(&short.vendor))));
    }
    let shown = if page.style.verbose > 0 { found.len() } else { SHORT_LIST.min(found.len()) };
    let more = found.len() - shown;
    found.truncate(shown);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    found.join("; ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::contract::operation::Role;
    use crate::report::fixture::{cause, row, unallowed, with_ledger, with_verdicts};
    use crate::report::model::{Cause, LedgerRow, Report};
    use crate::report::terminal::{Style, render};
    use crate::rule::Why;

    /// The closing lines, each whole.
    fn closing(report: &Report) -> Vec<String> {
        let style = Style { width: 500, quiet: true, ..Style::default() };
        render(report, &style).lines().map(str::to_owned).collect()
    }

    #[rstest]
    #[case("pass note known", "conforms in what was judged: cancel 3 of 3")]
    #[case("pass skip", "conforms in what was judged: cancel 1 of 2 (not allowed: cancel)")]
    #[case("skip", "no verdict: nothing was judged (not allowed: cancel)")]
    #[case("", "no verdict: nothing was judged")]
    #[case("pass fail error fixed", "does not conform")]
    #[case("pass fixed", "does not conform: the baseline lists what is met now")]
    #[case("strict warn", "does not conform: this run is strict, a warning counts as a failure")]
    #[case("pass error", "no verdict: 1 error stands in the way")]
    #[case("error error", "no verdict: 2 errors stand in the way; nothing was judged (no answer)")]
    #[case("interrupted fail", "interrupted: partial report")]
    fn last_lines(#[case] run: &str, #[case] line: &str) {
        let report = with_verdicts(run);
        let text = render(&report, &Style { width: 500, ..Style::default() });
        assert_eq!(text.lines().last(), Some(line), "{text}");
    }

    #[test]
    fn totals_add_up() {
        let mut report = with_verdicts("pass pass fail warn note skip error");
        report.run.requests = 1;
        let expected = [
            "1 fail, 1 warn, 1 note, 2 pass, 1 skip, 1 error of 7 verdicts; 1 request in 1.2 s; seed 7",
            "--strict would fail 1 warning",
            "judged: cancel 5 of 7 (no answer)",
            "does not conform",
        ];
        assert_eq!(closing(&report), expected);
        report.run.strict = true;
        assert!(!closing(&report).concat().contains("--strict"));
    }

    fn no_other_parent() -> Why {
        Why::NotGiven { what: "add [other_parent] to the target file".into() }
    }

    #[test]
    fn what_is_complete_stands_first() {
        let report = with_ledger(vec![
            row("auth/a", Role::Get, 1, &[]),
            row("auth/b", Role::Get, 0, &[(unallowed("write"), 1)]),
            row("cancel/a", Role::Cancel, 1, &[]),
            row("isolation/a", Role::Get, 0, &[(no_other_parent(), 1)]),
            row("fields/a", Role::Get, 1, &[]),
            row("lifecycle/a", Role::Get, 1, &[]),
        ]);
        let line = "conforms in what was judged: cancel 1 of 1, lifecycle 1 of 1, fields 1 of 1; \
                    auth 1 of 2 (not allowed: write), isolation 0 of 1 (no other parent given)";
        assert_eq!(closing(&report)[1..], [line]);
    }

    fn read_only() -> Vec<LedgerRow> {
        vec![
            row("fields/a", Role::Get, 1, &[]),
            row("cancel/a", Role::Cancel, 0, &[(unallowed("cancel"), 1)]),
        ]
    }

    #[test]
    fn a_run_that_cancels_nothing_says_so() {
        let expected = [
            "no cancel was judged: the target file does not allow \"cancel\"",
            "conforms in what was judged: fields 1 of 1; cancel 0 of 1 (not allowed: cancel)",
        ];
        assert_eq!(closing(&with_ledger(read_only()))[1..], expected);
    }

    #[test]
    fn what_is_required_and_not_met_is_said() {
        let mut report = with_ledger(read_only());
        report.run.require = vec!["cancel=80%".into()];
        let line = "no verdict: 80% of cancel is required, and 0 of 1 were judged (not allowed: cancel)";
        assert_eq!(closing(&report).last().map(String::as_str), Some(line));
    }

    #[test]
    fn several_vendors_have_a_line_each() {
        let mut ledger = read_only();
        ledger.push(LedgerRow { vendor: "umbra".into(), ..row("cancel/a", Role::Cancel, 2, &[]) });
        let expected = [
            "acme: no cancel was judged: the target file does not allow \"cancel\"",
            "acme: conforms in what was judged: fields 1 of 1; cancel 0 of 1 (not allowed: cancel)",
            "umbra: conforms in what was judged: cancel 1 of 1",
            "conforms in what was judged: 2 of 3 requirements of 2 vendors",
        ];
        assert_eq!(closing(&with_ledger(ledger.clone()))[1..], expected);
        ledger.push(row("listing/a", Role::List, 0, &[(Why::NotSeen { sought: "x".into() }, 1)]));
        let lines = closing(&with_ledger(ledger));
        let short = "no verdict: acme: nothing of listing was judged (did not come up); \
                     acme: nothing of the role list was judged (did not come up)";
        assert!(lines[2].starts_with("acme: no verdict; judged: fields 1 of 1; "), "{lines:?}");
        assert_eq!(lines.last().map(String::as_str), Some(short));
    }

    #[test]
    fn a_fatal_cause_is_the_reason() {
        let causes = vec![Cause { is_fatal: true, message: "every answer is 404".into(), ..cause() }];
        let lines = closing(&Report { causes, ..with_verdicts("error error") });
        assert_eq!(lines.last().map(String::as_str), Some("no verdict: every answer is 404"));
    }

    #[test]
    fn a_report_of_format_1_tells_no_more_than_it_knows() {
        let report = Report { format: 1, ledger: Vec::new(), ..with_verdicts("pass") };
        let line = "conforms; what was judged is not told in reports of format 1";
        assert_eq!(closing(&report)[1..], [line]);
    }
}
