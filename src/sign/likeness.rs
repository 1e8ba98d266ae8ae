//! Well-formed secrets that nobody holds.

/// A made-up secret that looks like `secret`: as long, with letters where it has letters and digits where it has
/// digits, so that a server cannot refuse it for its form alone. A leading name such as `abc_v1_` stays. Nothing else
/// of the secret can be read from it.
pub(super) fn likeness(secret: &str) -> String {
    let name = secret.rfind('_').map_or(0, |at| at + 1);
    let like = |c: char| match c {
        '0'..='9' => '0',
        'A'..='Z' => 'A',
        'a'..='z' => 'a',
        other if other.is_ascii() => other,
        _ => 'a',
    };
    let made: String = secret[..name].chars().chain(secret[name..].chars().map(like)).collect();
    if made == secret { made + "0" } else { made }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("abc_v1_9f3C", "abc_v1_0a0A")]
    #[case("jobproof-token", "aaaaaaaa-aaaaa")]
    #[case("aaa", "aaa0")]
    #[case("", "0")]
    #[case("name_", "name_0")]
    fn looks_alike(#[case] secret: &str, #[case] expected: &str) {
        assert_eq!(likeness(secret), expected);
    }

    proptest! {
        #[test]
        fn is_never_the_secret(secret: String) {
            prop_assert_ne!(likeness(&secret), secret);
        }
    }
}
