//! A name for a finding that stays the same from run to run.

use sha2::{Digest, Sha256};

use crate::rule::About;

/// What makes a finding the one it is. Words, ids, times, order, limits and pace are no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'f> {
    /// The vendor.
    pub vendor: &'f str,
    /// The edition of the contract, where there are several.
    pub edition: Option<&'f str>,
    /// The rule.
    pub rule: &'f str,
    /// The operation.
    pub operation: &'f str,
    /// Where in the response body.
    pub pointer: Option<&'f str>,
    /// What kind of violation it is.
    pub kind: &'f str,
    /// What it is about.
    pub about: Option<&'f About>,
}

impl Identity<'_> {
    /// The fingerprint: 16 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        let pointer = self.pointer.map(steady_pointer).unwrap_or_default();
        let about = self.about.and_then(|about| serde_json::to_string(about).ok()).unwrap_or_default();
        let edition = self.edition.unwrap_or_default();
        let mut hash = Sha256::new();
        for part in [self.vendor, edition, self.rule, self.operation, &pointer, self.kind, &about] {
            // The length keeps `ab` + `c` apart from `a` + `bc`.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The pointer with `*` for every array index.
pub(super) fn steady_pointer(pointer: &str) -> String {
    let steady = |segment: &str| {
        let index = !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit());
        if index { "*".to_owned() } else { segment.to_owned() }
    };
    pointer.split('/').map(steady).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn one() -> Identity<'static> {
        Identity {
            vendor: "v",
            edition: None,
            rule: "cancel/x",
            operation: "Stop",
            pointer: Some("/jobs/0/state"),
            kind: "moved",
            about: None,
        }
    }

    #[rstest]
    #[case("/items/3/status", "/items/*/status")]
    #[case("/items/3a", "/items/3a")]
    #[case("", "")]
    #[case("/", "/")]
    fn indices_become_stars(#[case] pointer: &str, #[case] expected: &str) {
        assert_eq!(steady_pointer(pointer), expected);
    }

    /// A baseline holds fingerprints: a change here makes every baseline stale.
    #[test]
    fn it_is_frozen() {
        insta::assert_snapshot!(one().fingerprint(), @"952cc4b5f5cab6fc");
    }

    #[test]
    fn every_part_counts() {
        let about = About::State("DONE -> STOPPED".into());
        let others = [
            Identity { vendor: "w", ..one() },
            Identity { edition: Some("2024"), ..one() },
            Identity { rule: "cancel/y", ..one() },
            Identity { operation: "Get", ..one() },
            Identity { pointer: None, ..one() },
            Identity { kind: "stayed", ..one() },
            Identity { about: Some(&about), ..one() },
            Identity { vendor: "vcancel/x", rule: "", ..one() },
        ];
        assert!(others.iter().all(|other| other.fingerprint() != one().fingerprint()));
    }

    proptest! {
        #[test]
        fn any_text_has_one(vendor in ".*", pointer in proptest::option::of(".*")) {
            let identity = Identity { vendor: &vendor, pointer: pointer.as_deref(), ..one() };
            let text = identity.fingerprint();
            prop_assert_eq!(text.len(), 16);
            prop_assert!(text.bytes().all(|b| b.is_ascii_hexdigit()));
        }

        #[test]
        fn places_in_lists_make_no_difference(i in 0usize..99, j in 0usize..99) {
            let of = |i: usize| {
                let pointer = format!("/jobs/{i}/id");
                Identity { pointer: Some(&pointer), ..one() }.fingerprint()
            };
            prop_assert_eq!(of(i), of(j));
        }
    }
}
