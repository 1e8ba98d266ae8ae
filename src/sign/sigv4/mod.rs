//! AWS Signature Version 4, in the `Authorization` header.

mod authorization;
mod verify;

use std::time::SystemTime;

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;

use super::keyed::canonical::sha256;
use super::{Credentials, Destination, Scheme, causes, flipped, needed};
use crate::contract::error::Condition;
use crate::exchange::Request;
use crate::exchange::curl::CurlAuth;
use authorization::Authorization;

/// A key of the usual form that nobody holds.
const UNKNOWN_KEY: &str = "AKIAJOBPROOFUNKNOWN0";

/// A service that no vendor has.
const OTHER_SERVICE: &str = "jobproof";

/// The longest path and query that are signed, in bytes: each may grow fourfold when it is encoded, and addresses of
/// more than 65,534 bytes cannot be represented.
const LONGEST_TARGET: usize = 16_000;

/// The headers that signing adds.
const ADDED: [&str; 3] = ["authorization", "x-amz-date", "x-amz-security-token"];

/// SigV4 for one service. Credentials: `access_key_id`, `secret_access_key`, `region`, and `session_token` for
/// temporary ones.
pub(super) struct SigV4 {
    service: String,
}

impl SigV4 {
    /// SigV4 for the service of this signing name.
    pub(super) fn new(service: &str) -> Self {
        SigV4 { service: service.to_owned() }
    }
}

impl Scheme for SigV4 {
    fn name(&self) -> &'static str {
        "sigv4"
    }

    fn sign(
        &self,
        request: &mut Request,
        to: Destination<'_>,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<(), String> {
        ADDED.into_iter().for_each(|name| request.headers.remove(name));
        let token = credentials.get("session_token").filter(|token| !token.is_empty());
        // What botocore signs: who else handles the request may change other headers.
        let own = |name: &str| name.eq_ignore_ascii_case("content-type") || is_amz(name);
        let mut headers: Vec<(&str, &str)> = request.headers.iter().filter(|(name, _)| own(name)).collect();
        headers.push(("host", to.authority));
        headers.extend(token.map(|token| ("x-amz-security-token", token)));
        let made = Signing {
            key: needed(credentials, "access_key_id")?,
            secret: needed(credentials, "secret_access_key")?,
            region: needed(credentials, "region")?,
            service: &self.service,
            time: now,
        }
        .headers(
            &request.method,
            &format!("{}{}", to.prefix, request.target),
            headers,
            payload(request)?,
        )?;
        made.into_iter().for_each(|(name, value)| request.headers.set(&name, value));
        if let Some(token) = token {
            request.headers.set("x-amz-security-token", token);
        }
        Ok(())
    }

    fn verify(
        &self,
        request: &Request,
        known: &[Credentials],
        now: SystemTime,
    ) -> Result<usize, (Condition, String)> {
        verify::verify(&self.service, request, known, now)
    }

    fn verify_anywhere(
        &self,
        request: &Request,
        known: &[Credentials],
        now: SystemTime,
    ) -> Result<usize, (Condition, String)> {
        let value = request.headers.get("authorization").unwrap_or_default();
        let named = Authorization::parse(value).map(|parts| parts.service.to_owned());
        verify::verify(named.as_deref().unwrap_or(&self.service), request, known, now)
    }

    fn for_another_service(&self) -> Option<Box<dyn Scheme>> {
        Some(Box::new(SigV4::new(OTHER_SERVICE)))
    }

    fn spoil(&self, request: &mut Request, condition: Condition) -> bool {
        let Some(value) = request.headers.get("authorization").map(str::to_owned) else { return false };
        let Ok(parts) = Authorization::parse(&value) else { return false };
        let spoiled = match condition {
            Condition::MissingCredentials => {
                ADDED.into_iter().for_each(|name| request.headers.remove(name));
                return true;
            }
            Condition::BadCredentials => Authorization { key: UNKNOWN_KEY, ..parts }.to_string(),
            Condition::BadSignature => {
                let flipped: String = parts.signature.chars().map(flipped).collect();
                Authorization { signature: &flipped, ..parts }.to_string()
            }
            _ => return false,
        };
        request.headers.set("authorization", spoiled);
        true
    }

    fn signs(&self) -> bool {
        true
    }

    fn temporary(&self) -> Option<&'static str> {
        Some("session_token")
    }

    fn curl(&self, credentials: &Credentials) -> CurlAuth {
        CurlAuth::AwsSigV4 {
            region: credentials.get("region").unwrap_or("us-east-1").to_owned(),
            service: self.service.clone(),
        }
    }

    fn example(&self) -> Credentials {
        Credentials::new([
            ("access_key_id", "AKIDJOBPROOFEXAMPLE"),
            ("secret_access_key", "jobproof/secret/EXAMPLEKEY"),
            ("region", "us-east-1"),
        ])
    }
}

/// One signature to make.
struct Signing<'a> {
    key: &'a str,
    secret: &'a str,
    region: &'a str,
    service: &'a str,
    time: SystemTime,
}

impl Signing<'_> {
    /// The headers that sign a request which carries these headers, `host` among them. All of them are signed.
    fn headers<'h>(
        &self,
        method: &'h str,
        target: &'h str,
        headers: Vec<(&'h str, &'h str)>,
        body: SignableBody<'h>,
    ) -> Result<Vec<(String, String)>, String> {
        // The crate panics on other forms of a target, and on a query that grows too long when it is encoded.
        if !target.starts_with('/') || target.len() > LONGEST_TARGET {
            return Err("the request's target is not a path, or is too long to be signed".into());
        }
        let mut settings = SigningSettings::default();
        // The caller chose the headers; clients may sign what this leaves out unasked, such as `user-agent`.
        settings.excluded_headers = None;
        // The session token comes as one of the headers, signed or not.
        let identity =
            aws_credential_types::Credentials::new(self.key, self.secret, None, None, "jobproof").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(self.time)
            .settings(settings)
            .build()
            .map_err(|e| e.to_string())?
            .into();
        let request = SignableRequest::new(method, target, headers.into_iter(), body)
            .map_err(|error| causes(&error))?;
        let (made, _) = sign(request, &params).map_err(|error| causes(&error))?.into_parts();
        Ok(made.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

/// What a body counts as: itself, or what an `x-amz-content-sha256` header puts in its place.
fn payload(request: &Request) -> Result<SignableBody<'_>, String> {
    match request.headers.get("x-amz-content-sha256") {
        Some("UNSIGNED-PAYLOAD") => Ok(SignableBody::UnsignedPayload),
        Some(stated) if stated != sha256(&request.body) => {
            Err("x-amz-content-sha256 is not the hash of the body".into())
        }
        _ => Ok(SignableBody::Bytes(&request.body)),
    }
}

fn is_amz(name: &str) -> bool {
    name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"))
}

#[cfg(test)]
mod tests;
