//! `errors/known-code`.

use crate::contract::Contract;
use crate::contract::error::Code;
use crate::exchange::refusal::refusal;
use crate::rule::{About, Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::said::seen;
use crate::story::text::one_of;
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "errors/known-code",
    title: "an error's code is documented, and comes with its status",
    keyword: Keyword::Must,
    checks: "The code of every error answer is in the documented list, belongs to the operation, and comes with one of \
             its documented statuses; where a code stands in several places, they agree. Where the list is open, a \
             code outside it is noted.",
    why: "A client raises the exception that it knows by this code: an unknown one, or a known one under another \
          status, falls through every handler.",
    fix: "Answer with a code of the documented list, and keep the status of each code in one place.",
    seeks: "an error answer with a code",
};

/// The rule.
#[derive(Debug)]
pub struct KnownCode;

impl Rule for KnownCode {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for answer in story.answers().iter().filter(|a| a.is_refused()) {
            let body = contract.error_body(answer.name);
            let said = refusal(answer.response, body);
            let Some(code) = said.code else { continue };
            judgement.look(answer.index);
            if said.codes.iter().any(|(_, other)| *other != code) {
                let shown = said.codes.iter().map(|(place, code)| format!("{place}: {code}"));
                let actual = shown.collect::<Vec<_>>().join(", ");
                let message = "an error names different codes in different places".to_owned();
                judgement.find([Finding::new(answer.index, &body.reference, message, "one code", actual)
                    .kind("codes-differ")]);
            }
            judgement.find(misused(answer, &code, contract));
        }
        judgement
    }
}

fn misused(answer: &Answer<'_>, code: &str, contract: &Contract) -> Option<Finding> {
    let body = contract.error_body(answer.name);
    let actual = seen(answer.exchange, contract);
    let unlisted = if body.open { Level::Note } else { Level::Fail };
    let Some(Code { status, operations, reference }) = body.codes.get(code) else {
        if body.codes.is_empty() {
            return None;
        }
        let expected = one_of(body.codes.keys());
        let message = "an error has a code that is not documented".to_owned();
        return Some(
            Finding::new(answer.index, &body.reference, message, expected, actual)
                .kind("undocumented")
                .about(About::Code(code.to_owned()))
                .at_most(unlisted),
        );
    };
    if !status.is_empty() && !status.contains(&answer.response.status) {
        let expected = format!("{code} with status {}", one_of(status.iter().map(u16::to_string)));
        let message = format!("the error {code} comes with another status than documented");
        return Some(
            Finding::new(answer.index, reference, message, expected, actual)
                .kind("other-status")
                .about(About::Code(code.to_owned())),
        );
    }
    if !operations.is_empty() && !operations.iter().any(|o| o == answer.name) {
        let expected = format!("{code} from {} only", one_of(operations));
        let message = format!("the error {code} is not documented for this operation");
        return Some(
            Finding::new(answer.index, reference, message, expected, actual)
                .kind("other-operation")
                .about(About::Code(code.to_owned()))
                .at_most(unlisted),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("ConflictException", 409, None)]
    #[case("ConflictException", 400, Some(Level::Fail))]
    // The list of codes is open, so a code outside it and one of another operation are noted.
    #[case("InternalError", 409, Some(Level::Note))]
    #[case("ServiceQuotaExceededException", 402, Some(Level::Note))]
    fn knows_the_codes(#[case] code: &str, #[case] status: u16, #[case] expected: Option<Level>) {
        let body = json!({"__type": code, "message": "no"});
        let script = Script::of("bedrock").cancel_refused("JOB0000001", status, &body);
        let found: Vec<Level> = script.findings(&KnownCode).iter().map(|f| f.at_most).collect();
        assert_eq!(found, Vec::from_iter(expected));
    }

    #[test]
    fn places_must_agree() {
        let script = Script::of("bedrock")
            .cancel_refused("JOB0000001", 409, &json!({"__type": "ValidationException"}))
            .header("x-amzn-errortype", "ConflictException");
        let found = script.findings(&KnownCode);
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].actual,
            "header x-amzn-errortype: ConflictException, body /__type: ValidationException"
        );
    }
}
