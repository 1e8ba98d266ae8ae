//! The bar that a run has to reach to have a verdict: how much of what was to be judged was judged.

use super::model::{LedgerRow, Report};
use super::tally::{Tally, by_group, by_role, counts, group, is_left_out, vendors};
use crate::rule::Why;

/// How much of a group has to be judged, as `--require` and a target file say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// The group of rules.
    pub group: String,
    /// The least part of it, in percent.
    pub percent: u8,
}

impl Bar {
    /// Reads `GROUP` (all of it) or `GROUP=N%`; `groups` are those that there are.
    ///
    /// # Errors
    /// Says what is wrong with the text, and what may be meant.
    pub fn parse(text: &str, groups: &[&str]) -> Result<Bar, String> {
        let (group, percent) = match text.split_once('=') {
            None => (text, Some(100)),
            Some((group, part)) => {
                let number = part.strip_suffix('%').unwrap_or(part).parse().ok();
                (group, number.filter(|percent| (1..=100).contains(percent)))
            }
        };
        let percent = percent.ok_or_else(|| format!("`{text}`: write GROUP=N% with N from 1 to 100"))?;
        if !groups.contains(&group) {
            return Err(format!("`{group}` is no group of rules; there are: {}", groups.join(", ")));
        }
        Ok(Bar { group: group.to_owned(), percent })
    }
}

impl std::fmt::Display for Bar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.percent == 100 {
            write!(f, "{}", self.group)
        } else {
            write!(f, "{}={}%", self.group, self.percent)
        }
    }
}

/// Something that keeps a run below its bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// The vendor; empty where it concerns the whole run.
    pub vendor: String,
    /// What was judged too little, in words: `cancel`, `the role list`, or empty where nothing was judged at all.
    pub what: String,
    /// How many requirements were judged.
    pub judged: usize,
    /// How many there are.
    pub of: usize,
    /// How much was asked for, in percent; none where anything would have done.
    pub percent: Option<u8>,
    /// The main reason.
    pub why: Option<Why>,
}

impl std::fmt::Display for Shortfall {
    /// What falls short and why, without the vendor.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Shortfall { what, judged, of, .. } = self;
        match self.percent {
            Some(_) if *of == 0 => write!(f, "{what} is required, and there is nothing of it in this run")?,
            Some(100) => write!(f, "all of {what} is required, and {judged} of {of} were judged")?,
            Some(percent) => {
                write!(f, "{percent}% of {what} is required, and {judged} of {of} were judged")?;
            }
            None if what.is_empty() => write!(f, "nothing was judged")?,
            None => write!(f, "nothing of {what} was judged")?,
        }
        self.why.as_ref().map_or(Ok(()), |why| write!(f, " ({})", why.brief()))
    }
}

/// What keeps the run of a report below its bar. A report without a ledger, of format 1, has none.
pub fn shortfalls(report: &Report) -> Vec<Shortfall> {
    if report.format < 2 {
        return Vec::new();
    }
    let (ledger, require) = (report.ledger.as_slice(), report.run.require.as_slice());
    let mut found: Vec<Shortfall> =
        vendors(report).into_iter().flat_map(|vendor| of_vendor(ledger, vendor, require)).collect();
    found.extend(require.iter().filter_map(|text| of_nobody(ledger, text)));
    if found.is_empty() && ledger.iter().all(|row| row.judged == 0) {
        // Nothing could be judged at all, whatever the reasons: a gate that judges nothing must not look open.
        let why = ledger.iter().flat_map(|row| &row.why_not).map(|not| not.why.clone()).next();
        found.push(Shortfall { why, ..short("", "", &Tally::default(), None) });
    }
    found
}

