//! Lengths of time as contracts and target files write them: `5s`, `10m`, `250ms`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A length of time, written as a whole number and a unit (`ms`, `s`, `m`, `h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(transparent)]
pub struct Span(#[schemars(with = "String", regex(pattern = r"^[0-9]+(ms|s|m|h)$"))] pub Duration);

impl std::str::FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let factor = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return Err(format!("`{text}` is not a length of time: write 250ms, 5s, 10m or 1h")),
        };
        let number: u64 =
            number.parse().map_err(|_| format!("`{text}` does not start with a whole number"))?;
        number
            .checked_mul(factor)
            .map(|ms| Span(Duration::from_millis(ms)))
            .ok_or_else(|| format!("`{text}` is too long"))
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = self.0.as_millis();
        match ms {
            0 => write!(f, "0s"),
            _ if ms.is_multiple_of(3_600_000) => write!(f, "{}h", ms / 3_600_000),
            _ if ms.is_multiple_of(60_000) => write!(f, "{}m", ms / 60_000),
            _ if ms.is_multiple_of(1_000) => write!(f, "{}s", ms / 1_000),
            _ => write!(f, "{ms}ms"),
        }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("250ms", 250)]
    #[case("5s", 5_000)]
    #[case("10m", 600_000)]
    #[case("1h", 3_600_000)]
    fn reads_and_writes(#[case] text: &str, #[case] ms: u64) {
        let span: Span = text.parse().unwrap();
        assert_eq!(span.0, Duration::from_millis(ms));
        assert_eq!(span.to_string(), text);
    }

    #[rstest]
    #[case("5")]
    #[case("s")]
    #[case("-1s")]
    #[case("5 s")]
    #[case("99999999999999999999h")]
    #[case("9999999999999999h")]
    fn refuses(#[case] text: &str) {
        assert!(text.parse::<Span>().is_err());
    }
}
