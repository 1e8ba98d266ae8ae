//! The canonical form of a request: what is the same for everyone who handles it, however they write it.

use std::borrow::Cow;

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::{Digest, Sha256};

/// Everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The hash of bytes, in lower-case hexadecimal digits.
pub(in crate::sign) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The HMAC-SHA256 of a text, in lower-case hexadecimal digits.
///
/// # Errors
/// Says that the key cannot be used; keys of any length can.
pub(super) fn hmac(secret: &str, text: &str) -> Result<String, String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|why| why.to_string())?;
    mac.update(text.as_bytes());
    Ok(hex(&mac.finalize().into_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A path with each segment decoded and encoded again, so that an encoded slash stays one.
pub(in crate::sign) fn segments(path: &str) -> String {
    let again = |segment| percent_encode(&bytes(segment), ENCODED).to_string();
    path.split('/').map(again).collect::<Vec<_>>().join("/")
}

/// A path decoded as a whole and then encoded by segments: an encoded slash becomes a plain one.
pub(in crate::sign) fn whole_path(path: &str) -> String {
    let decoded = bytes(path);
    let again = |segment: &[u8]| percent_encode(segment, ENCODED).to_string();
    decoded.split(|byte| *byte == b'/').map(again).collect::<Vec<_>>().join("/")
}

/// A query with its members decoded, sorted, and encoded again. A plus sign is a blank, as in forms; a member without
/// a value gets an empty one.
pub(super) fn query(query: &str) -> String {
    let form = |part: &str| bytes(&part.replace('+', " ")).into_owned();
    let mut members: Vec<(Vec<u8>, Vec<u8>)> = query
        .split('&')
        .filter(|member| !member.is_empty())
        .map(|member| member.split_once('=').unwrap_or((member, "")))
        .map(|(name, value)| (form(name), form(value)))
        .collect();
    members.sort();
    let encoded = |part: &[u8]| percent_encode(part, ENCODED).to_string();
    let members: Vec<String> =
        members.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    members.join("&")
}

fn bytes(text: &str) -> Cow<'_, [u8]> {
    percent_decode_str(text).into()
}

/// A request in canonical form. `headers` are the signed ones, in order; `path` and `query` are canonical already.
pub(super) fn request(
    method: &str,
    path: &str,
    query: &str,
    headers: &[(String, String)],
    hash: &str,
) -> String {
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let names = names(headers);
    format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{hash}")
}

/// The names of signed headers, with semicolons between them.
pub(super) fn names(headers: &[(String, String)]) -> String {
    headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", "")]
    #[case("b=2&a=1", "a=1&b=2")]
    #[case("a=b+c&a=b%20b", "a=b%20b&a=b%20c")]
    #[case("a&&B=*()!'", "B=%2A%28%29%21%27&a=")]
    #[case("k%20=%e4%b8%ad/~=", "k%20=%E4%B8%AD%2F~%3D")]
    fn queries(#[case] raw: &str, #[case] expected: &str) {
        assert_eq!(query(raw), expected);
    }

    #[rstest]
    #[case("/", "/", "/")]
    #[case("/a%2fb/c:d+e", "/a%2Fb/c%3Ad%2Be", "/a/b/c%3Ad%2Be")]
    #[case("//x y/中/", "//x%20y/%E4%B8%AD/", "//x%20y/%E4%B8%AD/")]
    fn paths(#[case] path: &str, #[case] by_segment: &str, #[case] as_whole: &str) {
        assert_eq!((segments(path), whole_path(path)), (by_segment.to_owned(), as_whole.to_owned()));
    }

    #[test]
    fn the_published_hmac() {
        // RFC 4231, test case 2.
        let made = hmac("Jefe", "what do ya want for nothing?").unwrap();
        assert_eq!(made, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
