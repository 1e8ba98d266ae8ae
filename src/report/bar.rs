//! The bar that a run has to reach to have a verdict: how much of what was to be judged was judged.

use super::model::Report;
use super::tally::{Tally, by_group, by_role};
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
    /// The vendor.
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

/// What keeps the run of a report below its bar. A report without a ledger, of format 1, has none.
pub fn shortfalls(report: &Report) -> Vec<Shortfall> {
    let mut found = Vec::new();
    let mut vendors: Vec<&str> = report.contracts.iter().map(|contract| contract.vendor.as_str()).collect();
    vendors.dedup();
    if report.format < 2 {
        return found;
    }
    let short = |vendor: &str, what: String, tally: &Tally, percent: Option<u8>| Shortfall {
        vendor: vendor.to_owned(),
        what,
        judged: tally.judged,
        of: tally.of,
        percent,
        why: tally.why_not.first().cloned(),
    };
    for vendor in vendors {
        let groups = by_group(report, vendor);
        let judged: usize = groups.values().map(|tally| tally.judged).sum();
        let of: usize = groups.values().map(|tally| tally.of).sum();
        let is_chosen = report.ledger.iter().any(|row| row.vendor == vendor);
        if judged == 0 && is_chosen && report.run.require.is_empty() {
            let why_not = groups.values().flat_map(|tally| tally.why_not.clone()).collect();
            found.push(short(vendor, String::new(), &Tally { judged, of, why_not, is_choice: false }, None));
            continue;
        }
        if report.run.require.is_empty() {
            // What the target allows, and nothing was judged of.
            let is_empty = |tally: &&Tally| tally.judged == 0 && tally.of > 0 && !tally.is_choice;
            let empty = groups.iter().filter(|(_, tally)| is_empty(tally));
            found.extend(empty.map(|(group, tally)| short(vendor, (*group).to_owned(), tally, None)));
            let roles = by_role(report, vendor);
            let empty = roles.iter().filter(|(_, tally)| is_empty(tally));
            found.extend(empty.map(|(role, tally)| short(vendor, format!("the role {role}"), tally, None)));
        }
        let names: Vec<&str> = groups.keys().copied().collect();
        for text in &report.run.require {
            // What is asked for was read before the run: a group that a vendor has nothing in asks for nothing of it.
            let Ok(bar) = Bar::parse(text, &names) else { continue };
            let Some(tally) = groups.get(bar.group.as_str()) else { continue };
            if tally.judged * 100 < tally.of * usize::from(bar.percent) {
                found.push(short(vendor, bar.group.clone(), tally, Some(bar.percent)));
            }
        }
    }
    found
}
