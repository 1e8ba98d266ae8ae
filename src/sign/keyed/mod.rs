//! What schemes have in common that sign a canonical request with the secret key itself.

pub(super) mod canonical;
mod time;
mod verify;

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::authorization::{Unreadable, parts};
use super::likeness::likeness;
use super::{Credentials, Destination, flipped, needed};
use crate::contract::error::Condition;
use crate::exchange::Request;

/// One such scheme.
pub(super) struct Recipe {
    /// The first word of the `Authorization` header.
    pub(super) algorithm: &'static str,
    /// What the header calls the key's id.
    pub(super) key_part: &'static str,
    /// What stands between the header's parts.
    pub(super) between: &'static str,
    /// The credential that is the key's id.
    pub(super) key: &'static str,
    /// The credential that is the key.
    pub(super) secret: &'static str,
    /// The header that carries the date.
    pub(super) date: &'static str,
    /// How the date is written.
    pub(super) written: &'static str,
    /// The header that carries the token of temporary keys, the credential `security_token`.
    pub(super) token: &'static str,
    /// The header that repeats the id of a temporary key.
    pub(super) key_again: Option<&'static str>,
    /// The header that states the hash of the body.
    pub(super) hash: &'static str,
    /// What that header may say in place of a hash.
    pub(super) no_hash: Option<&'static str>,
    /// The headers that must be sent and signed.
    pub(super) required: &'static [&'static str],
    /// Which headers must be signed when they are sent, by their names in lower case.
    pub(super) covers: fn(&str) -> bool,
    /// Which headers are signed here beside `host`, by their names in lower case.
    pub(super) signs: fn(&str) -> bool,
    /// The canonical paths that a path may be signed as; the first is the usual one.
    pub(super) paths: fn(&str) -> Vec<String>,
    /// The text that is signed, from the date and the hash of the canonical request.
    pub(super) text: fn(&str, &str) -> String,
}

/// The name of the token of temporary keys among the credentials.
pub(super) const TOKEN: &str = "security_token";

/// An `Authorization` header.
struct Authorization<'h> {
    key: &'h str,
    signed_headers: &'h str,
    signature: &'h str,
}

impl Recipe {
    /// Signs a request, with these headers set beforehand. Nothing is changed where it cannot be signed.
    pub(super) fn sign(
        &self,
        request: &mut Request,
        to: Destination<'_>,
        credentials: &Credentials,
        now: SystemTime,
        more: Vec<(&'static str, String)>,
    ) -> Result<(), String> {
        let key = needed(credentials, self.key)?;
        let secret = needed(credentials, self.secret)?;
        let target = format!("{}{}", to.prefix, request.target);
        if !request.target.starts_with('/') {
            return Err("the request's target is not a path".into());
        }
        let date = time::write(now, self.written)?;
        let mut headers = request.headers.clone();
        let token = credentials.get(TOKEN).filter(|token| !token.is_empty());
        for name in ["authorization", self.token].into_iter().chain(self.key_again) {
            headers.remove(name);
        }
        headers.set(self.date, &date);
        more.into_iter().for_each(|(name, value)| headers.set(name, value));
        if let Some(token) = token {
            headers.set(self.token, token);
            if let Some(name) = self.key_again {
                headers.set(name, key);
            }
        }
        let mut signed = BTreeMap::from([("host".to_owned(), to.authority.trim().to_owned())]);
        for (name, _) in headers.iter() {
            let name = name.to_ascii_lowercase();
            if (self.signs)(&name) {
                let value = value(&headers, &name).unwrap_or_default();
                signed.insert(name, value);
            }
        }
        let signed: Vec<(String, String)> = signed.into_iter().collect();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let path = (self.paths)(path).into_iter().next().unwrap_or_default();
        let hash = self.payload(request)?;
        let canonical = canonical::request(&request.method, &path, &canonical::query(query), &signed, &hash);
        let signature = self.signature(secret, &date, &canonical)?;
        let names = canonical::names(&signed);
        let made = Authorization { key, signed_headers: &names, signature: &signature };
        headers.set("authorization", self.write(&made));
        request.headers = headers;
        Ok(())
    }

    /// The signature of a canonical request.
    fn signature(&self, secret: &str, date: &str, canonical: &str) -> Result<String, String> {
        canonical::hmac(secret, &(self.text)(date, &canonical::sha256(canonical.as_bytes())))
    }

    /// The hash of the body, or what is sent in place of it.
    fn payload(&self, request: &Request) -> Result<String, String> {
        let hash = canonical::sha256(&request.body);
        match request.headers.get(self.hash).map(str::trim) {
            None => Ok(hash),
            Some(stated) if stated == hash || Some(stated) == self.no_hash => Ok(stated.to_owned()),
            Some(_) => Err(format!("{} is not the hash of the body", self.hash)),
        }
    }

    /// Spoils the credentials of a signed request.
    pub(super) fn spoil(&self, request: &mut Request, condition: Condition) -> bool {
        let Some(value) = request.headers.get("authorization").map(str::to_owned) else { return false };
        let Ok(parts) = self.read(&value) else { return false };
        let spoiled = match condition {
            Condition::MissingCredentials => {
                for name in ["authorization", self.token].into_iter().chain(self.key_again) {
                    request.headers.remove(name);
                }
                return true;
            }
            Condition::BadCredentials => {
                let unknown = likeness(parts.key);
                if let Some(name) = self.key_again.filter(|name| request.headers.get(name).is_some()) {
                    request.headers.set(name, unknown.as_str());
                }
                self.write(&Authorization { key: &unknown, ..parts })
            }
            Condition::BadSignature => {
                let flipped: String = parts.signature.chars().map(flipped).collect();
                self.write(&Authorization { signature: &flipped, ..parts })
            }
            _ => return false,
        };
        request.headers.set("authorization", spoiled);
        true
    }

    fn read<'h>(&self, value: &'h str) -> Result<Authorization<'h>, Unreadable> {
        let names = [self.key_part, "SignedHeaders", "Signature"];
        let [key, signed_headers, signature] = parts(value, self.algorithm, names)?;
        let lacks = |n: usize| move || Unreadable::lacks(names[n]);
        Ok(Authorization {
            key: key.ok_or_else(lacks(0))?,
            signed_headers: signed_headers.ok_or_else(lacks(1))?,
            signature: signature.ok_or_else(lacks(2))?,
        })
    }

    fn write(&self, parts: &Authorization<'_>) -> String {
        let Authorization { key, signed_headers, signature } = parts;
        let Recipe { algorithm, key_part, between, .. } = self;
        format!(
            "{algorithm} {key_part}={key}{between}SignedHeaders={signed_headers}{between}Signature={signature}"
        )
    }
}

/// The value of a header in canonical form; several of the same name are joined, so that none can be slipped in.
fn value(headers: &crate::exchange::headers::Headers, name: &str) -> Option<String> {
    let values: Vec<&str> =
        headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

#[cfg(test)]
mod tests;
