//! A token in the `Authorization` header, after the word `Bearer`.

use std::time::SystemTime;

use super::likeness::likeness;
use super::{Credentials, Destination, Scheme, holder, needed};
use crate::contract::error::Condition;
use crate::exchange::Request;
use crate::exchange::curl::CurlAuth;

/// Bearer tokens. Credentials: `token`.
pub(super) struct Bearer;

impl Scheme for Bearer {
    fn name(&self) -> &'static str {
        "bearer"
    }

    fn sign(
        &self,
        request: &mut Request,
        _to: Destination<'_>,
        credentials: &Credentials,
        _now: SystemTime,
    ) -> Result<(), String> {
        let token = needed(credentials, "token")?;
        request.headers.set("authorization", format!("Bearer {token}"));
        Ok(())
    }

    fn verify(
        &self,
        request: &Request,
        known: &[Credentials],
        _now: SystemTime,
    ) -> Result<usize, (Condition, String)> {
        let Some(value) = request.headers.get("authorization") else {
            return Err((Condition::MissingCredentials, "there is no Authorization header".into()));
        };
        match token(value) {
            Some(token) => holder(token, known),
            None => Err((Condition::BadCredentials, "the Authorization header holds no bearer token".into())),
        }
    }

    fn spoil(&self, request: &mut Request, condition: Condition) -> bool {
        match condition {
            Condition::MissingCredentials => request.headers.remove("authorization"),
            Condition::BadCredentials => {
                let unknown =
                    likeness(request.headers.get("authorization").and_then(token).unwrap_or_default());
                request.headers.set("authorization", format!("Bearer {unknown}"));
            }
            _ => return false,
        }
        true
    }

    fn curl(&self, _credentials: &Credentials) -> CurlAuth {
        CurlAuth::Header {
            name: "Authorization".into(),
            prefix: "Bearer ".into(),
            variable: "JOBPROOF_TOKEN".into(),
        }
    }

    fn example(&self) -> Credentials {
        Credentials::new([("token", "jobproof-token")])
    }
}

/// The token in an `Authorization` header; the word before it may be written in any case.
fn token(value: &str) -> Option<&str> {
    let (word, token) = value.trim().split_once(' ')?;
    let token = token.trim_start();
    (word.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
