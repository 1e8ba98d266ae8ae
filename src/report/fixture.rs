//! A report made by hand, with every verdict and every level, for the tests of the renderers.

use std::path::Path;

use proptest::prelude::*;

use super::fingerprint::Identity;
use super::model::{
    Also, Cause, ContractInfo, ExchangeInfo, FORMAT, FindingInfo, LedgerRow, Outcome, ReferenceInfo, Report,
    Run, Summary, Tool, Verdict, WhyNot,
};
use super::sort;
use crate::contract::cancel::{RowId, Table};
use crate::contract::operation::Role;
use crate::contract::reference::Basis;
use crate::rule::{About, Level, Why};

/// A report of two vendors, in order, with a summary that is right.
pub(super) fn report() -> Report {
    let stop = "acme::StopJob::refused::";
    let create = "acme::CreateJob::lifecycle";
    let no_job = "no job in state STOPPED could be arranged: add a [[fixtures]] table to the target file";
    let refused = "connection refused";
    let mut outcomes = vec![
        outcome("acme", create, "fields/undocumented-field", Verdict::Note, None),
        outcome("acme", create, "lifecycle/declared-transition", Verdict::Pass, None),
        outcome("acme", create, "status/in-enum", Verdict::Pass, None),
        outcome(
            "acme",
            create,
            "fields/matches-schema",
            Verdict::Known,
            Some("listed in the baseline: ticket 7"),
        ),
        outcome("acme", create, "listing/contains-created", Verdict::Fixed, None),
        outcome("acme", &format!("{stop}DONE"), "cancel/refusal-changes-nothing", Verdict::Fail, None),
        outcome("acme", &format!("{stop}FAILED"), "cancel/refusal-changes-nothing", Verdict::Fail, None),
        outcome("acme", &format!("{stop}DONE"), "cancel/refusal-status", Verdict::Warn, None),
        outcome("acme", &format!("{stop}STOPPED"), "cancel/refusal-status", Verdict::Skip, Some(no_job)),
        outcome(
            "acme",
            &format!("{stop}STOPPED"),
            "cancel/refusal-changes-nothing",
            Verdict::Skip,
            Some(no_job),
        ),
        outcome("umbra", "umbra::getJob::reads", "idempotency/safe-reads", Verdict::Pass, None),
        outcome("umbra", "umbra::getJob::unknown", "errors/unknown-job", Verdict::Error, Some(refused)),
        outcome("umbra", "umbra::listJobs::pages", "", Verdict::Error, Some(refused)),
        outcome("umbra", "umbra::listJobs::size", "listing/page-size", Verdict::Fail, None),
    ];
    sort::sort_outcomes(&mut outcomes);
    let changes = finding("acme", "cancel/refusal-changes-nothing", Level::Fail, &format!("{stop}DONE"), 3);
    let absent = absent();
    let findings = sort::merge_findings(vec![
        FindingInfo { case: format!("{stop}FAILED"), ..changes.clone() },
        changes,
        guess(&format!("{stop}DONE"), None),
        guess(&format!("{stop}DONE"), Some("endedAt")),
        guess(&format!("{stop}FAILED"), Some("reason")),
        absent.clone(),
        FindingInfo {
            operation: "CreateJob".into(),
            message: "the job has no \"owner\"".into(),
            pointer: Some("/job".into()),
            expected: "the required member \"owner\"".into(),
            actual: "{\"id\":\"J1\",\"status\":\"WAITING\"}".into(),
            ..finding("acme", "fields/matches-schema", Level::Fail, create, 1)
        },
        FindingInfo {
            operation: "CreateJob".into(),
            message: "the answer has the undocumented field \"colour\"".into(),
            pointer: Some("/job/colour".into()),
            expected: String::new(),
            actual: "\"red\"".into(),
            help: String::new(),
            ..finding("acme", "fields/undocumented-field", Level::Note, create, 1)
        },
        page_size(),
    ]);
    Report {
        format: FORMAT,
        tool: Tool { name: "jobproof".into(), version: "0.0.0".into() },
        run: Run {
            seed: 7,
            strict: false,
            interrupted: false,
            requests: 41,
            milliseconds: 1_249,
            require: vec!["cancel=50%".into()],
        },
        contracts: contracts(),
        summary: Summary::of(&outcomes),
        not_tested: sort::not_tested(&outcomes),
        outcomes,
        findings,
        exchanges: vec![
            exchange(&format!("{stop}DONE#3")),
            ExchangeInfo {
                operation: Some("ListJobs".into()),
                method: "GET".into(),
                target: "/forges/F1/jobs".into(),
                status: Some(405),
                response_body: String::new(),
                ..exchange(&absent.exchange)
            },
        ],
        ledger: ledger(),
        causes: vec![Cause { findings: vec![absent.fingerprint], ..cause() }],
    }
}

