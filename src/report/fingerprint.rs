//! A name for a finding that stays the same from run to run.

use sha2::{Digest, Sha256};

/// The fingerprint of a finding: 16 hexadecimal digits. Ids, times and numbers in the message, and array indices in
/// the pointer, make no difference; an HTTP status does (see `steady`).
///
/// A message with an id that is made of letters only should be given to [`without_ids`] first, because nothing
/// tells such an id from a word.
pub fn fingerprint(
    vendor: &str,
    rule: &str,
    operation: &str,
    pointer: Option<&str>,
    message: &str,
) -> String {
    let pointer = pointer.map(steady_pointer).unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [vendor, rule, operation, &pointer, &steady(message)] {
        // The length keeps `ab` + `c` apart from `a` + `bc`.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The text with these ids replaced by `*`. Ids of fewer than four characters stay: they would blank ordinary words.
pub fn without_ids<'i>(text: &str, ids: impl IntoIterator<Item = &'i str>) -> String {
    let mut ids: Vec<&str> = ids.into_iter().filter(|id| id.len() >= 4).collect();
    // The longest first, so that an id which contains another goes as a whole.
    ids.sort_by_key(|id| std::cmp::Reverse(id.len()));
    ids.iter().fold(text.to_owned(), |text, id| text.replace(id, "*"))
}

/// The pointer with `*` for every array index.
fn steady_pointer(pointer: &str) -> String {
    let steady = |segment: &str| {
        let index = !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit());
        if index { "*".to_owned() } else { segment.to_owned() }
    };
    pointer.split('/').map(steady).collect::<Vec<_>>().join("/")
}

/// The words before a number that make it an HTTP status, which tells one finding from another.
const BEFORE_A_STATUS: [&str; 3] = ["status", "HTTP", "answered"];

/// The message with `*` for everything that another run would have otherwise: UUIDs, RFC 3339 times, numbers, and
/// words of eight or more characters that mix letters and digits, as ids do. A number of three digits right after
/// `status`, `HTTP` or `answered` stays.
fn steady(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        if !first.is_ascii_alphanumeric() {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let length = time(rest).or_else(|| uuid(rest));
        let (length, volatile) = length.map_or_else(|| word(rest, &out), |length| (length, true));
        out.push_str(if volatile { "*" } else { &rest[..length] });
        rest = &rest[length..];
    }
    out
}

/// The length of the run of letters, or the number, at the start of `rest`, and whether another run would have it
/// otherwise. `rest` starts with a letter or a digit; `before` is what precedes it.
fn word(rest: &str, before: &str) -> (usize, bool) {
    let run = span(rest, |b| b.is_ascii_alphanumeric());
    let word = &rest[..run];
    let digits = span(word, |b| b.is_ascii_digit());
    if digits < run {
        return (run, run >= 8 && word.bytes().any(|b| b.is_ascii_digit()));
    }
    let previous = before.trim_end_matches(' ').rsplit(|c: char| !c.is_ascii_alphabetic()).next();
    if run == 3 && previous.is_some_and(|word| BEFORE_A_STATUS.contains(&word)) {
        return (run, false);
    }
    // A fraction belongs to its number; the full stop of a sentence does not.
    let fraction = rest[run..].strip_prefix('.').map_or(0, |tail| span(tail, |b| b.is_ascii_digit()));
    (if fraction > 0 { run + 1 + fraction } else { run }, true)
}

