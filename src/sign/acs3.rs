//! ACS3-HMAC-SHA256.

use std::time::SystemTime;

use super::keyed::canonical::{segments, sha256};
use super::keyed::{Recipe, TOKEN};
use super::{Credentials, Destination, Scheme};
use crate::contract::error::Condition;
use crate::exchange::Request;
use crate::exchange::curl::CurlAuth;

pub(super) const RECIPE: Recipe = Recipe {
    algorithm: "ACS3-HMAC-SHA256",
    key_part: "Credential",
    between: ",",
    key: "access_key_id",
    secret: "access_key_secret",
    date: "x-acs-date",
    written: "%Y-%m-%dT%H:%M:%SZ",
    token: "x-acs-security-token",
    key_again: Some("x-acs-accesskey-id"),
    hash: "x-acs-content-sha256",
    no_hash: None,
    required: &[
        "host",
        "x-acs-action",
        "x-acs-content-sha256",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-version",
    ],
    covers: |name| name.starts_with("x-acs-"),
    signs: |name| name == "content-type" || name.starts_with("x-acs-"),
    paths,
    text: |_, hash| format!("ACS3-HMAC-SHA256\n{hash}"),
};

/// Paths are signed as they are sent; who decodes them on the way signs them as they would usually be encoded.
fn paths(path: &str) -> Vec<String> {
    let path = if path.is_empty() { "/" } else { path };
    vec![segments(path), path.to_owned()]
}

/// ACS3-HMAC-SHA256 for one version of an API. Credentials: `access_key_id`, `access_key_secret`, and
/// `security_token` for temporary ones.
pub(super) struct Acs3 {
    version: String,
}

impl Acs3 {
    /// The scheme for this version.
    pub(super) fn new(version: &str) -> Self {
        Acs3 { version: version.to_owned() }
    }
}

impl Scheme for Acs3 {
    fn name(&self) -> &'static str {
        "acs3"
    }

    fn sign(
        &self,
        request: &mut Request,
        to: Destination<'_>,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<(), String> {
        // A contract may have the request name another action or version.
        let or = |name: &str, usual: &str| request.headers.get(name).unwrap_or(usual).to_owned();
        let more = vec![
            ("x-acs-action", or("x-acs-action", to.operation)),
            ("x-acs-version", or("x-acs-version", &self.version)),
            ("x-acs-content-sha256", sha256(&request.body)),
            ("x-acs-signature-nonce", nonce(request, to, now)),
        ];
        RECIPE.sign(request, to, credentials, now, more)
    }

    fn verify(
        &self,
        request: &Request,
        known: &[Credentials],
        now: SystemTime,
    ) -> Result<usize, (Condition, String)> {
        RECIPE.verify(request, known, now, false)
    }

    fn verify_head(
        &self,
        request: &Request,
        known: &[Credentials],
        now: SystemTime,
    ) -> Result<usize, (Condition, String)> {
        RECIPE.verify(request, known, now, true)
    }

    fn spoil(&self, request: &mut Request, condition: Condition) -> bool {
        RECIPE.spoil(request, condition)
    }

    fn signs(&self) -> bool {
        true
    }

    fn temporary(&self) -> Option<&'static str> {
        Some(TOKEN)
    }

    fn curl(&self, credentials: &Credentials) -> CurlAuth {
        let mut headers = vec![
            ("x-acs-date".to_owned(), "JOBPROOF_DATE".to_owned()),
            ("x-acs-signature-nonce".to_owned(), "JOBPROOF_NONCE".to_owned()),
        ];
        if credentials.get(TOKEN).is_some() {
            headers.push((RECIPE.token.to_owned(), "JOBPROOF_SECURITY_TOKEN".to_owned()));
        }
        headers.push(("Authorization".to_owned(), "JOBPROOF_AUTHORIZATION".to_owned()));
        CurlAuth::Headers(headers)
    }

    fn example(&self) -> Credentials {
        Credentials::new([
            (RECIPE.key, "JOBPROOFEXAMPLEKEY0001"),
            (RECIPE.secret, "jobproof-example-secret-0001"),
        ])
    }
}

/// A number that no other request has: made from the request and the time, so that the same run gives the same bytes.
fn nonce(request: &Request, to: Destination<'_>, now: SystemTime) -> String {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let Destination { authority, prefix, .. } = to;
    let whole = format!(
        "{since}\n{} {authority}{prefix}{}\n{}",
        request.method,
        request.target,
        sha256(&request.body)
    );
    sha256(whole.as_bytes()).chars().take(32).collect()
}