/// What keeps a vendor below the bar.
pub fn of_vendor(ledger: &[LedgerRow], vendor: &str, require: &[String]) -> Vec<Shortfall> {
    let groups = by_group(ledger, vendor);
    let judged: usize = groups.values().map(|tally| tally.judged).sum();
    let of: usize = groups.values().map(|tally| tally.of).sum();
    let mut found = Vec::new();
    if judged == 0 && of > 0 {
        let why_not = groups.values().flat_map(|tally| tally.why_not.clone()).collect();
        found.push(short(vendor, "", &Tally { judged, of, why_not, is_choice: false }, None));
    } else if require.is_empty() {
        // What the target allows, and nothing was judged of.
        let is_empty = |tally: &Tally| tally.judged == 0 && tally.of > 0 && !tally.is_choice;
        let empty = groups.iter().filter(|(_, tally)| is_empty(tally));
        found.extend(empty.map(|(group, tally)| short(vendor, group, tally, None)));
        let roles = by_role(ledger, vendor);
        for (role, tally) in roles.iter().filter(|(_, tally)| is_empty(tally)) {
            // A group of the same name says it already.
            if found.iter().all(|short| short.what != *role) {
                found.push(short(vendor, &format!("the role {role}"), tally, None));
            }
        }
    }
    if !ledger.iter().any(|row| row.vendor == vendor && !is_left_out(row)) {
        return found;
    }
    for text in require {
        // What is asked for was read before the run: a group that a vendor has nothing in asks for nothing of it.
        let name = text.split('=').next().unwrap_or_default();
        let Ok(bar) = Bar::parse(text, &[name]) else { continue };
        let tally = groups.get(name).cloned().unwrap_or_else(|| left_out(ledger, vendor, name));
        if tally.judged * 100 < tally.of * usize::from(bar.percent) {
            found.push(short(vendor, name, &tally, Some(bar.percent)));
        }
    }
    found
}

/// A group that is asked for, and that no vendor of the run has anything in.
fn of_nobody(ledger: &[LedgerRow], text: &str) -> Option<Shortfall> {
    let name = text.split('=').next().unwrap_or_default();
    let bar = Bar::parse(text, &[name]).ok()?;
    let is_there = ledger.iter().any(|row| group(row) == name);
    (!is_there).then(|| short("", name, &Tally::default(), Some(bar.percent)))
}

/// The tally of a group of which nothing counts, where some of it was left out by choice: who asks for it cannot leave
/// it out.
fn left_out(ledger: &[LedgerRow], vendor: &str, name: &str) -> Tally {
    let own = ledger.iter().filter(|row| row.vendor == vendor && group(row) == name && !counts(row));
    let of = own.filter(|row| row.why_not.iter().any(|not| matches!(not.why, Why::LeftOut))).count();
    Tally { judged: 0, of, why_not: vec![Why::LeftOut], is_choice: true }
}

