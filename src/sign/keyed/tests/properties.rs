//! What holds for any request.

use proptest::prelude::*;

use super::*;

/// The segments of a path, and the members of a query.
type Meaning = (Vec<Vec<u8>>, Vec<(Vec<u8>, Vec<u8>)>);

/// What a path and a query say, however they are written.
fn meaning(target: &str) -> Meaning {
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut members: Vec<_> = query
        .split('&')
        .filter(|member| !member.is_empty())
        .map(|member| {
            let (name, value) = member.split_once('=').unwrap_or((member, ""));
            (decoded(&name.replace('+', "%20")), decoded(&value.replace('+', "%20")))
        })
        .collect();
    members.sort();
    (path.split('/').map(decoded).collect(), members)
}

proptest! {
    #[test]
    fn what_is_signed_is_verified(
        method in "[A-Z]{1,8}",
        path in "(/[!-~&&[^?#]]{0,6}|/%[2-7][0-9A-Fa-f]|/é){1,4}",
        query in "(\\?[!-~&&[^#]]{0,20})?",
        body: Vec<u8>,
        content_type in proptest::option::of("[ -~]{0,12}"),
        is_temporary: bool,
    ) {
        for (scheme, _) in each() {
            let mut plain = request(&method, &format!("{path}{query}"), &body);
            plain.headers.remove("content-type");
            plain.headers.0.extend(content_type.iter().map(|value| ("content-type".to_owned(), value.clone())));
            let who = if is_temporary { temporary(scheme.as_ref()) } else { scheme.example() };
            let arrived = arrived(scheme.as_ref(), plain, &who);
            prop_assert_eq!(verdict(scheme.as_ref(), &arrived, &who), Ok(0));
        }
    }

    #[test]
    fn any_other_byte_in_the_path_or_query_is_refused(
        segment in "[a-zA-Z0-9%]{1,6}", value in "[a-zA-Z0-9%+=&]{1,8}", place in 1usize..64, byte in b'!'..=b'~',
    ) {
        for (scheme, _) in each() {
            let who = scheme.example();
            let mut changed =
                arrived(scheme.as_ref(), request("GET", &format!("/{segment}/x?a=1&b={value}"), b""), &who);
            let sent = changed.target.clone();
            let place = place % sent.len();
            let mut bytes = sent.clone().into_bytes();
            bytes[place] = byte;
            changed.target = String::from_utf8(bytes).unwrap();
            let is_same = meaning(&sent) == meaning(&changed.target);
            let expected = if is_same { Ok(0) } else { Err(Condition::BadSignature) };
            prop_assert_eq!(verdict(scheme.as_ref(), &changed, &who), expected, "{}", changed.target);
        }
    }

    #[test]
    fn any_other_byte_in_the_body_is_refused(body in prop::collection::vec(any::<u8>(), 1..40), place: usize, flip in 1u8..) {
        for (scheme, _) in each() {
            let who = scheme.example();
            let mut changed = arrived(scheme.as_ref(), request("POST", "/", &body), &who);
            let place = place % body.len();
            changed.body[place] ^= flip;
            prop_assert_eq!(verdict(scheme.as_ref(), &changed, &who), Err(Condition::BadSignature));
        }
    }

    #[test]
    fn any_other_byte_in_a_signed_header_is_refused(place: usize, byte in b'!'..=b'~') {
        for (scheme, recipe) in each() {
            let who = temporary(scheme.as_ref());
            let signed = arrived(scheme.as_ref(), request("POST", "/", b"{}"), &who);
            let header = signed.headers.get("authorization").unwrap().to_owned();
            for name in recipe.read(&header).unwrap().signed_headers.split(';') {
                let mut value = signed.headers.get(name).unwrap().to_owned().into_bytes();
                let place = place % value.len();
                if value[place] == byte {
                    continue;
                }
                value[place] = byte;
                let mut changed = signed.clone();
                changed.headers.set(name, String::from_utf8(value).unwrap());
                prop_assert!(verdict(scheme.as_ref(), &changed, &who).is_err(), "{}", name);
            }
            // A second header of the same name is no way in either.
            let mut twice = signed.clone();
            twice.headers.push("content-type", "text/plain");
            prop_assert_eq!(verdict(scheme.as_ref(), &twice, &who), Err(Condition::BadSignature));
        }
    }

    #[test]
    fn nothing_that_arrives_breaks_verification(
        target: String, value: String, parts in "[ -~]{0,80}", body: Vec<u8>, now: u64,
    ) {
        for (scheme, recipe) in each() {
            let who = scheme.example();
            let mut request = arrived(scheme.as_ref(), request("GET", "/", b""), &who);
            let now = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(now)).unwrap_or(at(NOON));
            request.target = target.clone();
            request.body = body.clone();
            request.headers.set("content-type", value.as_str());
            prop_assert!(scheme.verify(&request, std::slice::from_ref(&who), now).is_err());
            request.headers.set(recipe.date, value.as_str());
            prop_assert!(verdict(scheme.as_ref(), &request, &who).is_err());
            request.headers.set("authorization", format!("{} {}={parts}", recipe.algorithm, recipe.key_part));
            prop_assert!(verdict(scheme.as_ref(), &request, &who).is_err());
            // A time that cannot be written is told, and no more.
            let _ = scheme.sign(&mut request, TO, &who, now);
        }
    }
}
