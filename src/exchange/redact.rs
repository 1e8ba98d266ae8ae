//! Keeping secrets out of everything that is shown or stored.

use super::headers::is_secret;

/// Members of queries and bodies that carry secrets, whatever the vendor.
const SECRET_QUERY: [&str; 6] =
    ["x-amz-signature=", "x-amz-security-token=", "x-amz-credential=", "signature=", "token=", "sig="];

/// Replaces secrets: known ones wherever they stand, and the signatures of signed addresses.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: Vec<String>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({} secrets)", self.secrets.len())
    }
}

impl Redactor {
    /// A redactor that knows these secrets. Very short ones are left out: they would blank ordinary text.
    pub fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut secrets: Vec<String> = secrets.into_iter().filter(|s| s.len() >= 4).collect();
        // The longest first, so that a secret which contains another goes as a whole.
        secrets.sort_by_key(|s| std::cmp::Reverse(s.len()));
        Redactor { secrets }
    }

    /// The text without secrets.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), "[redacted]");
            }
        }
        signatures(&text)
    }

    /// The value of a header without secrets.
    pub fn header(&self, name: &str, value: &str) -> String {
        if is_secret(name) { "[redacted]".into() } else { self.text(value) }
    }
}

/// Blanks the value after each query member that carries a secret.
fn signatures(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    'outer: while !rest.is_empty() {
        let starts_member = out.ends_with(['?', '&']);
        if starts_member {
            for name in SECRET_QUERY {
                let head = rest.get(..name.len());
                if head.is_some_and(|h| h.eq_ignore_ascii_case(name)) {
                    out.push_str(&rest[..name.len()]);
                    out.push_str("[redacted]");
                    let end = rest[name.len()..].find(|c: char| c == '&' || c == '"' || c.is_whitespace());
                    rest = end.map_or("", |end| &rest[name.len() + end..]);
                    continue 'outer;
                }
            }
        }
        let next = rest.find(['?', '&']).map_or(rest.len(), |i| i + 1);
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://x/y?X-Amz-Signature=abc&a=b", "https://x/y?X-Amz-Signature=[redacted]&a=b")]
    #[case("{\"u\":\"https://x?a=1&sig=zz\"}", "{\"u\":\"https://x?a=1&sig=[redacted]\"}")]
    #[case("a canary b", "a [redacted] b")]
    #[case("no secrets? none & nothing", "no secrets? none & nothing")]
    fn redacts(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(Redactor::new(["canary".to_owned()]).text(text), expected);
    }
}
