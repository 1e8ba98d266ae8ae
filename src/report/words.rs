//! Small pieces of wording that several renderers share.

use super::model::ContractInfo;

/// What stands for the rule where a case could not be driven at all and was made for no rule.
pub(super) const NO_RULE: &str = "not driven";

/// The number with its noun, the noun in the right form: `1 request`, `2 requests`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A length of time, given in milliseconds, as people say it.
pub(super) fn length(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        // Below a minute tenths count; cut, not rounded, so that 59.99 s never reads 60.0 s.
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        60_000..3_600_000 => format!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1_000),
        _ => format!("{} h {} min", milliseconds / 3_600_000, milliseconds % 3_600_000 / 60_000),
    }
}

/// A vendor with the editions that were judged: `vendor [edition]`, or `vendor` alone.
pub(super) fn vendor_with_editions<'c>(
    vendor: &str,
    contracts: impl IntoIterator<Item = &'c ContractInfo>,
) -> String {
    let mut editions: Vec<&str> = Vec::new();
    for contract in contracts.into_iter().filter(|c| c.vendor == vendor) {
        editions.extend(contract.edition.as_deref().filter(|edition| !editions.contains(edition)));
    }
    if editions.is_empty() { vendor.to_owned() } else { format!("{vendor} [{}]", editions.join(", ")) }
}

/// A rule's group: the part of its id before the slash.
pub(super) fn group(rule: &str) -> &str {
    match rule.split('/').next() {
        None | Some("") => NO_RULE,
        Some(group) => group,
    }
}

/// The rule's id, or words for its absence.
pub(super) fn rule(rule: &str) -> &str {
    if rule.is_empty() { NO_RULE } else { rule }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "0 cases")]
    #[case(1, "1 case")]
    #[case(2, "2 cases")]
    fn nouns_agree_with_numbers(#[case] number: usize, #[case] text: &str) {
        assert_eq!(count(number, "case"), text);
    }

    #[rstest]
    #[case(0, "0 ms")]
    #[case(999, "999 ms")]
    #[case(1_249, "1.2 s")]
    #[case(59_999, "59.9 s")]
    #[case(60_000, "1 min 0 s")]
    #[case(3_725_000, "1 h 2 min")]
    fn lengths_of_time(#[case] milliseconds: u64, #[case] text: &str) {
        assert_eq!(length(milliseconds), text);
    }
}
