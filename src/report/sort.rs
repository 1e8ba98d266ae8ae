//! The order of a report, and what is told once instead of many times.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::model::{Also, FindingInfo, NotTested, Outcome, Verdict};

/// Orders outcomes by vendor, case and rule.
pub fn sort_outcomes(outcomes: &mut [Outcome]) {
    outcomes.sort_by(|a, b| {
        (&a.vendor, &a.case, &a.rule, a.verdict).cmp(&(&b.vendor, &b.case, &b.rule, b.verdict))
    });
}

/// One finding for each habit: what has the same vendor, rule, reference, kind and level is one, however many members,
/// operations and cases show it. The first stays, the others go into its `also`. Ordered by vendor, gravity (the gravest
/// first), group (cancels and lifecycles first), rule, case and exchange. Merging again changes nothing, so the findings
/// of several reports can be merged too.
pub fn merge_findings(mut findings: Vec<FindingInfo>) -> Vec<FindingInfo> {
    findings.sort_by_cached_key(key);
    let mut seen = BTreeMap::new();
    let mut merged: Vec<FindingInfo> = Vec::with_capacity(findings.len());
    for finding in findings {
        match seen.get(&habit(&finding)).and_then(|&at: &usize| merged.get_mut(at)) {
            Some(first) => {
                first.also.push(also(&finding));
                first.also.extend(finding.also);
            }
            None => {
                seen.insert(habit(&finding), merged.len());
                merged.push(finding);
            }
        }
    }
    for finding in &mut merged {
        let own = also(finding);
        let others: BTreeSet<Also> = std::mem::take(&mut finding.also).into_iter().collect();
        finding.also = others.into_iter().filter(|other| *other != own).collect();
    }
    merged
}

/// What makes two findings one habit. Findings of format 1 have no kind: there the fingerprint does.
fn habit(finding: &FindingInfo) -> impl Ord + use<> {
    let what = if finding.kind.is_empty() { &finding.fingerprint } else { &finding.kind };
    let reference = finding.reference.id.clone();
    (
        finding.vendor.clone(),
        finding.rule.clone(),
        reference,
        what.clone(),
        finding.level,
        finding.cause.clone(),
    )
}

/// A finding as one more place where a habit shows.
fn also(finding: &FindingInfo) -> Also {
    Also {
        case: finding.case.clone(),
        operation: finding.operation.clone(),
        pointer: finding.pointer.clone(),
        about: finding.about.clone(),
        fingerprint: finding.fingerprint.clone(),
    }
}

/// The groups whose findings stand first: they are what this suite exists for.
const FIRST: [&str; 3] = ["cancel", "lifecycle", "retry"];

/// Where a rule or its group stands in reports.
pub(super) fn rank(rule: &str) -> usize {
    let group = rule.split('/').next().unwrap_or_default();
    FIRST.iter().position(|first| *first == group).unwrap_or(FIRST.len())
}

/// What findings are ordered by. The last parts only break ties, so that the order never depends on the input's.
fn key(finding: &FindingInfo) -> impl Ord + use<> {
    // `#10` comes after `#2`.
    let number = finding.exchange.rsplit('#').next().and_then(|n| n.parse::<u64>().ok());
    let tie = [&finding.exchange, &finding.fingerprint, &finding.message, &finding.expected, &finding.actual];
    let rank = rank(&finding.rule);
    (
        (finding.vendor.clone(), Reverse(finding.level), rank, finding.rule.clone(), finding.case.clone()),
        (number, finding.pointer.clone(), tie.map(Clone::clone)),
    )
}

