//! Errors whose code is right in one place and wrong in another.

use super::super::answer::{Answer, AnswerContext};
use super::super::refuse::put;
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::error::Locator;

struct TwoCodes {
    label: Label,
    at: Locator,
    codes: Vec<String>,
}

impl Fault for TwoCodes {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if context.condition.is_none() {
            return;
        }
        // A code that this error does not have, whichever it has.
        let text = format!("{answer:?}");
        if let Some(code) = self.codes.iter().find(|code| !text.contains(code.as_str())) {
            put(answer, &self.at, code);
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let body = &contract.facts.error_body;
    let codes: Vec<String> = body.codes.keys().cloned().collect();
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    for at in body.code.iter().filter(|_| body.code.len() > 1 && codes.len() > 1) {
        let place = match (&at.header, &at.body) {
            (Some(header), _) => format!("header-{header}"),
            (None, Some(pointer)) => pointer.as_str().trim_start_matches('/').to_owned(),
            (None, None) => continue,
        };
        let label = Label::new(
            format!("codes-disagree::{place}"),
            format!("an error has another code at {place} than elsewhere"),
            &["errors/known-code"],
        );
        found.push(Box::new(TwoCodes { label, at: at.clone(), codes: codes.clone() }));
    }
    found
}
