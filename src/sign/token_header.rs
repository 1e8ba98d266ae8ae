//! A token in a header of its own.

use std::time::SystemTime;

use super::likeness::likeness;
use super::{Credentials, Destination, Scheme, holder, needed};
use crate::contract::error::Condition;
use crate::exchange::Request;
use crate::exchange::curl::CurlAuth;

/// Tokens in a header whose name the contract gives. Credentials: `token`.
pub(super) struct TokenHeader {
    header: String,
}

impl TokenHeader {
    /// Tokens in this header.
    pub(super) fn new(header: &str) -> Self {
        TokenHeader { header: header.to_owned() }
    }
}

impl Scheme for TokenHeader {
    fn name(&self) -> &'static str {
        "token-header"
    }

    fn sign(
        &self,
        request: &mut Request,
        _to: Destination<'_>,
        credentials: &Credentials,
        _now: SystemTime,
    ) -> Result<(), String> {
        request.headers.set(&self.header, needed(credentials, "token")?);
        Ok(())
    }

    fn verify(
        &self,
        request: &Request,
        known: &[Credentials],
        _now: SystemTime,
    ) -> Result<usize, (Condition, String)> {
        match request.headers.get(&self.header).map(str::trim).filter(|token| !token.is_empty()) {
            Some(token) => holder(token, known),
            None => Err((Condition::MissingCredentials, format!("there is no {} header", self.header))),
        }
    }

    fn spoil(&self, request: &mut Request, condition: Condition) -> bool {
        match condition {
            Condition::MissingCredentials => request.headers.remove(&self.header),
            Condition::BadCredentials => {
                let unknown = likeness(request.headers.get(&self.header).unwrap_or_default());
                request.headers.set(&self.header, unknown);
            }
            _ => return false,
        }
        true
    }

    fn curl(&self, _credentials: &Credentials) -> CurlAuth {
        CurlAuth::Header {
            name: self.header.clone(),
            prefix: String::new(),
            variable: "JOBPROOF_TOKEN".into(),
        }
    }

    fn example(&self) -> Credentials {
        Credentials::new([("token", "jobproof-token")])
    }
}
