//! Signing schemes: one file each, each signing and verifying.

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

    /// How a `curl` line gets its credentials.
    fn curl(&self, credentials: &Credentials) -> crate::exchange::curl::CurlAuth;

    /// Credentials for the built-in mock: made up, and not secret.
    fn example(&self) -> Credentials;
}

/// The schemes a contract accepts.
pub fn schemes(auth: &Auth) -> Vec<Box<dyn Scheme>> {
    let _ = auth;
    Vec::new()
}
