//! Whether a request was signed by somebody known.

use std::time::{Duration, SystemTime};

use super::authorization::Authorization;
use super::{Signing, payload};
use crate::contract::error::Condition;
use crate::exchange::Request;
use crate::sign::authorization::Unreadable;
use crate::sign::{Credentials, same};

/// How far the time of a signature may be from the server's.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// Verifies a request as it arrived, for the service of this signing name. Any region will do: the server has none
/// of its own.
pub(super) fn verify(
    service: &str,
    request: &Request,
    known: &[Credentials],
    now: SystemTime,
) -> Result<usize, (Condition, String)> {
    let Some(value) = request.headers.get("authorization") else {
        return refused(Condition::MissingCredentials, "there is no Authorization header");
    };
    let parts = match Authorization::parse(value) {
        Ok(parts) => parts,
        Err(Unreadable::OtherScheme) => {
            return refused(Condition::MissingCredentials, "the Authorization header is not of SigV4");
        }
        Err(Unreadable::Malformed(why)) => {
            return refused(
                Condition::BadCredentials,
                &format!("the Authorization header is malformed: {why}"),
            );
        }
    };
    let holder =
        known.iter().enumerate().find(|(_, identity)| identity.get("access_key_id") == Some(parts.key));
    let Some((index, identity)) = holder else {
        return refused(Condition::BadCredentials, "the access key is not known");
    };
    let token = identity.get("session_token").filter(|token| !token.is_empty()).unwrap_or_default();
    if !same(token, request.headers.get("x-amz-security-token").unwrap_or_default()) {
        return refused(Condition::BadCredentials, "the security token is not that of the key");
    }
    let time = time(request, now)?;
    if let Err(why) = is_signed(service, request, &parts, time, identity) {
        return refused(Condition::BadSignature, &why);
    }
    Ok(index)
}

fn refused<T>(condition: Condition, why: &str) -> Result<T, (Condition, String)> {
    Err((condition, why.to_owned()))
}

/// The time of the signature, when it is near enough.
fn time(request: &Request, now: SystemTime) -> Result<SystemTime, (Condition, String)> {
    let Some(text) = request.headers.get("x-amz-date") else {
        return refused(Condition::BadSignature, "there is no x-amz-date header");
    };
    let Some(time) = read_time(text) else {
        return refused(Condition::BadSignature, "x-amz-date is not of the form 20150830T123600Z");
    };
    let apart = now.duration_since(time).unwrap_or_else(|early| early.duration());
    if apart > SKEW {
        return refused(Condition::ExpiredCredentials, "the signature is not of the present time");
    }
    Ok(time)
}

/// Reads `yyyymmddThhmmssZ`, and nothing that is written otherwise: it is signed as it is written.
fn read_time(text: &str) -> Option<SystemTime> {
    let digits = |at: std::ops::Range<usize>| text.as_bytes()[at].iter().all(u8::is_ascii_digit);
    if text.len() != 16 || !text.ends_with('Z') || !digits(0..8) || !digits(9..15) {
        return None;
    }
    let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().into())
}

/// Makes the signature again, over the headers that the client says it signed.
fn is_signed(
    service: &str,
    request: &Request,
    parts: &Authorization<'_>,
    time: SystemTime,
    identity: &Credentials,
) -> Result<(), String> {
    if parts.service != service {
        return Err(format!("the credential is scoped to service `{}`, not `{service}`", parts.service));
    }
    if !request
        .headers
        .get("x-amz-date")
        .is_some_and(|text| text.starts_with(parts.date) && parts.date.len() == 8)
    {
        return Err("the date of the credential's scope is not that of x-amz-date".into());
    }
    let names: Vec<&str> = parts.signed_headers.split(';').collect();
    if !names.is_sorted_by(|a, b| a < b) || names.iter().any(|name| *name != name.to_ascii_lowercase()) {
        return Err("the signed headers are not listed in order and in lower case".into());
    }
    if let Some(missing) = ["host", "x-amz-date"].into_iter().find(|name| !names.contains(name)) {
        return Err(format!("`{missing}` is not signed"));
    }
    if let Some(missing) = names.iter().find(|name| request.headers.get(name).is_none()) {
        return Err(format!("`{missing}` is listed as signed but was not sent"));
    }
    let named = |name: &str| names.iter().any(|signed| signed.eq_ignore_ascii_case(name));
    let signed: Vec<_> = request.headers.iter().filter(|(name, _)| named(name)).collect();
    let made = Signing {
        key: parts.key,
        secret: identity.get("secret_access_key").unwrap_or_default(),
        region: parts.region,
        service: parts.service,
        time,
    }
    .headers(&request.method, &request.target, signed, payload(request)?)?;
    let expected = made.iter().find(|(name, _)| name == "authorization").map(|(_, value)| value.as_str());
    let expected = expected.and_then(|value| Authorization::parse(value).ok()).map(|parts| parts.signature);
    match expected {
        Some(expected) if same(expected, parts.signature) => Ok(()),
        _ => Err("the signature does not match the request".into()),
    }
}
