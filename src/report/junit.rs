//! The report as JUnit XML, which CI servers read.
//!
//! ```xml
//! <testsuite name="vendor [edition]" tests="3" skipped="1" errors="0" failures="1">
//!     <testcase name="cancel/refused-when-finished" classname="vendor::Stop::refused::DONE">
//!         <failure message="a finished job was cancelled" type="cancel/refused-when-finished">…</failure>
//!     </testcase>
//! ```
//!
//! One suite for each vendor, one test case for each outcome. `fail` and `fixed` are failures, and `warn` too in a
//! strict run; `error` is an error; `skip` and `known` are skipped. What hangs below a cause is an error with the words of
//! the cause, as its outcome is. No time and no id of the run is written, so the
//! same report gives the same bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use quick_junit::{NonSuccessKind, SerializeError, TestCase, TestCaseStatus, TestSuite, XmlString};

use super::exit::breaks;
use super::model::{FindingInfo, Outcome, Report, Verdict};
use super::printable::printable_in_xml;
use super::words::{count, rule, vendor_with_editions};

/// The report as JUnit XML.
///
/// # Errors
/// None in practice: everything XML cannot carry is escaped first.
pub fn render(report: &Report) -> Result<String, SerializeError> {
    let evidence = Evidence::of(&report.findings);
    let mut suites: Vec<(&str, TestSuite)> = Vec::new();
    let vendors = report.contracts.iter().map(|c| &c.vendor).chain(report.outcomes.iter().map(|o| &o.vendor));
    for vendor in vendors {
        if suites.iter().all(|(known, _)| known != vendor) {
            suites.push((vendor, TestSuite::new(one_line(&vendor_with_editions(vendor, &report.contracts)))));
        }
    }
    for outcome in &report.outcomes {
        if let Some((_, suite)) = suites.iter_mut().find(|(vendor, _)| *vendor == outcome.vendor) {
            suite.add_test_case(test_case(outcome, evidence.for_outcome(outcome), report.run.strict));
        }
    }
    let mut junit = quick_junit::Report::new(one_line(&report.tool.name));
    junit.add_test_suites(suites.into_iter().map(|(_, suite)| suite));
    junit.to_string()
}

/// The findings, by vendor, case and rule.
struct Evidence<'r>(BTreeMap<[&'r str; 3], Vec<&'r FindingInfo>>);

impl<'r> Evidence<'r> {
    fn of(findings: &'r [FindingInfo]) -> Self {
        let mut map: BTreeMap<[&str; 3], Vec<&FindingInfo>> = BTreeMap::new();
        for finding in findings {
            for case in finding.cases() {
                map.entry([&finding.vendor, case, &finding.rule]).or_default().push(finding);
            }
        }
        Evidence(map)
    }

    fn for_outcome<'e>(&'e self, outcome: &'e Outcome) -> &'e [&'r FindingInfo] {
        let key: [&str; 3] = [&outcome.vendor, &outcome.case, &outcome.rule];
        self.0.get(&key).map_or(&[], Vec::as_slice)
    }
}

fn test_case(outcome: &Outcome, findings: &[&FindingInfo], strict: bool) -> TestCase {
    let verdict = outcome.verdict;
    let shown: Vec<String> = findings.iter().map(|f| evidence(f, &outcome.case)).collect();
    let shown = shown.join("\n");
    let mut status = match verdict {
        verdict if breaks(verdict, strict) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::Skip | Verdict::Known => TestCaseStatus::skipped(),
        _ => TestCaseStatus::success(),
    };
    let succeeds = matches!(status, TestCaseStatus::Success { .. });
    if !succeeds {
        status.set_message(one_line(&message(outcome, findings)));
        if !matches!(status, TestCaseStatus::Skipped { .. }) {
            status.set_type(one_line(if verdict == Verdict::Fixed { "fixed" } else { rule(&outcome.rule) }));
        }
        if !shown.is_empty() {
            status.set_description(text(&shown));
        }
    }
    let mut case = TestCase::new(one_line(rule(&outcome.rule)), status);
    case.set_classname(one_line(&outcome.case));
    if succeeds && verdict != Verdict::Pass {
        let reason = outcome.reason.as_deref().unwrap_or_default();
        let said = if shown.is_empty() { reason } else { &shown };
        case.set_system_out(text(&format!("{}: {said}", verdict.word())));
    }
    case
}