fn short(vendor: &str, what: &str, tally: &Tally, percent: Option<u8>) -> Shortfall {
    Shortfall {
        vendor: vendor.to_owned(),
        what: what.to_owned(),
        judged: tally.judged,
        of: tally.of,
        percent,
        why: tally.why_not.first().cloned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::contract::operation::Role;
    use crate::report::fixture::{row, unallowed, undocumented, with_ledger};

    #[rstest]
    #[case("cancel", "cancel")]
    #[case("cancel=100%", "cancel")]
    #[case("cancel=80%", "cancel=80%")]
    #[case("cancel=80", "cancel=80%")]
    fn bars_are_read(#[case] text: &str, #[case] read: &str) {
        assert_eq!(Bar::parse(text, &["fields", "cancel"]).unwrap().to_string(), read);
    }

    #[rstest]
    #[case("cancel=0%", "write GROUP=N%")]
    #[case("cancel=101%", "write GROUP=N%")]
    #[case("cancel=", "write GROUP=N%")]
    #[case("cancel=most", "write GROUP=N%")]
    #[case("cancle", "there are: fields, cancel")]
    #[case("", "there are: fields, cancel")]
    fn what_is_no_bar(#[case] text: &str, #[case] why: &str) {
        let told = Bar::parse(text, &["fields", "cancel"]).unwrap_err();
        assert!(told.contains(why), "{told}");
    }

    /// What falls short in a run over this ledger.
    fn told(ledger: Vec<LedgerRow>, require: &[&str]) -> Vec<String> {
        let mut report = with_ledger(ledger);
        report.run.require = require.iter().map(|&text| text.to_owned()).collect();
        shortfalls(&report).iter().map(ToString::to_string).collect()
    }

    fn no_job() -> Why {
        Why::NoJob { states: vec!["RUNNING".into()], facets: String::new(), foreign: false, tried: true }
    }

    #[test]
    fn nothing_judged_is_below_every_bar() {
        let cancel = || row("cancel/a", Role::Cancel, 0, &[(unallowed("cancel"), 1)]);
        let nothing = "nothing was judged (not allowed: cancel)";
        assert_eq!(told(vec![cancel()], &[]), [nothing]);
        assert_eq!(
            told(vec![cancel()], &["cancel"]),
            [nothing, "all of cancel is required, and 0 of 1 were judged (not allowed: cancel)"]
        );
        assert_eq!(told(vec![], &[]), ["nothing was judged"]);
        let silent = row("cancel/a", Role::Cancel, 0, &[(undocumented(), 1)]);
        assert_eq!(told(vec![silent], &[]), ["nothing was judged (not documented)"]);
    }

    #[test]
    fn each_group_and_role_that_is_allowed_needs_something() {
        let read = || row("fields/a", Role::Get, 1, &[]);
        let missed = |why: Why| vec![read(), row("cancel/a", Role::Cancel, 0, &[(why, 1)])];
        assert_eq!(told(missed(no_job()), &[]), ["nothing of cancel was judged (no job in RUNNING)"]);
        let list = row("fields/b", Role::List, 0, &[(no_job(), 1)]);
        assert_eq!(
            told(vec![read(), list], &[]),
            ["nothing of the role list was judged (no job in RUNNING)"]
        );
        let lacks = Why::NotGiven { what: "add [other_parent]".into() };
        let fixture =
            Why::NoJob { states: vec!["DONE".into()], facets: String::new(), foreign: false, tried: false };
        for chosen in [unallowed("cancel"), lacks, fixture, Why::LeftOut, undocumented()] {
            assert_eq!(told(missed(chosen), &[]), Vec::<String>::new());
        }
        // Who says what is asked for asks for nothing else.
        assert_eq!(told(missed(no_job()), &["fields"]), Vec::<String>::new());
    }

    #[rstest]
    #[case("cancel=50%", &[])]
    #[case("cancel=51%", &["51% of cancel is required, and 1 of 2 were judged (not allowed: cancel)"])]
    #[case("cancel", &["all of cancel is required, and 1 of 2 were judged (not allowed: cancel)"])]
    #[case("retry", &["retry is required, and there is nothing of it in this run"])]
    #[case("lifecycle", &["all of lifecycle is required, and 0 of 1 were judged (left out)"])]
    #[case("listing", &[])]
    fn what_is_required(#[case] require: &str, #[case] short: &[&str]) {
        let ledger = vec![
            row("cancel/a", Role::Cancel, 1, &[]),
            row("cancel/b", Role::Cancel, 0, &[(unallowed("cancel"), 1)]),
            row("lifecycle/a", Role::Get, 0, &[(Why::LeftOut, 1)]),
            row("listing/a", Role::List, 0, &[(undocumented(), 1)]),
        ];
        assert_eq!(told(ledger, &[require]), short);
    }

    #[test]
    fn a_vendor_of_which_nothing_was_chosen_asks_for_nothing() {
        let own = row("cancel/a", Role::Cancel, 1, &[]);
        let other =
            LedgerRow { vendor: "umbra".into(), ..row("cancel/a", Role::Cancel, 0, &[(Why::LeftOut, 1)]) };
        for require in [&[][..], &["cancel"]] {
            assert_eq!(told(vec![own.clone(), other.clone()], require), Vec::<String>::new());
        }
    }

    #[test]
    fn a_report_of_format_1_has_no_bar() {
        let report = Report { format: 1, ..with_ledger(vec![]) };
        assert_eq!(shortfalls(&report), []);
    }
}
