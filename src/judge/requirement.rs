//! What should be judged: a rule, on an operation, by a row of a table where one says what is right.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::contract::cancel::RowId;
use crate::rule::Rule;

/// One thing that should be judged. Requirements are derived from the contract and the rules: by the cases, which say
/// for which rules they are made, so that for each requirement there is a way to test it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement {
    /// The rule's id.
    pub rule: &'static str,
    /// The operation.
    pub operation: String,
    /// The row of the cancel or the retry table, where it is about one.
    pub row: Option<RowId>,
}

impl Requirement {
    /// The part of the rule's id before the slash.
    pub fn group(&self) -> &'static str {
        self.rule.split('/').next().unwrap_or_default()
    }
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} @ {}", self.rule, self.operation)?;
        self.row.as_ref().map_or(Ok(()), |row| write!(f, " [{row}]"))
    }
}

/// The requirements of cases under rules, each with the places of the cases that are made for it.
pub fn requirements<'c>(
    cases: impl IntoIterator<Item = &'c Case>,
    rules: &[&'static dyn Rule],
) -> BTreeMap<Requirement, Vec<usize>> {
    let mut found: BTreeMap<Requirement, Vec<usize>> = BTreeMap::new();
    for (place, case) in cases.into_iter().enumerate() {
        for rule in case.rules.iter().filter(|id| rules.iter().any(|rule| rule.meta().id == **id)) {
            found.entry(case.requires(rule)).or_default().push(place);
        }
    }
    found
}

impl Case {
    /// The requirement that the case is to bring evidence for under one of its rules.
    pub fn requires(&self, rule: &'static str) -> Requirement {
        Requirement { rule, operation: self.operation.clone(), row: self.row.clone() }
    }
}