/// What was not tested: for each vendor the reasons of its skips and errors, those that concern most outcomes first.
pub fn not_tested(outcomes: &[Outcome]) -> Vec<NotTested> {
    let mut reasons: BTreeMap<(&str, &str), (usize, BTreeSet<&str>)> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|o| matches!(o.verdict, Verdict::Skip | Verdict::Error)) {
        let reason = outcome.reason.as_deref().unwrap_or("no reason was given");
        let (number, cases) = reasons.entry((&outcome.vendor, reason)).or_default();
        *number += 1;
        cases.insert(&outcome.case);
    }
    let mut list: Vec<NotTested> = reasons
        .into_iter()
        .map(|((vendor, reason), (outcomes, cases))| NotTested {
            vendor: vendor.to_owned(),
            reason: reason.to_owned(),
            outcomes,
            cases: cases.into_iter().map(str::to_owned).collect(),
        })
        .collect();
    // Stable: reasons of the same weight stay in alphabetical order.
    list.sort_by(|a, b| (&a.vendor, Reverse(a.outcomes)).cmp(&(&b.vendor, Reverse(b.outcomes))));
    list
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::fixture::{finding, outcome, report};
    use crate::report::model::ReferenceInfo;
    use crate::rule::{About, Level};

    #[test]
    fn the_same_finding_is_told_once() {
        let merged = merge_findings(vec![
            finding("acme", "r/a", Level::Fail, "c2", 1),
            finding("acme", "r/a", Level::Fail, "c1", 10),
            finding("acme", "r/a", Level::Fail, "c1", 2),
            finding("acme", "r/a", Level::Warn, "c1", 2),
            finding("umbra", "r/a", Level::Fail, "c1", 2),
        ]);
        let told: Vec<_> =
            merged.iter().map(|f| (&*f.vendor, f.level, &*f.exchange, elsewhere(f).join(" "))).collect();
        assert_eq!(
            told,
            [
                ("acme", Level::Fail, "c1#2", "c2".to_owned()),
                ("acme", Level::Warn, "c1#2", String::new()),
                ("umbra", Level::Fail, "c1#2", String::new()),
            ]
        );
    }

    /// The cases of a finding's other places.
    fn elsewhere(finding: &FindingInfo) -> Vec<&str> {
        finding.also.iter().map(|also| also.case.as_str()).collect()
    }

    #[test]
    fn a_habit_is_told_once_whatever_shows_it() {
        let one = || finding("acme", "fields/a", Level::Fail, "c1", 1);
        let operation = "GetJob".to_owned();
        let other = |reference: &str| FindingInfo {
            reference: ReferenceInfo { id: reference.into(), ..one().reference },
            ..one()
        };
        let merged = merge_findings(vec![
            one(),
            FindingInfo { pointer: Some("/b".into()), ..one() },
            FindingInfo { about: Some(About::Member("c".into())), ..one() },
            FindingInfo { operation, ..one() },
            other("another-page"),
            FindingInfo { kind: "gone".into(), ..one() },
            FindingInfo { cause: Some("markup".into()), ..one() },
            FindingInfo { kind: String::new(), fingerprint: "1".into(), ..one() },
            FindingInfo { kind: String::new(), fingerprint: "2".into(), ..one() },
        ]);
        let others: Vec<usize> = merged.iter().map(|finding| finding.also.len()).collect();
        assert_eq!((others.len(), others.iter().sum::<usize>()), (6, 3), "{merged:#?}");
    }

    #[test]
    fn cancels_and_lifecycles_stand_first() {
        let of = |rule: &str, level| finding("acme", rule, level, "c1", 1);
        let merged = merge_findings(vec![
            of("auth/a", Level::Fail),
            of("retry/a", Level::Fail),
            of("lifecycle/a", Level::Fail),
            of("cancel/a", Level::Fail),
            of("cancel/a", Level::Warn),
        ]);
        let rules: Vec<&str> = merged.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, ["cancel/a", "lifecycle/a", "retry/a", "auth/a", "cancel/a"]);
    }

    #[test]
    fn every_skip_and_error_has_its_reason() {
        let list = not_tested(&[
            outcome("acme", "c1", "r/a", Verdict::Skip, Some("no job")),
            outcome("acme", "c1", "r/b", Verdict::Error, Some("no job")),
            outcome("acme", "c0", "r/b", Verdict::Skip, Some("no job")),
            outcome("acme", "c2", "r/b", Verdict::Error, None),
            outcome("acme", "c3", "r/b", Verdict::Pass, Some("not a reason")),
        ]);
        let told: Vec<_> = list.iter().map(|n| (&*n.reason, n.outcomes, n.cases.join(" "))).collect();
        assert_eq!(told, [("no job", 3, "c0 c1".to_owned()), ("no reason was given", 1, "c2".to_owned())]);
    }

    #[test]
    fn the_fixture_is_in_order() {
        let report = report();
        let mut outcomes = report.outcomes.clone();
        sort_outcomes(&mut outcomes);
        assert_eq!(outcomes, report.outcomes);
        assert_eq!(merge_findings(report.findings.clone()), report.findings);
    }

    fn some_findings() -> impl Strategy<Value = Vec<FindingInfo>> {
        let level = prop_oneof![Just(Level::Note), Just(Level::Warn), Just(Level::Fail)];
        let one = ("[ab]", "[rs]/x", level, "c[1-4]", 0usize..12)
            .prop_map(|(vendor, rule, level, case, n)| finding(&vendor, &rule, level, &case, n));
        proptest::collection::vec(one, 0..24)
    }

    proptest! {
        #[test]
        fn merging_depends_on_no_order_and_ends(findings in some_findings()) {
            let merged = merge_findings(findings.clone());
            let reversed = merge_findings(findings.iter().rev().cloned().collect());
            prop_assert_eq!(&merged, &reversed);
            prop_assert_eq!(&merge_findings(merged.clone()), &merged);
            let parts = findings.split_at(findings.len() / 2);
            let parts = [merge_findings(parts.0.to_vec()), merge_findings(parts.1.to_vec())].concat();
            prop_assert_eq!(&merge_findings(parts), &merged);
            let shown = |list: &[FindingInfo]| -> BTreeSet<(String, String, Level, String)> {
                list.iter().flat_map(|f| {
                    f.cases().into_iter().map(|c| (f.vendor.clone(), f.rule.clone(), f.level, c.to_owned()))
                }).collect()
            };
            prop_assert_eq!(shown(&findings), shown(&merged), "no case is lost");
        }
    }
}