/// In one line, why an outcome is no success.
fn message(outcome: &Outcome, findings: &[&FindingInfo]) -> String {
    let found = match findings {
        [] => None,
        [only] => Some(only.message.clone()),
        [first, others @ ..] => {
            Some(format!("{} (and {})", first.message, count(others.len(), "more finding")))
        }
    };
    let reason = outcome.reason.clone();
    match outcome.verdict {
        Verdict::Fixed => reason.unwrap_or_else(|| "listed in the baseline, but met now".to_owned()),
        Verdict::Known => reason.or(found).unwrap_or_else(|| "listed in the baseline".to_owned()),
        Verdict::Skip | Verdict::Error => reason.unwrap_or_else(|| "no reason was given".to_owned()),
        _ => found.or(reason).unwrap_or_else(|| "the requirement is violated".to_owned()),
    }
}

/// One finding with its evidence, as text.
fn evidence(finding: &FindingInfo, case: &str) -> String {
    let reference = &finding.reference;
    let mut out = format!("{}\n", finding.message);
    let mut line = |label: &str, text: &str| {
        if !text.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{label}: {text}");
        }
    };
    // The evidence of a finding that several cases share is the first one's.
    line("shown by", if finding.case == case { "" } else { &finding.case });
    line("where", format!("{} {}", finding.operation, finding.pointer.as_deref().unwrap_or_default()).trim());
    line("expected", &finding.expected);
    line("actual", &finding.actual);
    let quote = reference.quote.as_ref().map(|quote| format!(": \"{quote}\"")).unwrap_or_default();
    line("because", &format!("{} ({}){quote}", reference.title, reference.basis.word()));
    line("source", &reference.source);
    line("fix", &finding.help);
    line("repeat", &finding.curl);
    out
}

fn text(text: &str) -> XmlString {
    XmlString::new(printable_in_xml(text))
}

/// For attributes: a parser turns a line end in an attribute into a space.
fn one_line(line: &str) -> XmlString {
    text(&line.replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::report::fixture::{finding, hostile_report, outcome, report, snapshot, with_verdicts};
    use crate::rule::Level;

    #[test]
    fn the_junit_form() {
        snapshot("junit", &render(&report()).unwrap());
    }

    #[rstest]
    #[case(false)]
    #[case(true)]
    fn counts_equal_the_summary(#[case] strict: bool) {
        let mut report = report();
        report.run.strict = strict;
        let xml = quick_junit::Report::deserialize_from_str(&render(&report).unwrap()).unwrap();
        let of = |verdicts: &[Verdict]| verdicts.iter().map(|&v| report.summary.count(v)).sum::<usize>();
        assert_eq!(xml.tests, of(&Verdict::ALL));
        assert_eq!(
            xml.failures,
            of(&[Verdict::Fail, Verdict::Fixed]) + if strict { of(&[Verdict::Warn]) } else { 0 }
        );
        assert_eq!(xml.errors, of(&[Verdict::Error]));
        assert_eq!(xml.skipped, of(&[Verdict::Skip, Verdict::Known]));
        assert_eq!(xml.tests, xml.test_suites.iter().map(|s| s.tests).sum::<usize>());
    }

    #[test]
    fn what_hangs_below_a_fatal_cause_is_an_error_in_its_words() {
        let mut report = with_verdicts("");
        let (case, rule, why) = ("acme::StopJob::x", "cancel/x", "every answer is an HTML page");
        report.outcomes.push(outcome("acme", case, rule, Verdict::Error, Some(why)));
        let below = finding("acme", rule, Level::Fail, case, 1);
        report.findings.push(FindingInfo { cause: Some("markup".into()), ..below });
        let xml = render(&report).unwrap();
        assert!(xml.contains("failures=\"0\""), "{xml}");
        assert!(xml.contains("<error message=\"every answer is an HTML page\" type=\"cancel/x\">"), "{xml}");
        assert!(xml.contains("actual: STOPPED"), "{xml}");
    }

    #[test]
    fn a_vendor_without_outcomes_has_an_empty_suite() {
        let xml = quick_junit::Report::deserialize_from_str(&render(&with_verdicts("")).unwrap()).unwrap();
        assert_eq!(xml.test_suites.iter().map(|s| s.tests).collect::<Vec<_>>(), [0, 0]);
    }

    proptest! {
        #[test]
        fn any_text_gives_xml_that_can_be_read(report in hostile_report()) {
            let xml = render(&report).unwrap();
            let valid = |c: char| matches!(c,
                '\n' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
            prop_assert!(xml.chars().all(valid), "{xml:?}");
            let read = quick_junit::Report::deserialize_from_str(&xml);
            prop_assert_eq!(read.map(|r| r.tests).map_err(|e| e.to_string()), Ok(report.outcomes.len()));
        }
    }
}
