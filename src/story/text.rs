//! Values and words as findings show them.

use serde_json::Value;

/// How many characters of a value a finding shows.
const SHOWN: usize = 160;

/// A value as a finding shows it.
pub(crate) fn show(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), |v| cut(&v.to_string()))
}

/// No more of a text than a finding shows.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A test in words.
pub(crate) fn told(probe: &crate::contract::error::Probe) -> String {
    match &probe.equals {
        Some(value) => format!("{} is {value}", probe.at.as_str()),
        None => format!("{} is there", probe.at.as_str()),
    }
}

/// Words as a list for people: `one of A, B, C`.
pub(crate) fn one_of<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let words: Vec<S> = words.into_iter().collect();
    match words.as_slice() {
        [only] => only.as_ref().to_owned(),
        _ => format!("one of {}", words.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")),
    }
}

/// The pointer with `*` for each index of an array, so that a hundred items with one mistake make one finding.
pub(crate) fn collapse(body: &Value, at: &str) -> String {
    let mut here = Some(body);
    at.split('/')
        .skip(1)
        .map(|segment| {
            let is_item = matches!(here, Some(Value::Array(_)));
            here = here.and_then(|value| value.pointer(&format!("/{segment}")));
            if is_item { "/*".to_owned() } else { format!("/{segment}") }
        })
        .collect()
}

/// The documented word that `word` is another spelling of: other letter case, `-`, `_` or space. None where `word`
/// is itself documented.
pub(crate) fn respelt<'c>(
    word: &str,
    mut documented: impl Iterator<Item = &'c str> + Clone,
) -> Option<&'c str> {
    let is_documented = documented.clone().any(|d| d == word);
    documented.find(|d| !is_documented && folded(d) == folded(word))
}

fn folded(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("/jobs/1/id", "/jobs/*/id")]
    #[case("/by/1/id", "/by/1/id")]
    #[case("/jobs/0/tasks/1", "/jobs/*/tasks/*")]
    #[case("", "")]
    fn collapses_indices_only(#[case] at: &str, #[case] expected: &str) {
        let body = json!({"jobs": [{"id": 1, "tasks": [1, 2]}, {"id": 2}], "by": {"1": {"id": 3}}});
        assert_eq!(collapse(&body, at), expected);
    }

    #[rstest]
    #[case("in_progress", Some("IN_PROGRESS"))]
    #[case("InProgress", Some("IN_PROGRESS"))]
    #[case("in progress", Some("IN_PROGRESS"))]
    #[case("IN_PROGRESS", None)]
    #[case("PROGRESS", None)]
    fn knows_other_spellings(#[case] word: &str, #[case] expected: Option<&str>) {
        assert_eq!(respelt(word, ["IN_PROGRESS", "DONE"].into_iter()), expected);
    }

    #[test]
    fn a_documented_word_is_no_other_spelling() {
        assert_eq!(respelt("done", ["DONE", "done"].into_iter()), None);
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(cut(&"é".repeat(161)).chars().count(), 161);
        assert_eq!(show(None), "absent");
    }
}
