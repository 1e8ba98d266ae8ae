//! Header fields that are unusual.

use super::super::answer::{Answer, AnswerContext, Body};
use super::{Decoy, Label};
use crate::contract::Contract;

enum Odd {
    /// This content type for JSON.
    ContentType(&'static str),
    /// Names in capitals.
    Capitals,
    /// Fields that no page speaks of.
    MoreFields,
}

struct Head {
    label: Label,
    odd: Odd,
}

impl Decoy for Head {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, _: &AnswerContext<'_>, answer: &mut Answer) {
        match self.odd {
            Odd::ContentType(value) if matches!(answer.body, Body::Json(_)) => {
                // Where it is the usual one, the shortest form is the odd one.
                let is_usual = answer.headers.get("content-type") == Some(value);
                answer.headers.set("content-type", if is_usual { "application/json" } else { value });
            }
            Odd::ContentType(_) => {}
            Odd::Capitals => {
                answer.headers.0.iter_mut().for_each(|(name, _)| name.make_ascii_uppercase());
            }
            Odd::MoreFields => {
                for (name, value) in [
                    ("server", "nginx/1.27"),
                    ("via", "1.1 gateway.example"),
                    ("cache-control", "no-store"),
                    ("x-content-type-options", "nosniff"),
                    ("strict-transport-security", "max-age=63072000"),
                ] {
                    answer.headers.push(name, value);
                }
            }
        }
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    let mut add = |id: &str, title: &str, legal: &str, odd: Odd| {
        found.push(Box::new(Head { label: Label::new(id, title, legal), odd }) as Box<dyn Decoy>);
    };
    // Where the contract says what the field looks like, that counts.
    if !contract.facts.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type")) {
        let media = "media types compare without case and may have parameters";
        let with_charset = Odd::ContentType("application/json; charset=utf-8");
        add(
            "content-type::charset",
            "the content type names a charset, or none where that is usual",
            media,
            with_charset,
        );
        let capitals = Odd::ContentType("Application/JSON;charset=\"UTF-8\"");
        let suffix = Odd::ContentType("application/vnd.api+json");
        let of_its_own = "no page names the media type, and a +json suffix says that it is JSON";
        add("content-type::suffix", "the content type is one of its own, with +json", of_its_own, suffix);
        add("content-type::capitals", "the content type is written in capitals", media, capitals);
    }
    add(
        "header-names::capitals",
        "the names of header fields are in capitals",
        "the names of header fields compare without case",
        Odd::Capitals,
    );
    add(
        "header-more",
        "answers have fields of a gateway on the way",
        "a client has to pass over header fields that it does not know",
        Odd::MoreFields,
    );
    found
}
