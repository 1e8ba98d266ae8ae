//! Errors with the wrong status, the wrong code or none, and errors that are none.

use super::super::answer::{Answer, AnswerContext};
use super::super::refuse::{put_code, put_message, remove_codes};
use super::{Check, Fault, Label};
use crate::contract::Contract;
use crate::contract::cancel::Expect;
use crate::contract::error::{Condition, ErrorRow};
use crate::contract::operation::Role;
use crate::contract::pattern::compiled;
use crate::contract::pointer::Pointer;

/// A message that no vendor documents.
const OTHER_WORDS: &str = "Something else went wrong.";

enum Wrong {
    Code(Condition, String),
    Status(Condition, u16),
    /// The wrong words, on these operations or on all.
    Message(Condition, Vec<String>),
    ServerError(Condition, Option<String>),
    NoCode,
}

struct Error {
    label: Label,
    wrong: Wrong,
}

impl Fault for Error {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let Some(condition) = context.condition else { return };
        match &self.wrong {
            Wrong::Code(when, code) if condition == *when => put_code(context.error_body(), answer, code),
            Wrong::Status(when, status) if condition == *when => answer.status = *status,
            Wrong::Message(when, operations)
                if condition == *when
                    && (operations.is_empty() || operations.iter().any(|o| o == context.name)) =>
            {
                put_message(context.error_body(), answer, OTHER_WORDS);
            }
            Wrong::ServerError(when, code) if condition == *when => {
                answer.status = 500;
                if let Some(code) = code {
                    put_code(context.error_body(), answer, code);
                }
            }
            Wrong::NoCode => remove_codes(context.error_body(), answer),
            _ => {}
        }
    }
}

struct Found {
    label: Label,
}

impl Fault for Found {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, _: &str) -> bool {
        check == Check::Existence
    }
}

/// The rule that judges a condition which the suite can bring about on this mock.
pub(super) fn rule(contract: &Contract, condition: Condition) -> Option<&'static str> {
    let auth = &contract.facts.auth;
    let knows_schemes = !crate::sign::schemes(auth).is_empty();
    let rows = || contract.facts.errors.iter().filter(|row| row.when == condition);
    rows().next()?;
    match condition {
        Condition::UnknownJob => Some("errors/unknown-job"),
        Condition::UnknownParent => contract
            .facts
            .parameters
            .iter()
            .any(|(name, parameter)| {
                parameter.unknown.is_some()
                    && contract.facts.operations.values().any(|o| o.parent_place(name).is_some())
            })
            .then_some("errors/unknown-parent"),
        Condition::MalformedId => checks_ids(contract).then_some("errors/malformed-id"),
        Condition::MissingParameter => {
            asks_for(contract, rows, "required").then_some("errors/missing-parameter")
        }
        Condition::InvalidParameter => asks_for(contract, rows, "type").then_some("errors/invalid-parameter"),
        Condition::Conflict => Some("errors/conflict"),
        Condition::NotCancellable => Some("cancel/refusal-error"),
        Condition::NotRetryable => Some("retry/refusal-error"),
        Condition::MissingCredentials => knows_schemes.then_some("auth/missing-credentials"),
        Condition::BadCredentials => knows_schemes.then_some("auth/bad-credentials"),
        Condition::BadSignature => auth.signs().then_some("auth/bad-signature"),
        Condition::ExpiredCredentials => auth.signs().then_some("auth/expired-credentials"),
        Condition::UnsupportedKind => refuses_kinds(contract).then_some("cancel/refusal-error"),
        Condition::Forbidden | Condition::Throttled => None,
    }
}

/// Whether some jobs may not be cancelled for what they are.
fn refuses_kinds(contract: &Contract) -> bool {
    let refused = Expect::Refused(Condition::UnsupportedKind);
    contract.facts.cancel.iter().any(|row| row.expect == refused)
}

/// Whether the schema of a get refuses one of the malformed ids.
fn checks_ids(contract: &Contract) -> bool {
    contract.of_role(Role::Get).any(|(_, operation)| {
        contract.facts.job.ids.malformed.iter().any(|id| {
            let Some(target) = &operation.target else { return false };
            let mut view = serde_json::json!({"path": {}, "query": {}});
            target.put(&mut view, id.as_str().into());
            let found = contract.shapes.mismatches(&operation.request, &view);
            found.iter().any(|mismatch| mismatch.at == target.as_str())
        })
    })
}

