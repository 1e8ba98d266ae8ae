//! SDK-HMAC-SHA256.

use std::time::SystemTime;

use super::keyed::canonical::whole_path;
use super::keyed::{Recipe, TOKEN};
use super::{Credentials, Destination, Scheme};
use crate::contract::error::Condition;
use crate::exchange::Request;
use crate::exchange::curl::CurlAuth;

pub(super) const RECIPE: Recipe = Recipe {
    algorithm: "SDK-HMAC-SHA256",
    key_part: "Access",
    between: ", ",
    key: "access_key",
    secret: "secret_key",
    date: "X-Sdk-Date",
    written: "%Y%m%dT%H%M%SZ",
    token: "X-Security-Token",
    key_again: None,
    hash: "X-Sdk-Content-Sha256",
    no_hash: Some("UNSIGNED-PAYLOAD"),
    required: &["x-sdk-date"],
    covers: |name| name == "x-security-token",
    // Names with underscores are lost on the way through many servers.
    signs: |name| name == "content-type" || (name.starts_with("x-") && !name.contains('_')),
    paths,
    text: |date, hash| format!("SDK-HMAC-SHA256\n{date}\n{hash}"),
};

/// Paths are decoded as a whole and signed with a slash at the end, which the request need not have.
fn paths(path: &str) -> Vec<String> {
    let path = whole_path(path);
    vec![if path.ends_with('/') { path } else { path + "/" }]
}

/// SDK-HMAC-SHA256. Credentials: `access_key`, `secret_key`, and `security_token` for temporary ones.
pub(super) struct SdkHmacSha256;

impl Scheme for SdkHmacSha256 {
    fn name(&self) -> &'static str {
        "sdk-hmac-sha256"
    }

    fn sign(
        &self,
        request: &mut Request,
        to: Destination<'_>,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<(), String> {
        RECIPE.sign(request, to, credentials, now, Vec::new())
    }

    fn verify(
        &self,
        request: &Request,
        known: &[Credentials],
        now: SystemTime,
    ) -> Result<usize, (Condition, String)> {
        RECIPE.verify(request, known, now, false)
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
        let mut headers = vec![(RECIPE.date.to_owned(), "JOBPROOF_DATE".to_owned())];
        if credentials.get(TOKEN).is_some() {
            headers.push((RECIPE.token.to_owned(), "JOBPROOF_SECURITY_TOKEN".to_owned()));
        }
        headers.push(("Authorization".to_owned(), "JOBPROOF_AUTHORIZATION".to_owned()));
        CurlAuth::Headers(headers)
    }

    fn example(&self) -> Credentials {
        Credentials::new([
            (RECIPE.key, "JOBPROOFEXAMPLEKEY01"),
            (RECIPE.secret, "jobproof-example-secret-key-of-40-chars0"),
        ])
    }
}
