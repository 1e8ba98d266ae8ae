//! Paths exactly as they were composed and signed.

use reqwest::Url;

use crate::target::file::settings::Base;

/// The address of a request.
///
/// # Errors
/// Refuses a target that URLs cannot carry as it is written. They resolve the segments `.` and `..`, encoded or not,
/// and encode some characters; such a request would ask for something else, under a signature that does not fit.
pub(super) fn url(base: &Base, target: &str) -> Result<Url, String> {
    let refused = || {
        let path = target.split('?').next().unwrap_or_default();
        format!("not sent: no URL can carry the path `{path}` as it is written")
    };
    if !target.starts_with('/') {
        return Err(refused());
    }
    let url = Url::parse(&format!("{base}{target}")).map_err(|_| refused())?;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let carried = format!("{}{query}", url.path());
    if carried == format!("{}{target}", base.prefix) { Ok(url) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::compose::encode;
    use proptest::prelude::*;
    use rstest::rstest;

    fn base() -> Base {
        Base::parse("http://h:1/p/").unwrap()
    }

    #[rstest]
    #[case("/a/bad%20id%2F../stop")]
    #[case("/a//stop")]
    #[case("//stop")]
    #[case("/a/%E2%98%83?b=%2F..&c=")]
    #[case("/a/..b/...?")]
    #[case("/")]
    fn is_carried_as_written(#[case] target: &str) {
        assert_eq!(url(&base(), target).unwrap().as_str(), format!("http://h:1/p{target}"));
    }

    #[rstest]
    #[case::dots("/a/../b")]
    #[case::dots_at_the_end("/a/..")]
    #[case::encoded_dots("/a/%2E%2e/b")]
    #[case::backslash("/a\\b")]
    #[case::blank("/a b")]
    #[case::fragment("/a#b")]
    #[case::not_ascii("/é")]
    #[case::other_host("@evil.example/a")]
    #[case::empty("")]
    fn is_refused(#[case] target: &str) {
        assert!(url(&base(), target).is_err());
    }

    proptest! {
        #[test]
        fn any_encoded_text_but_dots_is_carried(id: String) {
            let target = format!("/a/{}/stop?q={}", encode(&id), encode(&id));
            prop_assert_eq!(url(&base(), &target).is_ok(), id != "." && id != "..");
        }
    }
}
