mod properties;
mod refusals;
mod vectors;

use std::time::Duration;

use super::*;
use crate::exchange::headers::Headers;
use crate::sign::Scheme;
use crate::sign::acs3::{self, Acs3};
use crate::sign::sdk_hmac_sha256::{self, SdkHmacSha256};

/// 2026-01-02T03:04:05Z.
const NOON: u64 = 1_767_323_045;

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn each() -> [(Box<dyn Scheme>, &'static Recipe); 2] {
    [(Box::new(Acs3::new("2026-01-01")), &acs3::RECIPE), (Box::new(SdkHmacSha256), &sdk_hmac_sha256::RECIPE)]
}

fn request(method: &str, target: &str, body: &[u8]) -> Request {
    let mut headers = Headers::default();
    headers.push("accept", "application/json");
    headers.push("Content-Type", "application/json");
    let (method, target) = (method.into(), target.into());
    Request { service: None, method, target, headers, body: body.to_vec() }
}

const TO: Destination<'_> = Destination { operation: "GetJob", authority: "h.example:8443", prefix: "/v1" };

/// A request as it arrives after it was signed.
fn arrived(scheme: &dyn Scheme, mut request: Request, who: &Credentials) -> Request {
    scheme.sign(&mut request, TO, who, at(NOON)).unwrap();
    request.headers.push("host", TO.authority);
    request.target = format!("{}{}", TO.prefix, request.target);
    request
}

fn temporary(scheme: &dyn Scheme) -> Credentials {
    let mut who = scheme.example();
    who.0.insert(TOKEN.into(), "a/token+of==".into());
    who
}

fn verdict(scheme: &dyn Scheme, request: &Request, who: &Credentials) -> Result<usize, Condition> {
    scheme.verify(request, std::slice::from_ref(who), at(NOON)).map_err(|(condition, _)| condition)
}
