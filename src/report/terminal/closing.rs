//! The closing lines: totals that add up, and the verdict.

use super::page::Page;
use super::paint::{Paint, Span};
use crate::report::exit::End;
use crate::report::model::{Report, Verdict};
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

/// The totals and the verdict.
pub(super) fn closing(page: &mut Page<'_>, report: &Report) {
    page.gap();
    totals(page, report);
    let (paint, text) = verdict(report);
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
    let mut rest = format!(
        " of {}; {} in {}; ",
        count(all, "verdict"),
        count(report.run.requests, "request"),
        length(report.run.milliseconds),
    );
    let missed = of(Verdict::Skip) + of(Verdict::Error);
    if missed > 0 {
        let place = if page.style.quiet { "" } else { " (see above)" };
        rest.push_str(&format!("{} not reached{place}; ", count(missed, "verdict")));
    }
    rest.push_str(&format!("seed {}", report.run.seed));
    text.push(Span::plain(rest));
    page.flow(2, &[], &text);
}

/// The last line.
fn verdict(report: &Report) -> (Paint, String) {
    let of = |verdict| report.summary.count(verdict);
    match End::of(report) {
        End::Interrupted => (Paint::Error, "interrupted: partial report".to_owned()),
        End::NoVerdict => {
            let errors = of(Verdict::Error);
            let stand = if errors == 1 { "stands" } else { "stand" };
            (Paint::Error, format!("no verdict: {} {stand} in the way", count(errors, "error")))
        }
        End::DoesNotConform if of(Verdict::Fail) > 0 => (Paint::Fail, "does not conform".to_owned()),
        End::DoesNotConform if of(Verdict::Fixed) > 0 => {
            (Paint::Fail, "does not conform: the baseline lists what is met now".to_owned())
        }
        End::DoesNotConform => {
            (Paint::Fail, "does not conform: this run is strict, a warning counts as a failure".to_owned())
        }
        // Nothing is violated where nothing was looked at; that must not read like a success.
        End::Conforms if [Verdict::Pass, Verdict::Warn, Verdict::Note, Verdict::Known].map(of) == [0; 4] => {
            (Paint::Warn, "conforms, but nothing was judged".to_owned())
        }
        End::Conforms => (Paint::Pass, "conforms".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::report::fixture::with_verdicts;
    use crate::report::terminal::{Style, render};

    #[rstest]
    #[case("pass note known", "conforms")]
    #[case("skip", "conforms, but nothing was judged")]
    #[case("", "conforms, but nothing was judged")]
    #[case("pass fail error fixed", "does not conform")]
    #[case("pass fixed", "does not conform: the baseline lists what is met now")]
    #[case("strict warn", "does not conform: this run is strict, a warning counts as a failure")]
    #[case("pass error", "no verdict: 1 error stands in the way")]
    #[case("error error", "no verdict: 2 errors stand in the way")]
    #[case("interrupted fail", "interrupted: partial report")]
    fn last_lines(#[case] run: &str, #[case] line: &str) {
        assert_eq!(render(&with_verdicts(run), &Style::default()).lines().last(), Some(line));
    }

    #[test]
    fn totals_add_up() {
        let mut report = with_verdicts("pass pass fail warn note skip error");
        report.run.requests = 1;
        let text = render(&report, &Style { width: 200, ..Style::default() });
        let line = "1 fail, 1 warn, 1 note, 2 pass, 1 skip, 1 error of 7 verdicts; 1 request in 1.2 s; \
                    2 verdicts not reached (see above); seed 7";
        assert!(text.lines().any(|l| l == line), "{text}");
    }
}
