//! Signing schemes: one file each, each signing and verifying.

mod acs3;
mod authorization;
mod bearer;
mod keyed;
mod likeness;
mod sdk_hmac_sha256;
mod sigv4;
mod token_header;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use crate::contract::auth::Auth;
use crate::contract::error::Condition;
use crate::contract::likeness::{Dice, like, mix};
use crate::exchange::{Identity, Request};

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

/// Where a request goes, as far as it is signed.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'d> {
    /// The operation, by its name in the contract.
    pub operation: &'d str,
    /// The host, with its port where it is not the usual one, as the `Host` header will carry it.
    pub authority: &'d str,
    /// The path of the base URL, which stands before the request's target on the wire: empty, or `/something` without
    /// a slash at the end.
    pub prefix: &'d str,
}

/// How old a signature is made that is to be refused for its age. Vendors give a quarter of an hour.
const STALE: Duration = Duration::from_secs(2 * 60 * 60);

/// One way to prove who sent a request.
pub trait Scheme: Send + Sync {
    /// The name of its table in contracts and target files.
    fn name(&self) -> &'static str;

    /// Adds to the request what the scheme asks for.
    ///
    /// # Errors
    /// Says what is missing or cannot be signed.
    fn sign(
        &self,
        request: &mut Request,
        to: Destination<'_>,
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

    /// The same, by a server with a gap: where a request states the hash of its body, that is taken on trust.
    ///
    /// # Errors
    /// As for `verify`.
    fn verify_head(
        &self,
        request: &Request,
        known: &[Credentials],
        now: SystemTime,
    ) -> Result<usize, (Condition, String)> {
        self.verify(request, known, now)
    }

    /// The same, by a server with a gap: a signature for any service will do.
    ///
    /// # Errors
    /// As for `verify`.
    fn verify_anywhere(
        &self,
        request: &Request,
        known: &[Credentials],
        now: SystemTime,
    ) -> Result<usize, (Condition, String)> {
        self.verify(request, known, now)
    }

    /// The same scheme for another service, where a signature says which service it is for.
    fn for_another_service(&self) -> Option<Box<dyn Scheme>> {
        None
    }

    /// Spoils the credentials of a signed request for one condition (`missing-credentials`, `bad-credentials`,
    /// `bad-signature`); `false` where that cannot be done. [`sign_badly`] knows more conditions.
    fn spoil(&self, request: &mut Request, condition: Condition) -> bool;

    /// Whether requests carry a signature over themselves, with its date.
    fn signs(&self) -> bool {
        false
    }

    /// The credential that temporary keys have beside the others.
    fn temporary(&self) -> Option<&'static str> {
        None
    }

    /// How a `curl` line gets its credentials.
    fn curl(&self, credentials: &Credentials) -> crate::exchange::curl::CurlAuth;

    /// Credentials for the built-in mock: made up, and not secret.
    fn example(&self) -> Credentials;
}

/// Credentials of another identity of the built-in mock, in the likeness of its usual ones: made up, and not secret.
pub fn example_of(scheme: &dyn Scheme, who: Identity) -> Credentials {
    let alike = |(name, value): (String, String)| {
        // A region is where one is, not who.
        let other = match name.as_str() {
            "region" => value,
            _ => like(&value, &mut Dice::new(who as u64, mix(name.len() as u64))),
        };
        (name, other)
    };
    Credentials(scheme.example().0.into_iter().map(alike).collect())
}

/// Signs a request in such a way that it has to be refused for `condition`; `false` where the scheme knows no way.
///
/// # Errors
/// Says what is missing or cannot be signed.
pub fn sign_badly(
    scheme: &dyn Scheme,
    request: &mut Request,
    to: Destination<'_>,
    credentials: &Credentials,
    now: SystemTime,
    condition: Condition,
) -> Result<bool, String> {
    if condition == Condition::ExpiredCredentials {
        // The date is part of what is signed, so an old one has to be signed to begin with.
        let past = now.checked_sub(STALE).filter(|_| scheme.signs());
        return past.map_or(Ok(false), |past| scheme.sign(request, to, credentials, past).map(|()| true));
    }
    scheme.sign(request, to, credentials, now)?;
    Ok(scheme.spoil(request, condition))
}

/// The schemes a contract accepts.
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
    if let Some(facts) = &auth.acs3 {
        schemes.push(Box::new(acs3::Acs3::new(&facts.version)));
    }
    if auth.sdk_hmac_sha256.is_some() {
        schemes.push(Box::new(sdk_hmac_sha256::SdkHmacSha256));
    }
    schemes
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

/// Another hexadecimal digit.
fn flipped(digit: char) -> char {
    digit.to_digit(16).and_then(|value| char::from_digit(15 - value, 16)).unwrap_or(digit)
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
