//! What was judged and what was not, in a few words.

use crate::report::model::Report;
use crate::report::sort::rank;
use crate::report::tally::{Tally, by_group, by_role};
use crate::rule::Why;

/// The groups of a vendor with how much of each was judged: the complete ones, then the others with their main reasons.
/// None where nothing was asked for.
pub(super) fn judged(report: &Report, vendor: &str) -> Option<String> {
    let mut groups: Vec<(&str, Tally)> = by_group(&report.ledger, vendor).into_iter().collect();
    // Stable: the others stay in alphabetical order.
    groups.sort_by_key(|(group, _)| rank(group));
    let (complete, others): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(_, tally)| tally.is_complete());
    let parts = [complete, others].map(|part| part.iter().map(one).collect::<Vec<_>>().join(", "));
    let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    (!text.is_empty()).then_some(text)
}

fn one((group, tally): &(&str, Tally)) -> String {
    let why = tally.why_not.first().map(|why| format!(" ({})", why.brief())).unwrap_or_default();
    format!("{group} {} of {}{why}", tally.judged, tally.of)
}

/// Why no cancel of a vendor was judged, where it should have been. It is what this suite exists for, so it is said in so
/// many words.
pub(super) fn uncancelled(report: &Report, vendor: &str) -> Option<String> {
    let roles = by_role(&report.ledger, vendor);
    let tally = roles.get("cancel").filter(|tally| tally.judged == 0)?;
    let why = tally.why_not.first()?;
    Some(match why {
        Why::NotAllowed { words } => {
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            format!("the target file does not allow {}", words.join(" and "))
        }
        other => other.brief(),
    })
}
