//! Header fields, in order, with names that compare without case.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Header fields as they were sent.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Adds a field.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Sets a field, in place of any of the same name.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.remove(name);
        self.push(name, value);
    }

    /// Takes a field away.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every field.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

/// Whether a field of this name carries a secret.
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(
        name.as_str(),
        "authorization" | "proxy-authorization" | "cookie" | "set-cookie" | "api_key" | "api-key"
    ) || ["token", "secret", "signature", "apikey", "api-key", "password"]
        .iter()
        .any(|part| name.contains(part))
}

impl std::fmt::Debug for Headers {
    /// Shows the fields; the values of those that carry secrets are left out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map()
            .entries(self.iter().map(|(n, v)| (n, if is_secret(n) { "[redacted]" } else { v })))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_keeps_secrets() {
        let mut headers = Headers::default();
        headers.push("Authorization", "Bearer canary");
        headers.push("X-Amz-Security-Token", "canary");
        headers.push("Accept", "application/json");
        let shown = format!("{headers:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("application/json"));
        assert_eq!(headers.get("authorization"), Some("Bearer canary"));
    }
}
