//! Signing schemes: one file each, each signing and verifying.

mod bearer;
mod likeness;
mod sigv4;
mod token_header;

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::contract::auth::Auth;
use crate::contract::error::Condition;
use crate::exchange::Request;

/// Secrets of one identity, by name (`token`, `access_key_id`, `secret_access_key` …).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credentials(pub BTreeMap<String, String>);

impl Credentials {
    /// Credentials from names and values.
    pub fn new<const N: usize>(members: [(&str, &str); N]) -> Self {
        Credentials(members.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
    }

    /// One of them.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl std::fmt::Debug for Credentials {
    /// Shows the names only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// One way to prove who sent a request.
pub trait Scheme: Send + Sync {
    /// The name of its table in contracts and target files.
    fn name(&self) -> &'static str;

    /// Adds to the request what the scheme asks for. `authority` is the host, with its port where it is not the
    /// usual one, as the `Host` header will carry it; `prefix` is the path of the base URL, which stands before the
    /// request's target on the wire (empty, or `/something` without a slash at the end).
    ///
    /// # Errors
    /// Says what is missing or cannot be signed.
    fn sign(
        &self,
        request: &mut Request,
        authority: &str,
        prefix: &str,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<(), String>;

    /// Checks that a request, as it arrived (its target is the whole path as sent, its headers include `Host`), was
    /// made with one of the `known` identities. Gives the index of the identity.
    ///
    /// # Errors
    /// Says which documented condition the request is in, and why.
    fn verify(
        &self,
        request: &Request,
        known: &[Credentials],
        now: SystemTime,
    ) -> Result<usize, (Condition, String)>;

    /// Spoils the credentials of a signed request for one condition (`missing-credentials`, `bad-credentials`,
    /// `bad-signature`, `expired-credentials`); `false` where the scheme knows no such condition.
    fn spoil(&self, request: &mut Request, condition: Condition) -> bool;

    /// Whether the scheme's credentials can be spoilt for this condition.
    fn knows(&self, condition: Condition) -> bool {
        let mut nothing = Request {
            service: None,
            method: "GET".into(),
            target: "/".into(),
            headers: crate::exchange::headers::Headers::default(),
            body: Vec::new(),
        };
        let now = SystemTime::UNIX_EPOCH;
        self.sign(&mut nothing, "localhost", "", &self.example(), now).is_ok()
            && self.spoil(&mut nothing, condition)
    }

    /// How a `curl` line gets its credentials.
    fn curl(&self, credentials: &Credentials) -> crate::exchange::curl::CurlAuth;

    /// Credentials for the built-in mock: made up, and not secret.
    fn example(&self) -> Credentials;
}

/// The schemes a contract accepts, those that are built; [`unsupported`] names the others.
pub fn schemes(auth: &Auth) -> Vec<Box<dyn Scheme>> {
    let mut schemes: Vec<Box<dyn Scheme>> = Vec::new();
    if auth.bearer.is_some() {
        schemes.push(Box::new(bearer::Bearer));
    }
    if let Some(facts) = &auth.sigv4 {
        schemes.push(Box::new(sigv4::SigV4::new(&facts.service)));
    }
    if let Some(facts) = &auth.token_header {
        schemes.push(Box::new(token_header::TokenHeader::new(&facts.header)));
    }
    schemes
}

/// The schemes a contract accepts that cannot be signed or verified yet, by the names of their tables.
pub fn unsupported(auth: &Auth) -> Vec<&'static str> {
    [("acs3", auth.acs3.is_some()), ("sdk-hmac-sha256", auth.sdk_hmac_sha256.is_some())]
        .into_iter()
        .filter_map(|(name, accepted)| accepted.then_some(name))
        .collect()
}

/// The credential of this name, for signing.
fn needed<'c>(credentials: &'c Credentials, name: &str) -> Result<&'c str, String> {
    credentials
        .get(name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| format!("credentials lack `{name}`"))
}

/// Whether two secrets are the same, in a time that depends on their lengths only.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// The identity whose `token` this is.
fn holder(token: &str, known: &[Credentials]) -> Result<usize, (Condition, String)> {
    known
        .iter()
        .position(|identity| identity.get("token").is_some_and(|known| same(known, token)))
        .ok_or_else(|| (Condition::BadCredentials, "the token is not known".to_owned()))
}

/// An error in one line, with what lies beneath it: the uppermost one often only says that something failed.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut beneath = error.source();
    while let Some(cause) = beneath {
        text.push_str(&format!(": {cause}"));
        beneath = cause.source();
    }
    text
}

#[cfg(test)]
mod tests;
