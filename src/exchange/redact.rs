//! Keeping secrets out of everything that is shown or stored.

use serde_json::Value;

use super::headers::is_secret;
use super::spelling::{SHORTEST, spellings};
use super::transcript::Transcript;
use crate::contract::Contract;

/// Members of queries and bodies that carry secrets, whatever the vendor.
const SECRET_QUERY: [&str; 6] =
    ["x-amz-signature=", "x-amz-security-token=", "x-amz-credential=", "signature=", "token=", "sig="];

/// What stands in place of a secret.
const REDACTED: &str = "[redacted]";

/// What stands at the end of a value that was too long for a finding.
const CUT: char = '…';

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
        let long = secrets.into_iter().filter(|secret| secret.len() >= SHORTEST);
        let mut secrets: Vec<String> = long.flat_map(|secret| spellings(&secret)).collect();
        // The longest first, so that a secret which contains another goes as a whole.
        secrets.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        secrets.dedup();
        Redactor { secrets }
    }

    /// The text without secrets.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), REDACTED);
            }
        }
        signatures(&text, |_| REDACTED.to_owned())
    }

    /// The text of a finding without secrets. Such texts are cut where they are long, and a secret with them: what is
    /// left of it goes, too.
    pub fn finding(&self, text: &str) -> String {
        let text = self.text(text);
        let Some((head, rest)) = text.split_once(CUT) else { return text };
        let is_rest = |secret: &String| {
            let ends = secret.char_indices().map(|(at, _)| at).filter(|at| *at >= SHORTEST);
            ends.rev().find(|at| head.ends_with(&secret[..*at]))
        };
        match self.secrets.iter().filter_map(is_rest).max() {
            Some(length) => format!("{}{REDACTED}{CUT}{rest}", &head[..head.len() - length]),
            None => text,
        }
    }

    /// The value of a header without secrets.
    pub fn header(&self, name: &str, value: &str) -> String {
        if is_secret(name) { REDACTED.into() } else { self.text(value) }
    }
}

/// The secrets that answers gave away: what stands where a schema says `x-secret`. A word of the API itself is none: a
/// server that sends `token` for a token gives nothing away, and without the word no answer could be read.
pub fn given_away(transcript: &Transcript, contract: &Contract) -> Vec<String> {
    let mut found = Vec::new();
    for exchange in &transcript.exchanges {
        let operation = exchange.asked.operation.as_ref().and_then(|o| contract.facts.operations.get(o));
        let body = exchange.response().and_then(|response| response.json().ok());
        let Some((operation, body)) = operation.zip(body) else { continue };
        // A status that is not documented tells nothing of the schema: each may be it.
        for shape in operation.responses.values().filter_map(|name| contract.shapes.get(name)) {
            secrets_in(&shape.document, body, &mut found);
        }
    }
    found
        .retain(|text| !contract.shapes.is_word(text) && !["null", "true", "false"].contains(&text.as_str()));
    found
}

/// The texts in a value where its schema says `x-secret`.
fn secrets_in(schema: &Value, value: &Value, found: &mut Vec<String>) {
    if schema.get("x-secret") == Some(&Value::Bool(true)) {
        found.extend(value.as_str().map(str::to_owned));
    }
    for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if let Some(member) = value.get(name) {
            secrets_in(inner, member, found);
        }
    }
    if let Some((items, inner)) = value.as_array().zip(schema.get("items")) {
        items.iter().for_each(|item| secrets_in(inner, item, found));
    }
}

/// Puts something else in place of the value after each query member that carries a secret.
pub fn signatures(text: &str, mut hide: impl FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    'outer: while !rest.is_empty() {
        let starts_member = out.ends_with(['?', '&']);
        if starts_member {
            for name in SECRET_QUERY {
                let head = rest.get(..name.len());
                if head.is_some_and(|h| h.eq_ignore_ascii_case(name)) {
                    out.push_str(&rest[..name.len()]);
                    let value = &rest[name.len()..];
                    let end = value.find(|c: char| c == '&' || c == '"' || c.is_whitespace());
                    let (value, after) = value.split_at(end.unwrap_or(value.len()));
                    out.push_str(&hide(value));
                    rest = after;
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

    #[test]
    fn secrets_go_however_they_are_written() {
        let redactor = Redactor::new(["a\"b/c d".to_owned()]);
        let body = serde_json::json!({ "password": "a\"b/c d" }).to_string();
        assert_eq!(redactor.text(&body), r#"{"password":"[redacted]"}"#);
        assert_eq!(redactor.text("/x?p=a%22b%2Fc%20d&q=1"), "/x?p=[redacted]&q=1");
    }

    #[test]
    fn what_is_left_of_a_secret_that_was_cut_goes() {
        let redactor = Redactor::new(["canary-token".to_owned()]);
        assert_eq!(redactor.finding("a is \"canary-t… in /a"), "a is \"[redacted]… in /a");
        assert_eq!(redactor.finding("a is \"can… in /a"), "a is \"can… in /a");
        assert_eq!(redactor.finding("a is canary-token"), "a is [redacted]");
    }

    #[test]
    fn what_a_schema_calls_secret_is_found() {
        let secret = serde_json::json!({ "type": "string", "x-secret": true });
        let schema = serde_json::json!({ "properties": {
            "data": { "properties": { "token": secret, "name": {} } },
            "keys": { "items": { "properties": { "key": secret } } },
        } });
        let body = serde_json::json!({
            "data": { "token": "t-1", "name": "n" }, "keys": [{ "key": "k-1" }, { "key": null }, 7],
        });
        let mut found = Vec::new();
        secrets_in(&schema, &body, &mut found);
        assert_eq!(found, ["t-1", "k-1"]);
    }

    #[rstest]
    #[case("https://x/y?X-Amz-Signature=abc&a=b", "https://x/y?X-Amz-Signature=[redacted]&a=b")]
    #[case("{\"u\":\"https://x?a=1&sig=zz\"}", "{\"u\":\"https://x?a=1&sig=[redacted]\"}")]
    #[case("a canary b", "a [redacted] b")]
    #[case("no secrets? none & nothing", "no secrets? none & nothing")]
    fn redacts(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(Redactor::new(["canary".to_owned()]).text(text), expected);
    }
}
