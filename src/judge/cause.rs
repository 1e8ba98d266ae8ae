//! Causes: one thing that stands behind many findings at once. It is told once, in their place.

use std::collections::BTreeMap;

use apollo_compiler::ast::OperationType;

use super::verdict::{Outcome, RuleVerdict};
use crate::case::Case;
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::exchange::{Exchange, Transcript};
use crate::rule::{Finding, Level, Why};
use crate::story::said::{is_accepted, is_one_of, said};

/// From so many answers on, a habit of all of them is no accident.
const ENOUGH: usize = 3;

/// One thing that stands behind many findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    /// What kind of cause it is; never changes.
    pub kind: &'static str,
    /// The operations that it concerns.
    pub operations: Vec<String>,
    /// What is the matter, in one line.
    pub message: String,
    /// What to do about it.
    pub hint: &'static str,
    /// Whether it leaves the run without a verdict.
    pub is_fatal: bool,
    /// How many answers show it.
    pub answers: usize,
    /// The case, and the exchange in it, that shows it.
    pub shown: (String, usize),
    /// The findings that hang below it: the rule of each, its case, and what was found.
    pub findings: Vec<(&'static str, String, Level, Finding)>,
}

/// One case that was driven, with its verdicts.
#[derive(Debug)]
pub struct Judged<'r> {
    /// The case.
    pub case: &'r Case,
    /// What was exchanged.
    pub transcript: &'r Transcript,
    /// The verdicts.
    pub verdicts: &'r mut Vec<RuleVerdict>,
}

/// An answer of the run to a request that nothing is wrong with.
struct Plain<'r> {
    case: &'r str,
    index: usize,
    operation: &'r str,
    exchange: &'r Exchange,
}

/// Looks for causes over a whole run, and takes the findings that hang below them out of the verdicts: what was to be
/// judged is then not judged.
pub fn settle(contract: &Contract, cases: &mut [Judged<'_>]) -> Vec<Cause> {
    let plain: Vec<Plain<'_>> = cases.iter().flat_map(|judged| plain(judged, contract)).collect();
    let all = unanswered(cases).or_else(|| everywhere(contract, &plain));
    let mut causes: Vec<Cause> = all.into_iter().collect();
    if causes.is_empty() {
        causes = absent(contract, &plain);
    }
    for cause in &mut causes {
        for judged in cases.iter_mut() {
            hang(cause, judged);
        }
    }
    causes
}

/// The answers to requests of the usual identity that were not made wrong.
fn plain<'r>(judged: &Judged<'r>, contract: &'r Contract) -> impl Iterator<Item = Plain<'r>> + use<'r> {
    let (case, transcript) = (judged.case, judged.transcript);
    transcript.exchanges.iter().enumerate().filter_map(move |(index, exchange)| {
        let meant = exchange.meant();
        let is_plain = meant.probe.is_none() && meant.identity.is_none() && meant.not_offered.is_none();
        let (operation, _) = contract.facts.operations.get_key_value(exchange.asked.operation.as_ref()?)?;
        exchange.response().filter(|_| is_plain)?;
        Some(Plain { case: &case.id, index, operation, exchange })
    })
}

