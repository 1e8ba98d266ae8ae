//! Only documented statuses are sent.

use std::collections::BTreeSet;

use crate::contract::Contract;
use crate::contract::error::ErrorRow;
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::{Answer, Story};

/// `fields/documented-status`.
pub struct DocumentedStatus;

static META: Meta = Meta {
    id: "fields/documented-status",
    title: "the HTTP status is a documented one",
    keyword: Keyword::Must,
    checks: "Each answer's status is listed for its operation, comes with one of the documented error codes, or, for \
             errors, falls under a documented default. A default never covers a success status.",
    why: "Clients branch on the status. Some SDKs take any status they do not know for a failure, so that a 200 in \
          place of a 202 turns a started job into an error; others take it for a success and read an empty object.",
    fix: "Answer with the status the documentation gives for this outcome.",
    seeks: "an answer to a call of the contract",
};

impl Rule for DocumentedStatus {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut judgement, mut seen) = (Judgement::default(), BTreeSet::new());
        for answer in story.answers() {
            judgement.look(answer.index);
            let status = answer.response.status;
            let is_documented = answer.is_listed() || is_error_answer(answer, contract);
            if !is_documented && seen.insert((answer.name, status)) {
                let message =
                    format!("{} answers with status {status}, which is not documented for it", answer.name);
                let reference = answer.operation.statuses_ref();
                let (due, status) = (expected(answer), status.to_string());
                let finding = Finding::new(answer.index, reference, message, due, status.clone());
                judgement.find([finding.kind("not-documented").about(About::Code(status))]);
            }
        }
        judgement
    }
}

/// Whether the contract's errors name this status for the operation, even though its list of responses does not.
fn is_error_answer(answer: &Answer<'_>, contract: &Contract) -> bool {
    let status = answer.response.status;
    let speaks_of_it =
        |operations: &[String]| operations.is_empty() || operations.iter().any(|o| o == answer.name);
    // A condition that this call can never be in says nothing about it.
    let speaks =
        |row: &&ErrorRow| contract.speaks_of(row, answer.name) && contract.can_concern(row.when, answer.name);
    let in_rows = contract.facts.errors.iter().filter(speaks).any(|row| {
        row.any_of.iter().any(|a| {
            let is_any = a.any_client_error && answer.exchange.meant().probe == Some(row.when);
            a.status == Some(status) || (is_any && (400..500).contains(&status))
        })
    });
    let codes = contract.error_body(answer.name).codes.values();
    status >= 400
        && (in_rows || codes.filter(|c| speaks_of_it(&c.operations)).any(|c| c.status.contains(&status)))
}

fn expected(answer: &Answer<'_>) -> String {
    let statuses: Vec<&str> =
        answer.operation.responses.keys().map(String::as_str).filter(|key| *key != "default").collect();
    let listed = statuses.join(", ");
    if answer.operation.responses.contains_key("default") {
        format!("{listed}, or any error status")
    } else {
        listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    fn answered(vendor: &str, status: u16) -> Vec<Finding> {
        let script =
            Script::of(vendor).cancel_refused("AAAAAAAAAA", status, &json!({"id": "x", "message": "x"}));
        script.findings(&DocumentedStatus)
    }

    #[rstest]
    #[case("bedrock", 200)]
    #[case("bedrock", 204)]
    #[case("bedrock", 302)]
    #[case("bedrock", 418)]
    #[case("bedrock", 502)]
    #[case("digitalocean", 202)]
    fn other_statuses_are_found(#[case] vendor: &str, #[case] status: u16) {
        let findings = answered(vendor, status);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].actual, status.to_string());
    }

    #[rstest]
    #[case("bedrock", 202)]
    #[case("bedrock", 409)]
    #[case("bedrock", 500)]
    #[case("digitalocean", 200)]
    #[case("digitalocean", 404)]
    #[case("digitalocean", 422)]
    fn documented_statuses_pass(#[case] vendor: &str, #[case] status: u16) {
        assert_eq!(answered(vendor, status), vec![]);
    }

    /// A cancel is refused with 409, which no list of responses names, by a vendor with these facts on errors.
    fn unlisted(has_rows: bool, code_of: Option<&[&str]>) -> usize {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        contract.facts.operations.get_mut("StopIngestionJob").unwrap().responses.remove("409").unwrap();
        if !has_rows {
            contract.facts.errors.clear();
        }
        let codes = &mut contract.facts.error_body.codes;
        match code_of {
            Some(operations) => {
                codes.get_mut("ConflictException").unwrap().operations =
                    operations.iter().map(|o| (*o).to_owned()).collect();
            }
            None => codes.clear(),
        }
        let mut script = Script::of("bedrock");
        script.contract = std::sync::Arc::new(contract);
        script.cancel_refused("AAAAAAAAAA", 409, &json!({})).findings(&DocumentedStatus).len()
    }

    #[test]
    fn a_status_is_documented_by_an_error_or_a_code_too() {
        assert_eq!(unlisted(true, None), 0);
        assert_eq!(unlisted(false, Some(&[])), 0);
        assert_eq!(unlisted(false, Some(&["StartIngestionJob", "StopIngestionJob"])), 0);
        assert_eq!(unlisted(false, Some(&["StartIngestionJob"])), 1);
        assert_eq!(unlisted(false, None), 1);
    }
}