/// A row of the ledger of `acme`: what was judged of a rule, and why the rest was not, each reason with its number.
pub(super) fn row(rule: &str, role: Role, judged: usize, why_not: &[(Why, usize)]) -> LedgerRow {
    let operation = match role {
        Role::Cancel => "StopJob",
        Role::Get => "GetJob",
        Role::List => "ListJobs",
        _ => "CreateJob",
    };
    LedgerRow {
        vendor: "acme".into(),
        rule: rule.into(),
        operation: operation.into(),
        role,
        row: None,
        judged,
        broken: 0,
        why_not: why_not.iter().map(|(why, times)| WhyNot { why: why.clone(), times: *times }).collect(),
    }
}

/// A target file does not allow it.
pub(super) fn unallowed(word: &str) -> Why {
    Why::NotAllowed { words: vec![word.to_owned()] }
}

/// The documentation is silent.
pub(super) fn undocumented() -> Why {
    Why::Undocumented { what: "the order of the list is not documented".into() }
}

fn ledger() -> Vec<LedgerRow> {
    let no_job = |states: &[&str]| Why::NoJob {
        states: states.iter().map(|&state| state.to_owned()).collect(),
        facets: String::new(),
        foreign: false,
        tried: true,
    };
    let lost =
        |operation: &str| Why::Lost { operation: operation.into(), error: "connection refused".into() };
    let of_state = |state: &str, row: LedgerRow| {
        let id = RowId { table: Table::Cancel, state: state.into(), facets: String::new() };
        LedgerRow { row: Some(id), ..row }
    };
    let umbra = |operation: &str, row: LedgerRow| LedgerRow {
        vendor: "umbra".into(),
        operation: operation.into(),
        ..row
    };
    let cancel = |judged, why_not: &[(Why, usize)]| {
        row("cancel/refusal-changes-nothing", Role::Cancel, judged, why_not)
    };
    vec![
        LedgerRow { broken: 1, ..of_state("DONE", cancel(2, &[])) },
        LedgerRow { broken: 1, ..of_state("FAILED", cancel(1, &[(lost("StopJob"), 1)])) },
        of_state("STOPPED", cancel(0, &[(no_job(&["STOPPED"]), 2)])),
        row("lifecycle/declared-transition", Role::Create, 4, &[]),
        row("isolation/foreign-parent", Role::Get, 0, &[(other_parent(), 1)]),
        row("isolation/foreign-parent", Role::List, 0, &[(other_parent(), 1)]),
        row("listing/order", Role::List, 0, &[(undocumented(), 1)]),
        row("listing/page-size", Role::List, 0, &[(Why::LeftOut, 1)]),
        umbra("getJob", row("errors/unknown-job", Role::Get, 0, &[(lost("getJob"), 1)])),
        umbra("getJob", row("idempotency/safe-reads", Role::Get, 3, &[])),
        LedgerRow { broken: 1, ..umbra("listJobs", row("listing/page-size", Role::List, 1, &[])) },
        umbra("listJobs", row("listing/pages-partition", Role::List, 0, &[(lost("listJobs"), 2)])),
        umbra("stopJob", row("cancel/refusal-changes-nothing", Role::Cancel, 0, &[(unallowed("cancel"), 3)])),
    ]
}

fn other_parent() -> Why {
    Why::NotGiven { what: "add [other_parent] to the target file".into() }
}

/// A server that lacks an operation; nothing hangs below it yet.
pub(super) fn cause() -> Cause {
    Cause {
        vendor: "acme".into(),
        kind: "absent-operation".into(),
        operations: vec!["ListJobs".into()],
        message: "the server does not have ListJobs: every right request was answered 405".into(),
        hint:
            "Where it should have it, name what has to be judged with --require; where not, nothing is wrong."
                .into(),
        is_fatal: false,
        answers: 3,
        exchange: "acme::ListJobs::pages#1".into(),
        findings: Vec::new(),
    }
}

