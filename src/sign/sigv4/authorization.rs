//! The `Authorization` header of SigV4, taken apart and put together.

use crate::sign::authorization::{Unreadable, parts};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The parts of an `Authorization` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Authorization<'h> {
    /// The access key id.
    pub(super) key: &'h str,
    /// The day of the scope, `yyyymmdd`.
    pub(super) date: &'h str,
    /// The region of the scope.
    pub(super) region: &'h str,
    /// The service of the scope.
    pub(super) service: &'h str,
    /// The names of the signed headers, with semicolons between them.
    pub(super) signed_headers: &'h str,
    /// The signature.
    pub(super) signature: &'h str,
}

impl<'h> Authorization<'h> {
    /// Takes a header apart. Blanks around commas do not matter, nor does the order of the parts.
    pub(super) fn parse(value: &'h str) -> Result<Self, Unreadable> {
        let [credential, signed_headers, signature] =
            parts(value, ALGORITHM, ["Credential", "SignedHeaders", "Signature"])?;
        let credential = credential.ok_or_else(|| Unreadable::lacks("Credential"))?;
        // Read from the end: the key is whatever stands before the scope.
        let mut scope = credential.rsplitn(5, '/');
        let (Some("aws4_request"), Some(service), Some(region), Some(date), Some(key)) =
            (scope.next(), scope.next(), scope.next(), scope.next(), scope.next())
        else {
            let why = "its credential is not key/date/region/service/aws4_request";
            return Err(Unreadable::Malformed(why.into()));
        };
        let signed_headers = signed_headers.ok_or_else(|| Unreadable::lacks("SignedHeaders"))?;
        let signature = signature.ok_or_else(|| Unreadable::lacks("Signature"))?;
        Ok(Authorization { key, date, region, service, signed_headers, signature })
    }
}

impl std::fmt::Display for Authorization<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Authorization { key, date, region, service, signed_headers, signature } = self;
        write!(
            f,
            "{ALGORITHM} Credential={key}/{date}/{region}/{service}/aws4_request, \
             SignedHeaders={signed_headers}, Signature={signature}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const WHOLE: &str = "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/service/aws4_request, \
                         SignedHeaders=host;x-amz-date, Signature=00ff";

    #[test]
    fn is_taken_apart_and_put_together() {
        let parts = Authorization::parse(WHOLE).unwrap();
        assert_eq!(
            (parts.key, parts.date, parts.region, parts.service),
            ("AKID", "20150830", "us-east-1", "service")
        );
        assert_eq!((parts.signed_headers, parts.signature), ("host;x-amz-date", "00ff"));
        assert_eq!(parts.to_string(), WHOLE);
        assert_eq!(Authorization::parse(&WHOLE.replace(", ", ",")), Ok(parts));
    }

    #[rstest]
    #[case::bearer("Bearer x", Unreadable::OtherScheme)]
    #[case::word_only("AWS4-HMAC-SHA256", Unreadable::OtherScheme)]
    #[case::nothing("", Unreadable::OtherScheme)]
    #[case::blank("AWS4-HMAC-SHA256 ,", Unreadable::Malformed("a part has no value".into()))]
    #[case::no_signature(
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host",
        Unreadable::Malformed("it lacks Signature".into())
    )]
    #[case::short_scope(
        "AWS4-HMAC-SHA256 Credential=a/b/aws4_request",
        Unreadable::Malformed("its credential is not key/date/region/service/aws4_request".into())
    )]
    #[case::twice(
        "AWS4-HMAC-SHA256 Signature=a, Signature=b",
        Unreadable::Malformed("it has a part twice".into())
    )]
    fn refuses(#[case] value: &str, #[case] expected: Unreadable) {
        assert_eq!(Authorization::parse(value), Err(expected));
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(value in "(AWS4-HMAC-SHA256 )?[ -~é]{0,60}") {
            let _ = Authorization::parse(&value);
        }
    }
}
