//! Which word someone may have meant.

use std::iter::once;

/// The candidate most like `word`, if any is alike enough to be what was meant.
///
/// Letter case and `-` for `_` do not count as differences; swapped neighbours count as one. About
/// one difference in three letters is let pass. Of equally near candidates the first is taken.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = folded(word);
    let near = candidates.filter_map(|candidate| {
        let folded = folded(candidate);
        let allowed = (word.len().min(folded.len()) / 3).max(1);
        // Also spares comparing words of megabytes with our own.
        let comparable = word.len().abs_diff(folded.len()) <= allowed;
        let distance = comparable.then(|| distance(&word, &folded))?;
        (distance <= allowed && distance < word.len()).then_some((distance, candidate))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

fn folded(word: &str) -> Vec<char> {
    word.chars().flat_map(char::to_lowercase).map(|c| if c == '-' { '_' } else { c }).collect()
}

/// How many letters to insert, drop, replace or swap with their neighbour to get from `a` to `b`.
fn distance(a: &[char], b: &[char]) -> usize {
    let (mut before, mut above): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=b.len()).collect());
    for i in 1..=a.len() {
        let mut row: Vec<usize> = once(i).chain(std::iter::repeat_n(0, b.len())).collect();
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::swapped("tiemout", Some("timeout"))]
    #[case::letter_case("TimeOut", Some("timeout"))]
    #[case::dash("base-url", Some("base_url"))]
    #[case::dropped("metod", Some("method"))]
    #[case::two_off("intervall_", Some("interval"))]
    #[case::exact("method", Some("method"))]
    #[case::unlike("colour", None)]
    #[case::empty("", None)]
    #[case::one_letter("x", None)]
    fn finds_what_was_meant(#[case] word: &str, #[case] expected: Option<&str>) {
        let candidates = ["timeout", "base_url", "method", "interval", "id"];
        assert_eq!(nearest(word, candidates.into_iter()), expected);
    }
}