/// That no request of the run was answered at all: what stands at the address speaks no HTTP, or breaks off.
fn unanswered(cases: &[Judged<'_>]) -> Option<Cause> {
    let mut sent = cases.iter().flat_map(|judged| {
        judged
            .transcript
            .exchanges
            .iter()
            .enumerate()
            .map(|(index, exchange)| (&judged.case.id, index, exchange))
    });
    let (case, index, first) = sent.next()?;
    let error = first.outcome.as_ref().err()?;
    let mut others = 0;
    for (_, _, exchange) in sent {
        others += 1;
        exchange.outcome.as_ref().err()?;
    }
    (others + 1 >= ENOUGH).then(|| Cause {
        kind: "no-answer",
        operations: Vec::new(),
        message: format!("no request was answered: {error}"),
        hint: "Look whether the server is up, and whether `base_url` has the right scheme, host and port.",
        is_fatal: true,
        answers: others + 1,
        shown: (case.clone(), index),
        findings: Vec::new(),
    })
}

/// What every answer of the run has in common, where that says nothing about any operation.
fn everywhere(contract: &Contract, plain: &[Plain<'_>]) -> Option<Cause> {
    let first = plain.first().filter(|_| plain.len() >= ENOUGH)?;
    let new = |kind, message: String, hint| Cause {
        kind,
        operations: Vec::new(),
        message,
        hint,
        is_fatal: true,
        answers: plain.len(),
        shown: (first.case.to_owned(), first.index),
        findings: Vec::new(),
    };
    let all = |holds: &dyn Fn(&Plain<'_>) -> bool| plain.iter().all(holds);
    let named = || plain.iter().filter(|one| !is_anonymous(contract, one.operation));
    let status = first.exchange.response().map_or(0, |response| response.status);
    if all(&|one| is_markup(one.exchange)) {
        let message = format!("every answer is an HTML page (the first with status {status})");
        let hint =
            "Look whether `base_url` leads to the API, and not to a login page, a proxy or a web site.";
        return Some(new("markup", message, hint));
    }
    if named().count() >= ENOUGH && named().all(|one| refuses_credentials(contract, one)) {
        let message =
            format!("the credentials are refused: every request that needs some was answered {status}");
        let hint = "Renew the credentials, and look whether the target file names the right variables, scheme and region.";
        return Some(new("credentials-refused", message, hint));
    }
    if all(&|one| one.exchange.response().is_some_and(|response| response.status == 404)) {
        let hint = "Look whether `base_url` has the right path, and whether the parameters name things that are there.";
        return Some(new("not-found-everywhere", "every answer is 404".to_owned(), hint));
    }
    None
}

fn is_anonymous(contract: &Contract, operation: &str) -> bool {
    contract.facts.operations.get(operation).is_some_and(|operation| operation.anonymous)
}

fn is_markup(exchange: &Exchange) -> bool {
    let body = exchange.response().map(|response| response.body.as_slice()).unwrap_or_default();
    body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// Whether an answer says that the credentials will not do.
fn refuses_credentials(contract: &Contract, one: &Plain<'_>) -> bool {
    let conditions = [
        Condition::MissingCredentials,
        Condition::BadCredentials,
        Condition::BadSignature,
        Condition::ExpiredCredentials,
    ];
    if is_accepted(one.exchange, contract) {
        return false;
    }
    let mut rows =
        conditions.into_iter().filter_map(|condition| contract.error_row(condition, one.operation));
    let status = one.exchange.response().map_or(0, |response| response.status);
    matches!(status, 401 | 403) || rows.any(|row| is_one_of(row, one.exchange, contract))
}

/// The operations that the server does not have: each answer to a right request says that there is no such thing, in
/// words that are not those of the API.
fn absent(contract: &Contract, plain: &[Plain<'_>]) -> Vec<Cause> {
    let mut by_operation: BTreeMap<&str, Vec<&Plain<'_>>> = BTreeMap::new();
    for one in plain.iter().filter(|one| asks_for_its_field(contract, one)) {
        by_operation.entry(one.operation).or_default().push(one);
    }
    let cause = |(operation, answers): (&str, Vec<&Plain<'_>>)| {
        let first =
            answers.first().filter(|_| answers.iter().all(|one| is_no_route(contract, one.exchange)))?;
        let status = first.exchange.response().map_or(0, |response| response.status);
        Some(Cause {
            kind: "absent-operation",
            operations: vec![operation.to_owned()],
            message: format!(
                "the server does not have {operation}: every right request was answered {status}"
            ),
            hint: "Where it should have it, name what has to be judged with --require; where not, nothing is wrong.",
            is_fatal: false,
            answers: answers.len(),
            shown: (first.case.to_owned(), first.index),
            findings: Vec::new(),
        })
    };
    by_operation.into_iter().filter_map(cause).collect()
}

/// Whether a request to a GraphQL service holds a document that asks for something: others are refused for what they
/// are, whatever the service has. Every other request does.
fn asks_for_its_field(contract: &Contract, one: &Plain<'_>) -> bool {
    let is_graphql = contract.graphql.roots.contains_key(one.operation);
    !is_graphql || one.exchange.asked.graphql.as_ref().is_some_and(|document| !document.keys.is_empty())
}

/// Whether an answer says that nothing is there to answer: a status for that, without a code of the API.
fn is_no_route(contract: &Contract, exchange: &Exchange) -> bool {
    let status = exchange.response().map_or(0, |response| response.status);
    let operation = exchange.asked.operation.as_deref().unwrap_or_default();
    let look = contract.error_body(operation);
    let code = said(exchange, contract).code;
    let is_of_api = match code {
        Some(code) => look.codes.is_empty() || look.codes.contains_key(&code),
        None => look.code.is_empty() && keeps_to_its_schema(contract, exchange),
    };
    matches!(status, 405 | 501) || (status == 404 && !is_of_api) || is_no_field(contract, exchange)
}

/// Whether a GraphQL service says that it has no such field: with the answer that is documented for that, or in words
/// that name the field and the type which lacks it, as every GraphQL library does.
fn is_no_field(contract: &Contract, exchange: &Exchange) -> bool {
    let operation = exchange.asked.operation.as_deref().unwrap_or_default();
    let transport = contract.service(operation).and_then(|service| service.transport.as_ref());
    let (Some(transport), Some(root)) = (transport, contract.graphql.roots.get(operation)) else {
        return false;
    };
    if is_accepted(exchange, contract) {
        return false;
    }
    let code = said(exchange, contract).code;
    if code.is_some() && code == transport.not_offered.code {
        return true;
    }
    let body = exchange.response().and_then(|response| response.json().ok());
    let errors = body.and_then(|body| body.get("errors")?.as_array());
    let kind = if root.kind == OperationType::Mutation { "Mutation" } else { "Query" };
    errors.into_iter().flatten().filter_map(|error| error.get("message")?.as_str()).any(|message| {
        let names = |wanted: &str| {
            message.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == wanted)
        };
        names(&root.field) && names(kind)
    })
}

/// Whether an error whose API has no codes looks as documented.
fn keeps_to_its_schema(contract: &Contract, exchange: &Exchange) -> bool {
    let operation = exchange.asked.operation.as_ref().and_then(|name| contract.facts.operations.get(name));
    let response = exchange.response();
    let schema = operation.zip(response).and_then(|(operation, r)| operation.response_schema(r.status));
    let body = response.and_then(|response| response.json().ok());
    schema
        .zip(body)
        .is_some_and(|(schema, body)| !schema.is_empty() && contract.shapes.is_valid(schema, body))
}

/// Takes what hangs below a cause out of the verdicts of a case.
fn hang(cause: &mut Cause, judged: &mut Judged<'_>) {
    let exchanges = &judged.transcript.exchanges;
    let is_meant = |exchange: usize| {
        let operation = exchanges.get(exchange).and_then(|exchange| exchange.asked.operation.as_ref());
        cause.is_fatal || operation.is_some_and(|operation| cause.operations.contains(operation))
    };
    let is_own = !cause.is_fatal && cause.operations.contains(&judged.case.operation);
    let why = match cause.operations.first() {
        Some(operation) if !cause.is_fatal => Why::Absent { operation: operation.clone() },
        _ => Why::Ended { because: cause.message.clone() },
    };
    for verdict in judged.verdicts.iter_mut() {
        let (below, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut verdict.findings)
            .into_iter()
            .partition(|(level, finding)| *level > Level::Note && is_meant(finding.exchange));
        let is_emptied = !below.is_empty() && kept.iter().all(|(level, _)| *level == Level::Note);
        verdict.findings = kept;
        let own =
            below.into_iter().map(|(level, finding)| (verdict.rule, judged.case.id.clone(), level, finding));
        cause.findings.extend(own);
        let is_error = matches!(&verdict.outcome, Outcome::NotJudged(why) if why.is_error());
        // A case of another operation may need what this one would have made.
        let is_its_doing = matches!(&verdict.outcome, Outcome::NotJudged(Why::AnsweredOtherwise { seen, .. })
            if !seen.is_empty() && seen.iter().all(|seen| cause.operations.contains(&seen.operation)));
        if is_emptied || is_its_doing || (is_own && (is_error || matches!(verdict.outcome, Outcome::Met))) {
            verdict.outcome = Outcome::NotJudged(why.clone());
            verdict.looked_at.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::operation::Role;
    use crate::rule::registry::rules;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    /// The causes of a run of one case with this story.
    fn causes(script: &Script) -> (Vec<Cause>, Vec<RuleVerdict>) {
        let transcript = script.transcript();
        let case = crate::case::cases(&script.contract)
            .into_iter()
            .find(|case| case.operation == "ListIngestionJobs" && !case.rules.is_empty())
            .unwrap();
        let mut verdicts = super::super::judge(&case, &transcript, None, &script.contract, &rules());
        let mut cases = [Judged { case: &case, transcript: &transcript, verdicts: &mut verdicts }];
        let causes = settle(&script.contract, &mut cases);
        (causes, verdicts)
    }

    fn list(script: Script, status: u16, body: &serde_json::Value) -> Script {
        let (name, _) = script.contract.of_role(Role::List).next().unwrap();
        let (name, view) = (name.to_owned(), script.view(name, None));
        script.call(&name, view, status, body)
    }

    #[rstest]
    #[case(400, "Cannot query field \"retryJob\" on type \"Mutation\".", "x", true)]
    #[case(200, "type `Mutation` does not have a field `retryJob`", "x", true)]
    #[case(200, "no", "not_implemented", true)]
    #[case(400, "retryJob failed", "x", false)]
    #[case(200, "no", "not_allowed", false)]
    fn a_graphql_field_that_is_not_there(
        #[case] status: u16,
        #[case] message: &str,
        #[case] code: &str,
        #[case] expected: bool,
    ) {
        let script = Script::of("aiware");
        let view = script.view("retryJob", Some("23041407_RORjiJw7te"));
        let body = json!({"errors": [{"message": message, "name": code}]});
        let script = script.call("retryJob", view, status, &body);
        let transcript = script.transcript();
        assert_eq!(is_no_field(&script.contract, &transcript.exchanges[0]), expected);
    }

    fn times(number: usize, status: u16, body: &serde_json::Value) -> Script {
        (0..number).fold(Script::of("bedrock"), |script, _| list(script, status, body))
    }

    #[rstest]
    #[case(403, json!({"__type": "ExpiredTokenException", "message": "no"}), Some("credentials-refused"))]
    #[case(404, json!({"__type": "ResourceNotFoundException", "message": "no"}), Some("not-found-everywhere"))]
    #[case(200, json!({"ingestionJobSummaries": []}), None)]
    #[case(409, json!({"__type": "ConflictException", "message": "no"}), None)]
    fn what_all_answers_say(
        #[case] status: u16,
        #[case] body: serde_json::Value,
        #[case] kind: Option<&str>,
    ) {
        let (found, _) = causes(&times(3, status, &body));
        assert_eq!(found.iter().map(|cause| cause.kind).collect::<Vec<_>>(), Vec::from_iter(kind));
        assert!(found.iter().all(|cause| cause.is_fatal && cause.answers == 3));
        let (few, _) = causes(&times(2, status, &body));
        assert!(few.iter().all(|cause| !cause.is_fatal));
    }

    #[test]
    fn a_server_that_answers_nothing_is_a_cause() {
        let lost = || Err(crate::exchange::TransportError::Broken("invalid HTTP version parsed".into()));
        let script = (0..3).fold(Script::of("bedrock"), |script, _| {
            list(script, 200, &json!({})).last(|exchange| exchange.outcome = lost())
        });
        assert_eq!(causes(&script).0[0].kind, "no-answer");
        assert_eq!(causes(&list(script, 200, &json!({"ingestionJobSummaries": []}))).0.len(), 0);
    }

    #[test]
    fn a_page_in_place_of_an_api_is_a_cause() {
        let script = (0..3).fold(Script::of("bedrock"), |script, _| {
            list(script, 200, &json!({})).raw(b"<!doctype html><title>Sign in</title>")
        });
        let (found, verdicts) = causes(&script);
        assert_eq!(found[0].kind, "markup");
        assert!(!found[0].findings.is_empty());
        assert!(
            verdicts.iter().all(|verdict| verdict.findings.iter().all(|(level, _)| *level == Level::Note))
        );
    }

    #[rstest]
    #[case(404, json!({"detail": "Not Found"}), true)]
    #[case(405, json!({"message": "no"}), true)]
    #[case(501, json!({}), true)]
    #[case(404, json!({"__type": "ResourceNotFoundException", "message": "no"}), false)]
    fn an_operation_that_is_not_there_is_said_once(
        #[case] status: u16,
        #[case] body: serde_json::Value,
        #[case] is_absent: bool,
    ) {
        let script = Script::of("bedrock").get("JOB0000001", &json!({"status": "COMPLETE"}));
        let (found, verdicts) = causes(&list(list(script, status, &body), status, &body));
        assert_eq!(found.len(), usize::from(is_absent), "{found:?}");
        let absent =
            |verdict: &RuleVerdict| matches!(&verdict.outcome, Outcome::NotJudged(Why::Absent { .. }));
        assert_eq!(verdicts.iter().any(absent), is_absent);
    }
}