/// What hangs below the cause.
fn absent() -> FindingInfo {
    FindingInfo {
        cause: Some("absent-operation".into()),
        operation: "ListJobs".into(),
        message: "the answer has the undocumented status 405".into(),
        pointer: None,
        expected: "200".into(),
        actual: "405".into(),
        help: String::new(),
        ..finding("acme", "fields/documented-status", Level::Fail, "acme::ListJobs::pages", 1)
    }
}

fn contracts() -> Vec<ContractInfo> {
    vec![
        ContractInfo {
            vendor: "acme".into(),
            title: "Acme Anvils: casting jobs".into(),
            api_version: "2023-06-05".into(),
            edition: Some("2024".into()),
            target: "built-in mock".into(),
            watched: None,
            fault: Some("state-changes-on-refusal:DONE".into()),
            warnings: Vec::new(),
        },
        ContractInfo {
            vendor: "umbra".into(),
            title: "Umbra Jobs".into(),
            api_version: "v1".into(),
            edition: None,
            target: "https://staging.example/api".into(),
            fault: None,
            watched: None,
            warnings: vec!["certificates of the target are not checked (tls.insecure)".into()],
        },
    ]
}

fn guess(case: &str, member: Option<&str>) -> FindingInfo {
    FindingInfo {
        about: member.map(|member| About::Member(member.into())),
        message: "the refusal has another code than the documentation lets expect".into(),
        pointer: None,
        expected: "409 ConflictException, or 400 ValidationException".into(),
        actual: "400 BadRequest".into(),
        reference: ReferenceInfo {
            id: "stop-refusal-guess".into(),
            title: "deduced from the list of errors".into(),
            source: "https://docs.example/errors".into(),
            basis: Basis::Inferred,
            quote: None,
        },
        help: String::new(),
        ..finding("acme", "cancel/refusal-status", Level::Warn, case, 2)
    }
}

fn page_size() -> FindingInfo {
    FindingInfo {
        operation: "listJobs".into(),
        message: "页面大小 was 100 although 10 were asked for".into(),
        pointer: Some("/data".into()),
        expected: "at most 10 items".into(),
        actual: format!("[{}]", vec!["{\"id\":\"J1\"}"; 30].join(",")),
        ..finding("umbra", "listing/page-size", Level::Fail, "umbra::listJobs::size", 0)
    }
}

/// A finding whose fingerprint follows from vendor and rule.
pub(super) fn finding(vendor: &str, rule: &str, level: Level, case: &str, exchange: usize) -> FindingInfo {
    let message = "a refused cancel changed the job from DONE to STOPPED";
    let identity = Identity {
        vendor,
        edition: None,
        rule,
        operation: "StopJob",
        pointer: Some("/job/status"),
        kind: "changed",
        about: None,
    };
    FindingInfo {
        fingerprint: identity.fingerprint(),
        rule: rule.into(),
        kind: "changed".into(),
        about: None,
        cause: None,
        level,
        vendor: vendor.into(),
        case: case.into(),
        also: Vec::new(),
        operation: "StopJob".into(),
        message: message.into(),
        expected: "DONE".into(),
        actual: "STOPPED".into(),
        pointer: Some("/job/status".into()),
        exchange: format!("{case}#{exchange}"),
        reference: ReferenceInfo {
            id: "stop-doc".into(),
            title: "Client.stop_job".into(),
            source: "https://docs.example/stop_job".into(),
            basis: Basis::Documented,
            quote: Some("Stops a currently running casting job. You can start it again afterwards.".into()),
        },
        help: "Look at the job's state before changing it, and leave a finished job alone.".into(),
        curl: "curl -sS -i -X POST -H \"Authorization: Bearer $TOKEN\" \
               http://127.0.0.1:9000/forges/F1/jobs/J1/stop"
            .into(),
    }
}

/// An outcome.
pub(super) fn outcome(
    vendor: &str,
    case: &str,
    rule: &str,
    verdict: Verdict,
    reason: Option<&str>,
) -> Outcome {
    let reason = reason.map(str::to_owned);
    Outcome { vendor: vendor.into(), case: case.into(), rule: rule.into(), verdict, reason, why: None }
}

