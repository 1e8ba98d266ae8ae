//! Where a fact comes from, and how sure it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How sure a fact is; later variants are surer, so bases compare with `<`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// A deduction of the contract's author. It can warn, never fail.
    Inferred,
    /// Seen on a real server or in real traffic. It can warn, never fail.
    Observed,
    /// Vouched for by the owner of the API, in a contract of their own or in a target file. There is no source that
    /// others could read, but the one whose word it is decides how the API behaves.
    Asserted,
    /// Stated by an SDK or a machine-readable specification of the vendor.
    Modelled,
    /// Stated in prose by the vendor.
    Documented,
}

impl Basis {
    /// Whether a MUST that rests on this basis may fail a release: it is more than a guess of the contract's author.
    pub fn can_fail(self) -> bool {
        self >= Basis::Asserted
    }

    /// The word used in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Basis::Documented => "documented",
            Basis::Modelled => "modelled",
            Basis::Asserted => "asserted",
            Basis::Observed => "observed",
            Basis::Inferred => "inferred",
        }
    }
}

/// One place a fact was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Name of the page, package or section.
    pub title: String,
    /// Where to find it: an address, a file, a package with its version.
    pub source: String,
    /// How sure it is.
    pub basis: Basis,
    /// The words it rests on, where the source has words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// The day it was read, as `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_never_fails_and_an_owners_word_does() {
        let surer = [Basis::Inferred, Basis::Observed, Basis::Asserted, Basis::Modelled, Basis::Documented];
        assert!(surer.is_sorted());
        assert_eq!(surer.map(Basis::can_fail), [false, false, true, true, true]);
        for basis in surer {
            assert_eq!(serde_json::to_value(basis).unwrap(), basis.word());
        }
    }
}
