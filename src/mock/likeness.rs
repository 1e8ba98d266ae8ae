//! Made-up ids and tokens, the same for the same seed.

/// A small random number generator with a fixed sequence for each seed (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The generator for one of many independent `stream`s of a seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Dice(mix(seed ^ mix(stream)))
    }

    /// The next number.
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A byte of `choices`.
    fn pick(&mut self, choices: &[u8]) -> char {
        let index = usize::try_from(self.roll() % choices.len().max(1) as u64).unwrap_or(0);
        char::from(choices.get(index).copied().unwrap_or(b'0'))
    }
}

/// Scatters the bits of a number.
pub(crate) fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A text that looks like `sample`: each letter and digit is replaced by one of its class. Letters stay hexadecimal
/// when all letters of the sample are, and a leading digit other than zero does not become zero: the text may stand
/// for a number.
pub(crate) fn like(sample: &str, dice: &mut Dice) -> String {
    let letters = || sample.chars().filter(char::is_ascii_alphabetic);
    let is_hex = letters().all(|c| c.is_ascii_hexdigit());
    let (lower, upper): (&[u8], &[u8]) = if is_hex {
        (b"abcdef", b"ABCDEF")
    } else {
        (b"abcdefghijklmnopqrstuvwxyz", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    };
    sample
        .chars()
        .enumerate()
        .map(|(index, c)| match c {
            '1'..='9' if index == 0 => dice.pick(b"123456789"),
            '0'..='9' => dice.pick(b"0123456789"),
            'a'..='z' => dice.pick(lower),
            'A'..='Z' => dice.pick(upper),
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hex_stays_hex() {
        let made = like("123e4567-e89b-12d3-a456-426614174000", &mut Dice::new(1, 2));
        assert_eq!(made.len(), 36);
        assert!(made.chars().all(|c| c == '-' || c.is_ascii_hexdigit()), "{made}");
    }

    proptest! {
        #[test]
        fn keeps_the_class_of_each_character(sample in "[0-9a-zA-Z_-]{0,40}", seed: u64) {
            let made = like(&sample, &mut Dice::new(seed, 0));
            prop_assert_eq!(made.chars().count(), sample.chars().count());
            for (was, is) in sample.chars().zip(made.chars()) {
                prop_assert_eq!(was.is_ascii_digit(), is.is_ascii_digit());
                prop_assert_eq!(was.is_ascii_uppercase(), is.is_ascii_uppercase());
                prop_assert_eq!(was.is_ascii_lowercase(), is.is_ascii_lowercase());
            }
            prop_assert_eq!(like(&sample, &mut Dice::new(seed, 0)), made);
        }
    }
}
