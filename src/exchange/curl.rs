//! A request as a `curl` line that can be pasted into a shell.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::headers::is_secret;
use super::message::{Identity, Request};
use super::redact::Redactor;

/// How the credentials of a `curl` line are written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CurlAuth {
    /// The request was sent without credentials, or with wrong ones on purpose.
    #[default]
    AsSent,
    /// A header whose value comes from the shell: `-H "name: prefix$VARIABLE"`.
    Header {
        /// The header's name.
        name: String,
        /// What stands before the secret.
        prefix: String,
        /// The shell variable that holds the secret.
        variable: String,
    },
    /// `curl` signs by itself (`--aws-sigv4`), with the key from the shell.
    AwsSigV4 {
        /// The region.
        region: String,
        /// The service.
        service: String,
    },
    /// No `curl` can make this signature: what signing adds comes from the shell, by header and variable, and is to be
    /// made beforehand.
    Headers(Vec<(String, String)>),
}

/// How the lines for the requests of a case write the credentials of each who sent some. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Callers {
    /// For requests of the usual identity.
    pub usual: CurlAuth,
    /// For those of others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<Identity, CurlAuth>,
}

impl Callers {
    /// For requests of this identity; the usual one where none is named.
    pub fn of(&self, who: Option<Identity>) -> CurlAuth {
        let Some(who) = who else { return self.usual.clone() };
        match self.others.get(&who) {
            // The secrets of somebody else are in another variable.
            Some(CurlAuth::Header { name, prefix, variable }) => CurlAuth::Header {
                name: name.clone(),
                prefix: prefix.clone(),
                variable: format!("{variable}_{}", who.word().to_uppercase()),
            },
            other => other.cloned().unwrap_or_default(),
        }
    }
}

/// The `curl` line for a request. Secrets are replaced by shell variables.
pub fn curl(base_url: &str, request: &Request, auth: &CurlAuth, redactor: &Redactor) -> String {
    let mut line = format!("curl -sS -i -X {}", request.method);
    let signed_by_us = !matches!(auth, CurlAuth::AsSent);
    for (name, value) in request.headers.iter() {
        let made_by_signing =
            signed_by_us && (is_secret(name) || name.starts_with("x-amz-") || name.ends_with("-date"));
        if made_by_signing
            || ["host", "content-length", "user-agent"].contains(&name.to_ascii_lowercase().as_str())
        {
            continue;
        }
        line.push_str(&format!(" -H {}", quote(&format!("{name}: {}", redactor.header(name, value)))));
    }
    match auth {
        CurlAuth::AsSent => {}
        CurlAuth::Header { name, prefix, variable } => {
            line.push_str(&format!(" -H \"{name}: {prefix}${variable}\""));
        }
        CurlAuth::AwsSigV4 { region, service } => line.push_str(&format!(
            " --aws-sigv4 {} --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\"",
            quote(&format!("aws:amz:{region}:{service}"))
        )),
        CurlAuth::Headers(headers) => {
            for (name, variable) in headers {
                line.push_str(&format!(" -H \"{name}: ${variable}\""));
            }
        }
    }
    if !request.body.is_empty() {
        line.push_str(&format!(" --data {}", quote(&redactor.text(&String::from_utf8_lossy(&request.body)))));
    }
    line.push_str(&format!(
        " {}",
        quote(&redactor.text(&format!("{}{}", base_url.trim_end_matches('/'), request.target)))
    ));
    line
}

/// Quotes for a POSIX shell, where needed.
fn quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,%+@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::headers::Headers;

    #[test]
    fn secrets_become_variables() {
        let mut headers = Headers::default();
        headers.push("authorization", "Bearer canary");
        headers.push("content-type", "application/json");
        let request = Request {
            service: None,
            method: "PUT".into(),
            target: "/a/b%20c?x=1".into(),
            headers,
            body: b"{\"it's\":\"canary\"}".to_vec(),
        };
        let auth = CurlAuth::Header {
            name: "Authorization".into(),
            prefix: "Bearer ".into(),
            variable: "TOKEN".into(),
        };
        let line = curl("http://h/", &request, &auth, &Redactor::new(["canary".to_owned()]));
        assert_eq!(
            line,
            "curl -sS -i -X PUT -H 'content-type: application/json' -H \"Authorization: Bearer $TOKEN\" \
             --data '{\"it'\\''s\":\"[redacted]\"}' 'http://h/a/b%20c?x=1'"
        );
    }

    #[test]
    fn what_is_signed_by_hand_comes_from_the_shell() {
        let mut headers = Headers::default();
        for (name, value) in [
            ("x-acs-action", "GetJob"),
            ("x-acs-date", "2026-01-02T03:04:05Z"),
            ("x-acs-signature-nonce", "0a1b"),
            ("x-acs-security-token", "canary"),
            ("authorization", "ACS3-HMAC-SHA256 canary"),
        ] {
            headers.push(name, value);
        }
        let request =
            Request { service: None, method: "GET".into(), target: "/a".into(), headers, body: Vec::new() };
        let from = |name: &str, variable: &str| (name.to_owned(), variable.to_owned());
        let auth = CurlAuth::Headers(vec![from("x-acs-date", "DATE"), from("Authorization", "WHOLE")]);
        assert_eq!(
            curl("http://h", &request, &auth, &Redactor::default()),
            "curl -sS -i -X GET -H 'x-acs-action: GetJob' -H \"x-acs-date: $DATE\" -H \"Authorization: $WHOLE\" \
             http://h/a"
        );
    }
}
