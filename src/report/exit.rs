//! What a report means to a calling program: one verdict for the whole run, and the exit code for it.

use super::bar::shortfalls;
use super::model::{Report, Verdict};

/// How a whole run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// Nothing that was judged is violated.
    Conforms,
    /// Something is violated, or the baseline lists what is met now.
    DoesNotConform,
    /// Nothing is violated, but something could not be judged, or too little was.
    NoVerdict,
    /// The run was ended before all cases were driven.
    Interrupted,
}

impl End {
    /// How the run of this report ended.
    pub fn of(report: &Report) -> End {
        let is_short = || report.causes.iter().any(|cause| cause.is_fatal) || !shortfalls(report).is_empty();
        End::judged(report, |verdict| report.summary.count(verdict), is_short)
    }

    /// How it ended for one vendor.
    pub fn of_vendor(report: &Report, vendor: &str) -> End {
        let own = report.outcomes.iter().filter(|outcome| outcome.vendor == vendor);
        let count = |verdict| own.clone().filter(|outcome| outcome.verdict == verdict).count();
        let is_short = || {
            report.causes.iter().any(|cause| cause.is_fatal && cause.vendor == vendor)
                || shortfalls(report).iter().any(|short| short.vendor == vendor)
        };
        End::judged(report, count, is_short)
    }

    fn judged(report: &Report, count: impl Fn(Verdict) -> usize, is_short: impl Fn() -> bool) -> End {
        let strict = report.run.strict;
        if report.run.interrupted {
            End::Interrupted
        } else if Verdict::ALL.iter().any(|&verdict| breaks(verdict, strict) && count(verdict) > 0) {
            End::DoesNotConform
        } else if count(Verdict::Error) > 0 || is_short() {
            End::NoVerdict
        } else {
            End::Conforms
        }
    }

    /// The exit code. 2 is missing here: it is for mistakes found before anything is sent, so there is no report.
    pub fn code(self) -> u8 {
        match self {
            End::Conforms => 0,
            End::DoesNotConform => 1,
            End::NoVerdict => 3,
            End::Interrupted => 130,
        }
    }
}

/// Whether one outcome of this verdict is enough for a run not to conform. With `strict` a warning is.
pub fn breaks(verdict: Verdict, strict: bool) -> bool {
    match verdict {
        Verdict::Fail | Verdict::Fixed => true,
        Verdict::Warn => strict,
        Verdict::Pass | Verdict::Note | Verdict::Skip | Verdict::Error | Verdict::Known => false,
    }
}

/// The exit code of a run with this report. The codes never change.
pub fn exit_code(report: &Report) -> u8 {
    End::of(report).code()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::contract::operation::Role;
    use crate::report::fixture::{cause, report, row, unallowed, with_ledger, with_verdicts};
    use crate::rule::Why;

    #[rstest]
    #[case::nothing("", 3)]
    #[case::pass("pass", 0)]
    #[case::only_skips("skip skip", 3)]
    #[case::what_never_fails("pass warn note skip known", 0)]
    #[case::fail("pass fail", 1)]
    #[case::fixed("pass fixed", 1)]
    #[case::fail_beside_error("fail error", 1)]
    #[case::fixed_beside_error("fixed error", 1)]
    #[case::error("error", 3)]
    #[case::error_beside_pass("pass warn note skip known error", 3)]
    #[case::strict_pass("strict pass note skip known", 0)]
    #[case::strict_warn("strict pass warn", 1)]
    #[case::strict_warn_beside_error("strict warn error", 1)]
    #[case::strict_error("strict error", 3)]
    #[case::interrupted("interrupted pass", 130)]
    #[case::interrupted_beside_fail("interrupted fail error", 130)]
    fn codes_are_frozen(#[case] run: &str, #[case] code: u8) {
        assert_eq!(exit_code(&with_verdicts(run)), code);
        assert_eq!(End::of_vendor(&with_verdicts(run), "acme").code(), if run.is_empty() { 0 } else { code });
    }

    /// As they were before there was a ledger.
    #[rstest]
    #[case("", 0)]
    #[case("skip", 0)]
    #[case("pass", 0)]
    #[case("pass fail", 1)]
    #[case("error", 3)]
    fn codes_of_reports_of_format_1(#[case] run: &str, #[case] code: u8) {
        let report = Report { format: 1, ledger: Vec::new(), ..with_verdicts(run) };
        assert_eq!(exit_code(&report), code);
    }

    #[rstest]
    #[case::not_allowed(unallowed("cancel"), &[], 0)]
    #[case::not_given(Why::NotGiven { what: "add [other_parent]".into() }, &[], 0)]
    #[case::left_out(Why::LeftOut, &[], 0)]
    #[case::allowed(Why::NotSeen { sought: "a cancel".into() }, &[], 3)]
    #[case::met(unallowed("cancel"), &["fields"], 0)]
    #[case::not_met(unallowed("cancel"), &["fields", "cancel=1%"], 3)]
    fn too_little_judged_is_no_verdict(#[case] why: Why, #[case] require: &[&str], #[case] code: u8) {
        let mut report = with_ledger(vec![
            row("fields/a", Role::Get, 2, &[]),
            row("cancel/a", Role::Cancel, 0, &[(why, 1)]),
        ]);
        report.run.require = require.iter().map(|&text| text.to_owned()).collect();
        assert_eq!(exit_code(&report), code);
        report.summary = with_verdicts("fail").summary;
        assert_eq!(exit_code(&report), 1, "a failure is one, however much was judged");
    }

    #[rstest]
    #[case(true, 3)]
    #[case(false, 0)]
    fn a_fatal_cause_is_no_verdict(#[case] is_fatal: bool, #[case] code: u8) {
        let mut report = with_verdicts("pass");
        report.causes.push(crate::report::model::Cause { is_fatal, ..cause() });
        assert_eq!(exit_code(&report), code);
    }

    #[test]
    fn the_fixture_does_not_conform() {
        assert_eq!(End::of(&report()), End::DoesNotConform);
        assert_eq!(End::of_vendor(&report(), "umbra"), End::DoesNotConform);
    }
}
