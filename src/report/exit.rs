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
        let strict = report.run.strict;
        if report.run.interrupted {
            End::Interrupted
        } else if Verdict::ALL.iter().any(|&v| breaks(v, strict) && report.summary.count(v) > 0) {
            End::DoesNotConform
        } else if report.causes.iter().any(|cause| cause.is_fatal)
            || report.summary.count(Verdict::Error) > 0
            || !shortfalls(report).is_empty()
        {
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
    use crate::report::fixture::{report, with_verdicts};

    #[rstest]
    #[case::nothing("", 0)]
    #[case::pass("pass", 0)]
    #[case::only_skips("skip skip", 0)]
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
    }

    #[test]
    fn the_fixture_does_not_conform() {
        assert_eq!(End::of(&report()), End::DoesNotConform);
    }
}
