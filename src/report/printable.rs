//! Text from outside, made safe to show.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with everything escaped that could move a terminal's cursor, hide or reorder other text, or pass for a
/// line of the report. A server under test chooses this text; it must not choose how the report looks.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, is_hostile)
}

/// The text with everything escaped that XML 1.0 cannot carry, or that a terminal showing the file would obey. Line
/// ends stay.
pub(super) fn printable_in_xml(text: &str) -> Cow<'_, str> {
    escaped(text, |c| (is_hostile(c) && c != '\n') || matches!(c, '\u{FFFE}' | '\u{FFFF}'))
}

fn escaped(text: &str, escape: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&escape) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if !escape(c) => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    Cow::Owned(out)
}

fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            // Soft hyphen, Arabic letter mark, Mongolian vowel separator: invisible.
            '\u{AD}' | '\u{61C}' | '\u{180E}'
            // Zero-width characters and direction marks; line and paragraph separators and direction overrides.
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            // Word joiner, invisible operators, direction isolates.
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            // Tags: invisible copies of ASCII.
            | '\u{E0000}'..='\u{E007F}'
        )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("plain é 中文 😀", "plain é 中文 😀")]
    #[case("\u{1b}[2Jgone", "\\u{1b}[2Jgone")]
    #[case("\u{9b}31m", "\\u{9b}31m")]
    #[case("a\r\nconforms\t", "a\\r\\nconforms\\t")]
    #[case("\u{202e}sessap", "\\u{202e}sessap")]
    #[case("\u{7f}\0", "\\u{7f}\\u{0}")]
    fn hostile_characters_become_visible(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(printable(text), shown);
    }

    #[test]
    fn xml_keeps_line_ends_and_loses_what_it_cannot_carry() {
        assert_eq!(printable_in_xml("a\nb\u{FFFE}\u{1}\t"), "a\nb\\u{fffe}\\u{1}\\t");
    }
}