/// The length of the UUID at the start of `rest`, if there is one.
fn uuid(rest: &str) -> Option<usize> {
    matches(rest, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh")
}

/// The length of the RFC 3339 time at the start of `rest`, if there is one.
fn time(rest: &str) -> Option<usize> {
    let mut length = matches(rest, "dddd-dd-ddtdd:dd:dd")?;
    if let Some(fraction) = rest[length..].strip_prefix('.') {
        length += 1 + span(fraction, |b| b.is_ascii_digit());
    }
    let zone = &rest[length..];
    Some(length + matches(zone, "z").or_else(|| matches(zone, "sdd:dd")).unwrap_or(0))
}

/// The length of `pattern` when `rest` starts with it: `d` is a digit, `h` a hexadecimal digit, `t` and `z` the
/// letters of a time, `s` a sign; others stand for themselves.
fn matches(rest: &str, pattern: &str) -> Option<usize> {
    let fits = |(byte, class): (u8, u8)| match class {
        b'd' => byte.is_ascii_digit(),
        b'h' => byte.is_ascii_hexdigit(),
        b't' => byte == b'T' || byte == b't' || byte == b' ',
        b'z' => byte == b'Z' || byte == b'z',
        b's' => byte == b'+' || byte == b'-',
        other => byte == other,
    };
    let long_enough = rest.len() >= pattern.len();
    (long_enough && rest.bytes().zip(pattern.bytes()).all(fits)).then_some(pattern.len())
}

/// How many bytes at the start of `text` belong.
fn span(text: &str, belongs: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|&b| belongs(b)).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a refused cancel changed the job from COMPLETE to STOPPED", None)]
    #[case("PROCESSING is not in the enum", None)]
    #[case("job 7KQ2X9ABCD is gone", Some("job * is gone"))]
    #[case("file_1a2b3c4d5e and task-0042", Some("file_* and task-*"))]
    #[case("id 6f9619ff-8b86-d011-b42d-00c04fc964ff.", Some("id *."))]
    #[case("2026-11-22T10:20:30.123Z is after 2026-11-22T10:20:29+02:00.", Some("* is after *."))]
    #[case("it went from 12 to 3.5, then -4.", Some("it went from * to *, then -*."))]
    #[case("answered 500, status 404 and HTTP 302", None)]
    #[case("status 4042", Some("status *"))]
    #[case("sigv4 and v2 stay, as ümläut5 does", None)]
    fn what_varies_becomes_a_star(#[case] message: &str, #[case] expected: Option<&str>) {
        assert_eq!(steady(message), expected.unwrap_or(message));
    }

    #[rstest]
    #[case("/items/3/status", "/items/*/status")]
    #[case("/items/3a", "/items/3a")]
    #[case("", "")]
    #[case("/", "/")]
    fn indices_become_stars(#[case] pointer: &str, #[case] expected: &str) {
        assert_eq!(steady_pointer(pointer), expected);
    }

    #[test]
    fn known_ids_become_stars() {
        assert_eq!(
            without_ids("KBABCDEFGH/KBABCDEFGHIJ of abc", ["KBABCDEFGH", "KBABCDEFGHIJ", "abc"]),
            "*/* of abc"
        );
    }

    /// A baseline holds fingerprints: a change here makes every baseline stale.
    #[test]
    fn it_is_frozen() {
        assert_eq!(
            fingerprint("v", "cancel/x", "Stop", Some("/jobs/0/state"), "job 12 moved"),
            "16b293f4e46c11fe"
        );
    }

    #[test]
    fn every_part_counts() {
        let base = fingerprint("v", "r", "o", Some("/p"), "m");
        let others = [
            fingerprint("w", "r", "o", Some("/p"), "m"),
            fingerprint("v", "s", "o", Some("/p"), "m"),
            fingerprint("v", "r", "q", Some("/p"), "m"),
            fingerprint("v", "r", "o", None, "m"),
            fingerprint("v", "r", "o", Some("/p"), "n"),
            fingerprint("vr", "", "o", Some("/p"), "m"),
        ];
        assert!(others.iter().all(|other| *other != base), "{base} {others:?}");
    }

    proptest! {
        #[test]
        fn any_text_has_one(vendor in ".*", pointer in proptest::option::of(".*"), message in "\\PC*") {
            let text = fingerprint(&vendor, "r", "o", pointer.as_deref(), &message);
            prop_assert_eq!(text.len(), 16);
            prop_assert!(text.bytes().all(|b| b.is_ascii_hexdigit()));
        }

        #[test]
        fn ids_times_and_numbers_make_no_difference(
            a in "[0-9][0-9A-Z]{8}[A-Z]", b in "[0-9][0-9A-Z]{8}[A-Z]", n in 0u64.., m in 0u64.., i in 0usize..99,
        ) {
            let of = |id: &str, n: u64, i: usize| fingerprint(
                "v", "r", "o", Some(&format!("/jobs/{i}/id")), &format!("job {id}: counter {n} went back"),
            );
            prop_assert_eq!(of(&a, n, i), of(&b, m, i + 1));
        }
    }
}
