//! Stand-ins: texts that look like another one and tell nothing of it but its length and its kinds of characters.

/// A stand-in for a text. It is made of `salt`, not of the text: only the kind of each character is kept, so that it
/// is as long in every spelling, and fits wherever the text fits.
pub(super) fn stand_in(text: &str, salt: u64) -> String {
    let mut noise = Noise(salt);
    let is_hex = is_hex(text);
    // A text that is all signs would otherwise stand for itself.
    let keeps_signs = text.chars().filter(|c| c.is_alphanumeric()).count() >= 4;
    let mut in_number = false;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let is_leading_zero = c == '0' && !in_number;
        in_number = c.is_ascii_digit();
        out.push(match c {
            // `0` and `05` are not the same kind of number.
            '0' if is_leading_zero => '0',
            '0'..='9' if out.ends_with(|before: char| before.is_ascii_digit()) => noise.one_of(b"0123456789"),
            '0'..='9' => noise.one_of(b"123456789"),
            'a'..='f' if is_hex => noise.one_of(b"abcdef"),
            'A'..='F' if is_hex => noise.one_of(b"ABCDEF"),
            'a'..='z' => noise.one_of(b"abcdefghijklmnopqrstuvwxyz"),
            'A'..='Z' => noise.one_of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            '-' | '.' | '_' | '~' if !keeps_signs => noise.one_of(b"-._~"),
            '!'..='~' if !keeps_signs && !"\"&'/?\\".contains(c) => noise.one_of(b"!#$%()*+,:;<=>@[]^`{|}"),
            _ if c.is_ascii() => c,
            _ => noise.like(c),
        });
    }
    out
}

/// Whether a text looks like hexadecimal digits, whatever stands between them.
fn is_hex(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    text.contains(is_digit) && letters().all(|c| c.is_ascii_hexdigit())
}

/// Numbers that look like chance and come again (splitmix64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, number: usize) -> usize {
        usize::try_from(self.next() % number.max(1) as u64).unwrap_or_default()
    }

    fn one_of(&mut self, choices: &[u8]) -> char {
        let at = self.below(choices.len());
        choices.get(at).map_or('x', |byte| char::from(*byte))
    }

    /// A letter beyond ASCII that is as long as this one, in UTF-8 and in UTF-16.
    fn like(&mut self, c: char) -> char {
        let first = match c.len_utf8() {
            2 => 0x430,
            3 => 0x4e00,
            _ => 0x2_0000,
        };
        u32::try_from(self.below(32)).ok().and_then(|more| char::from_u32(first + more)).unwrap_or(c)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exchange::spelling::spellings;

    #[test]
    fn it_looks_like_the_text() {
        let uuid = stand_in("123e4567-e89b-12d3-a456-426614174000", 1);
        let form = regex::Regex::new("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$").unwrap();
        assert!(form.is_match(&uuid), "{uuid}");
        assert_ne!(stand_in("canary-token", 1), stand_in("canary-token", 2));
        assert_ne!(stand_in("!!##!!##", 1), "!!##!!##");
    }

    proptest! {
        #[test]
        fn it_is_as_long_in_every_spelling(text in "\\PC{0,24}", salt: u64) {
            let lengths = |text: &str| spellings(text).iter().map(String::len).collect::<Vec<_>>();
            prop_assert_eq!(lengths(&stand_in(&text, salt)), lengths(&text));
        }

        #[test]
        fn a_number_stays_a_number(number: u64, salt: u64) {
            let text = stand_in(&number.to_string(), salt);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).unwrap().is_number());
        }

        #[test]
        fn it_tells_nothing_but_kinds(a in "[a-z]{3}[0-9]{3}[A-Z]x", b in "[g-z]{3}[1-9]{3}[A-Z]x", salt: u64) {
            if !is_hex(&a) && !a.contains('0') {
                prop_assert_eq!(stand_in(&a, salt), stand_in(&b, salt));
            }
        }
    }
}
