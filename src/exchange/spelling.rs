//! The ways in which one text is written in bodies and addresses.

use serde_json::Value;

use super::compose::encode;

/// A text of fewer bytes is no secret: to hide it would blank ordinary text.
pub const SHORTEST: usize = 4;

/// Every spelling of a text: as it is, inside a JSON text (serializers differ in what they escape), and inside an
/// address. For texts whose characters are of the same kinds, the spellings have the same lengths, in the same order.
pub fn spellings(text: &str) -> Vec<String> {
    let quoted = Value::from(text).to_string();
    let inside = quoted[1..quoted.len() - 1].to_owned();
    let lower = inside.chars().map(|c| escaped(c, false)).collect::<String>();
    let upper = inside.chars().map(|c| escaped(c, true)).collect::<String>();
    let slashed = |text: &String| text.replace('/', "\\/");
    let encoded = encode(text);
    let form = encoded.replace("%20", "+");
    let small = small_digits(&encoded);
    vec![
        text.to_owned(),
        slashed(&inside),
        slashed(&lower),
        slashed(&upper),
        inside,
        lower,
        upper,
        form,
        small,
        encoded,
    ]
}

/// A character as serializers write it that keep to ASCII.
fn escaped(c: char, is_upper: bool) -> String {
    if c.is_ascii() {
        return c.to_string();
    }
    let unit = |unit: &u16| if is_upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
    c.encode_utf16(&mut [0; 2]).iter().map(unit).collect()
}

/// The same address with small digits in its escapes.
fn small_digits(encoded: &str) -> String {
    let mut out = String::with_capacity(encoded.len());
    let mut in_escape = 0_u8;
    for c in encoded.chars() {
        if c == '%' {
            in_escape = 3;
        }
        out.push(if in_escape > 0 { c.to_ascii_lowercase() } else { c });
        in_escape = in_escape.saturating_sub(1);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_however_it_is_written() {
        let known = spellings("a\"b/é d");
        for spelling in [
            "a\"b/é d",
            "a\\\"b/é d",
            "a\\\"b\\/\\u00e9 d",
            "a\\\"b/\\u00E9 d",
            "a%22b%2F%C3%A9%20d",
            "a%22b%2f%c3%a9%20d",
            "a%22b%2F%C3%A9+d",
        ] {
            assert!(known.contains(&spelling.to_owned()), "{spelling} is not in {known:?}");
        }
    }

    #[test]
    fn texts_of_the_same_kinds_have_spellings_of_the_same_lengths() {
        let lengths = |text: &str| spellings(text).iter().map(String::len).collect::<Vec<_>>();
        assert_eq!(lengths("p\"a/ß 1𠀀"), lengths("q\"z/é 7𠀁"));
    }
}
