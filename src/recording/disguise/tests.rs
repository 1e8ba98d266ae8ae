//! What stands for secrets.

use proptest::prelude::*;

use super::*;
use crate::exchange::redact::Redactor;

fn disguise(secrets: &[&str]) -> Disguise {
    Disguise::new(secrets.iter().map(|secret| (*secret).to_owned()), std::iter::empty())
}

#[test]
fn what_was_equal_stays_equal_and_nothing_else_does() {
    let mut disguise = disguise(&["canary-1", "canary-2"]);
    let (a, b) = (disguise.text("canary-1"), disguise.text("canary-2"));
    assert_ne!(a, b);
    assert_eq!(disguise.text("x canary-1 y"), format!("x {a} y"));
    let token = disguise.header("X-Token", "Bearer canary-1");
    assert!(token.ends_with(&a) && !token.contains("Bearer"), "{token}");
    assert_eq!(disguise.header("X-Token", "Bearer canary-1"), token);
    assert_eq!(disguise.header("Accept", "canary-2"), b);
    assert_eq!(disguise.stand_ins(), [a, b]);
}

#[test]
fn values_and_bytes_are_hidden_too() {
    let mut disguise = disguise(&["4711", "canary"]);
    let hidden = disguise.value(&serde_json::json!({ "pin": 4711, "is": ["a canary", true, null, 12] }));
    assert!(!hidden.to_string().contains("4711") && !hidden.to_string().contains("canary"), "{hidden}");
    assert!(hidden["pin"].is_number() && hidden["is"][3] == 12, "{hidden}");
    let bytes = disguise.bytes(b"\xff canary \xfe");
    assert!(bytes.len() == 10 && !bytes.windows(6).any(|part| part == b"canary"), "{bytes:?}");
}

#[test]
fn a_stand_in_stands_nowhere_else() {
    let body: String = (0..=999).map(|n| format!("{n:03} 1{n:03} ")).collect();
    let exchange = Exchange {
        asked: crate::exchange::Asked::default(),
        meant: None,
        request: crate::exchange::Request {
            service: None,
            method: "GET".into(),
            target: "/".into(),
            headers: Headers::default(),
            body: body.into_bytes(),
        },
        outcome: Err(crate::exchange::TransportError::Broken(String::new())),
        sent: std::time::Duration::ZERO,
        received: std::time::Duration::ZERO,
    };
    let disguise = Disguise::new(["1234".to_owned()], std::iter::once(&exchange));
    assert!(!stands_in(&exchange, &disguise.stand_ins()[0]), "{:?}", disguise.stand_ins());
}

proptest! {
    /// The heart of it: redacting what was disguised gives what redacting the original gives.
    #[test]
    fn a_redactor_sees_no_difference(
        secrets in proptest::collection::vec("[a-zA-Z0-9\"/& é字_-]{6,14}", 1..4),
        pieces in proptest::collection::vec((0_usize..8, "[ a-z{}:\",?&=]{0,6}"), 0..12),
    ) {
        // What is left when one stands in another is no secret any more.
        let mixed = secrets.iter().enumerate().any(|(at, a)| {
            secrets.iter().enumerate().any(|(other, b)| at != other && shares(a, b))
        });
        prop_assume!(!mixed);
        let mut text = String::new();
        for (which, between) in &pieces {
            match secrets.get(*which) {
                Some(secret) => text.push_str(&spellings(secret)[which + between.len() % 3]),
                None if *which == 7 => text.push_str("?x-amz-signature=0a1b2c"),
                None => {}
            }
            text.push_str(between);
        }
        let known: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let mut disguise = disguise(&known);
        let hidden = disguise.text(&text);
        for secret in &secrets {
            prop_assert!(!hidden.contains(secret.as_str()), "{} in {}", secret, hidden);
        }
        let after = Redactor::new(disguise.stand_ins().iter().cloned());
        prop_assert_eq!(after.text(&hidden), Redactor::new(secrets.clone()).text(&text));
    }
}

/// Whether two texts have four characters in common.
fn shares(a: &str, b: &str) -> bool {
    let letters: Vec<char> = a.chars().collect();
    letters.windows(3).any(|part| b.contains(&part.iter().collect::<String>()))
}