/// Whether the schema of a request that the rows speak of has a keyword for its query or body.
fn asks_for<'r, I: Iterator<Item = &'r ErrorRow>>(
    contract: &Contract,
    rows: impl Fn() -> I,
    keyword: &str,
) -> bool {
    contract.facts.operations.iter().any(|(name, operation)| {
        let is_spoken_of = rows().any(|row| contract.speaks_of(row, name));
        let Some(shape) = contract.shapes.get(&operation.request).filter(|_| is_spoken_of) else {
            return false;
        };
        let required =
            shape.document.pointer("/properties/query/required").and_then(serde_json::Value::as_array);
        if keyword == "required" && required.is_some_and(|names| !names.is_empty()) {
            return true;
        }
        ["/properties/query/properties", "/properties/body"]
            .iter()
            .filter_map(|part| Pointer::new(*part).first(&shape.document))
            .any(|part| has(part, keyword))
    })
}

/// Whether a keyword stands anywhere in a schema, other than as the type of the whole.
fn has(schema: &serde_json::Value, keyword: &str) -> bool {
    match schema {
        serde_json::Value::Object(members) => {
            let inner = |(name, member): (&String, &serde_json::Value)| {
                has(member, keyword) || (keyword == "type" && name == "$ref")
            };
            (keyword != "type" && members.contains_key(keyword))
                || (keyword == "type" && members.get("properties").is_some())
                || members.iter().any(inner)
        }
        serde_json::Value::Array(items) => items.iter().any(|item| has(item, keyword)),
        _ => false,
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let body = &contract.facts.error_body;
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut add = |id: String, title: String, caught_by: &[&'static str], wrong: Wrong| {
        found.push(Box::new(Error { label: Label::new(id, title, caught_by), wrong }) as Box<dyn Fault>);
    };
    for condition in Condition::ALL {
        let Some(rule) = rule(contract, condition) else { continue };
        let answers: Vec<_> = contract
            .facts
            .errors
            .iter()
            .filter(|row| row.when == condition)
            .flat_map(|row| &row.any_of)
            .collect();
        if answers.iter().all(|answer| answer.code.is_some()) {
            let is_right = |code: &&String| answers.iter().any(|answer| answer.code.as_ref() == Some(code));
            let code = body.codes.keys().find(|code| !is_right(code));
            let code = code.map_or_else(|| "JobproofUnheardOf".to_owned(), Clone::clone);
            add(
                format!("wrong-code::{condition}"),
                format!("{condition} is answered with the code {code}"),
                &[rule],
                Wrong::Code(condition, code),
            );
        }
        let is_right = |status: &u16| {
            answers.iter().any(|a| {
                a.status == Some(*status) || a.any_client_error || (a.status.is_none() && !a.in_success)
            })
        };
        if let Some(status) = [418, 400, 409].into_iter().find(|status| !is_right(status)) {
            add(
                format!("wrong-status::{condition}"),
                format!("{condition} is answered with status {status}"),
                &[rule, "fields/documented-status"],
                Wrong::Status(condition, status),
            );
        }
        for row in contract.facts.errors.iter().filter(|row| row.when == condition) {
            // Only words that no alternative allows are wrong.
            let is_told = row.any_of.iter().all(|answer| {
                let pattern = answer.message.as_deref().and_then(compiled);
                pattern.is_some_and(|pattern| !pattern.is_match(OTHER_WORDS))
            });
            if is_told {
                let variant = row.operations.first().map_or_else(String::new, |name| format!("::{name}"));
                add(
                    format!("wrong-message::{condition}{variant}"),
                    format!("{condition} is answered with words that mean something else"),
                    &[rule],
                    Wrong::Message(condition, row.operations.clone()),
                );
            }
        }
        let code = body.codes.iter().find(|(_, code)| code.status.contains(&500)).map(|(c, _)| c.clone());
        add(
            format!("server-error::{condition}"),
            format!("{condition} is answered with status 500"),
            &["errors/server-error", rule],
            Wrong::ServerError(condition, code),
        );
    }
    if !body.code.is_empty() {
        add(
            "error-without-code".into(),
            "errors carry no code".into(),
            &["errors/body-shape", "errors/known-code"],
            Wrong::NoCode,
        );
    }
    if rule(contract, Condition::UnknownJob).is_some() {
        found.push(Box::new(Found {
            label: Label::new(
                "unknown-job-found",
                "a job that does not exist is shown all the same",
                &["errors/unknown-job"],
            ),
        }));
    }
    found
}