fn exchange(id: &str) -> ExchangeInfo {
    ExchangeInfo {
        id: id.into(),
        operation: Some("StopJob".into()),
        method: "POST".into(),
        target: "/forges/F1/jobs/J1/stop".into(),
        request_headers: vec![("authorization".into(), "[redacted]".into())],
        request_body: String::new(),
        status: Some(409),
        response_headers: vec![("content-type".into(), "application/json".into())],
        response_body: "{\"job\":{\"status\":\"STOPPED\"}}".into(),
        error: None,
        sent_ms: 12,
        took_ms: 3,
    }
}

/// A report without findings whose outcomes have the verdicts of this list of words, with the ledger that follows;
/// `strict` and `interrupted` may stand among them.
pub(super) fn with_verdicts(words: &str) -> Report {
    let (mut outcomes, mut ledger) = (Vec::new(), Vec::new());
    for (place, word) in words.split_whitespace().enumerate() {
        let Some(verdict) = Verdict::ALL.into_iter().find(|v| v.word() == word) else { continue };
        outcomes.push(outcome("acme", "acme::StopJob::x", "cancel/x", verdict, None));
        let lost = || Why::Lost { operation: "StopJob".into(), error: "connection refused".into() };
        ledger.push(match verdict {
            Verdict::Skip => row(&format!("cancel/{place}"), Role::Cancel, 0, &[(unallowed("cancel"), 1)]),
            Verdict::Error => row(&format!("cancel/{place}"), Role::Cancel, 0, &[(lost(), 1)]),
            _ => row(&format!("cancel/{place}"), Role::Cancel, 1, &[]),
        });
    }
    let mut report = with_ledger(ledger);
    report.run.strict = words.contains("strict");
    report.run.interrupted = words.contains("interrupted");
    report.summary = Summary::of(&outcomes);
    report.not_tested = sort::not_tested(&outcomes);
    Report { outcomes, ..report }
}

/// A report of nothing but a ledger.
pub(super) fn with_ledger(ledger: Vec<LedgerRow>) -> Report {
    let mut report = Report {
        outcomes: Vec::new(),
        summary: Summary::of(&[]),
        findings: Vec::new(),
        exchanges: Vec::new(),
        not_tested: Vec::new(),
        causes: Vec::new(),
        ledger,
        ..report()
    };
    report.run.require.clear();
    report
}

/// The report with texts in every place that a server, a contract or a target file can fill.
pub(super) fn hostile_report() -> impl Strategy<Value = Report> {
    let text = prop_oneof![
        ".*",
        "\\PC{0,40}",
        "[\\x00-\\x20\\x7f-\\xa0\u{200b}-\u{202e}\u{2066}-\u{2069}\u{fffe}\u{ffff}a-c中\\[\\]<>&\"']{0,80}",
        Just("\u{1b}]0;title\u{7}\u{1b}[2J\nconforms\r\n".to_owned()),
        Just("]]><x/>\u{1b}]8;;".to_owned()),
    ];
    proptest::collection::vec(text, 10).prop_map(|texts| {
        let mut report = report();
        let mut texts = texts.into_iter().cycle();
        let mut next = || texts.next().unwrap_or_default();
        for finding in &mut report.findings {
            (finding.message, finding.expected, finding.actual) = (next(), next(), next());
            (finding.pointer, finding.curl, finding.help) = (Some(next()), next(), next());
            (finding.reference.quote, finding.reference.source) = (Some(next()), next());
            let about = About::Code(next());
            let also = Also {
                case: next(),
                operation: next(),
                pointer: Some(next()),
                about: Some(about),
                fingerprint: next(),
            };
            finding.also = vec![also];
        }
        for row in &mut report.ledger {
            (row.rule, row.operation) = (next(), next());
            for not in &mut row.why_not {
                not.why = Why::Ended { because: next() };
            }
        }
        for cause in &mut report.causes {
            (cause.message, cause.hint, cause.operations) = (next(), next(), vec![next()]);
        }
        for outcome in &mut report.outcomes {
            (outcome.case, outcome.rule, outcome.reason) = (next(), next(), Some(next()));
        }
        for contract in &mut report.contracts {
            (contract.target, contract.title, contract.warnings) = (next(), next(), vec![next()]);
        }
        report.not_tested = sort::not_tested(&report.outcomes);
        report
    })
}

/// Compares with `snapshots/report/<name>.snap`.
pub(super) fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/report"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
