//! A body in a recording: text where it is text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A body: as text where it is UTF-8, which JSON is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// A body that is UTF-8.
    Text(String),
    /// Any other body.
    Base64(String),
}

impl Body {
    /// The body of these bytes; none where there are none.
    pub fn of(bytes: Vec<u8>) -> Option<Body> {
        if bytes.is_empty() {
            return None;
        }
        Some(match String::from_utf8(bytes) {
            Ok(text) => Body::Text(text),
            Err(other) => Body::Base64(STANDARD.encode(other.as_bytes())),
        })
    }

    /// The bytes of a body.
    ///
    /// # Errors
    /// Says what is wrong where it should be base64 and is not.
    pub fn bytes(body: Option<Body>) -> Result<Vec<u8>, String> {
        match body {
            None => Ok(Vec::new()),
            Some(Body::Text(text)) => Ok(text.into_bytes()),
            Some(Body::Base64(text)) => {
                STANDARD.decode(&text).map_err(|e| format!("a body is not base64: {e}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(Body::of(b"{\"a\": 1}".to_vec()), Some(Body::Text("{\"a\": 1}".into())));
        assert_eq!(Body::of(vec![0xff, 0xfe]), Some(Body::Base64("//4=".into())));
        assert!(Body::bytes(Some(Body::Base64("?".into()))).unwrap_err().contains("not base64"));
    }

    proptest! {
        #[test]
        fn no_byte_is_lost(bytes: Vec<u8>) {
            prop_assert_eq!(Body::bytes(Body::of(bytes.clone())), Ok(bytes));
        }
    }
}
