//! Whether a request was signed by somebody known.

use std::time::SystemTime;

use super::{Authorization, Recipe, TOKEN, canonical, time, value};
use crate::contract::error::Condition;
use crate::exchange::Request;
use crate::sign::authorization::Unreadable;
use crate::sign::{Credentials, same};

impl Recipe {
    /// Verifies a request as it arrived. With `trusting` a stated hash of the body is not compared with the body.
    pub(in crate::sign) fn verify(
        &self,
        request: &Request,
        known: &[Credentials],
        now: SystemTime,
        trusting: bool,
    ) -> Result<usize, (Condition, String)> {
        let header = request.headers.get("authorization").unwrap_or_default();
        let parts = self.read(header).map_err(|why| match why {
            Unreadable::OtherScheme => {
                let why = format!("there is no Authorization header of {}", self.algorithm);
                (Condition::MissingCredentials, why)
            }
            Unreadable::Malformed(why) => {
                (Condition::BadCredentials, format!("the Authorization header is malformed: {why}"))
            }
        })?;
        let holder = known.iter().enumerate().find(|(_, identity)| identity.get(self.key) == Some(parts.key));
        let (index, identity) =
            holder.ok_or_else(|| (Condition::BadCredentials, "the key is not known".to_owned()))?;
        self.token_fits(request, parts.key, identity).map_err(|why| (Condition::BadCredentials, why))?;
        let bad = |why| (Condition::BadSignature, why);
        let date = request.headers.get(self.date).map(str::trim).unwrap_or_default();
        let time = time::read(date, self.written)
            .ok_or_else(|| bad(format!("{} is missing, or not written as it should be", self.date)))?;
        if !time::is_present(time, now) {
            let why = "the signature is not of the present time".to_owned();
            return Err((Condition::ExpiredCredentials, why));
        }
        let stated = request.headers.get(self.hash).filter(|_| trusting).map(str::to_owned);
        let hash = stated.map_or_else(|| self.payload(request), Ok).map_err(bad)?;
        self.fits(request, &parts, date, &hash, identity).map_err(bad)?;
        Ok(index)
    }

    /// Whether the request carries the token of a temporary key, or none where the key has none.
    fn token_fits(&self, request: &Request, key: &str, identity: &Credentials) -> Result<(), String> {
        let token = identity.get(TOKEN).unwrap_or_default();
        if !same(token, request.headers.get(self.token).unwrap_or_default()) {
            return Err("the security token is not that of the key".into());
        }
        match self.key_again.and_then(|name| request.headers.get(name)) {
            Some(again) if again.trim() != key => Err("two headers name different keys".into()),
            _ => Ok(()),
        }
    }

    /// Makes the signature again, over the headers that the client says it signed.
    fn fits(
        &self,
        request: &Request,
        parts: &Authorization<'_>,
        date: &str,
        hash: &str,
        identity: &Credentials,
    ) -> Result<(), String> {
        let signed = self.signed(request, parts.signed_headers)?;
        let query = canonical::query(request.query().unwrap_or_default());
        let secret = identity.get(self.secret).filter(|secret| !secret.is_empty());
        let secret = secret.ok_or("the key has no secret")?;
        for path in (self.paths)(request.path()) {
            let canonical = canonical::request(&request.method, &path, &query, &signed, hash);
            if same(&self.signature(secret, date, &canonical)?, parts.signature) {
                return Ok(());
            }
        }
        Err("the signature does not match the request".into())
    }

    /// The headers that the client says it signed, when these are all that have to be.
    pub(super) fn signed(&self, request: &Request, listed: &str) -> Result<Vec<(String, String)>, String> {
        let names: Vec<&str> = listed.split(';').collect();
        if !names.is_sorted_by(|a, b| a < b) || names.iter().any(|name| *name != name.to_ascii_lowercase()) {
            return Err("the signed headers are not listed in order and in lower case".into());
        }
        let sent = request.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
        let due = sent.filter(|name| (self.covers)(name));
        let required = self.required.iter().map(|name| (*name).to_owned());
        if let Some(missing) = required.chain(due).find(|name| !names.contains(&name.as_str())) {
            return Err(format!("`{missing}` is not signed"));
        }
        names
            .into_iter()
            .map(|name| {
                let value = value(&request.headers, name);
                let value = value.ok_or_else(|| format!("`{name}` is listed as signed but was not sent"))?;
                Ok((name.to_owned(), value))
            })
            .collect()
    }
}
