//! From what ran to the report.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::Step;
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::exchange::Exchange;
use crate::exchange::curl::{CurlAuth, curl};
use crate::exchange::redact::{Redactor, given_away};
use crate::judge::{self, Evidence, Ledger, Outcome, Requirement, hidden};
use crate::recording::model::About;
use crate::report::fingerprint::Identity;
use crate::report::model::{
    Cause, ContractInfo, ExchangeInfo, FORMAT, FindingInfo, LedgerRow, NotTested, Outcome as Verdicted,
    ReferenceInfo, Report, Run, Summary, Tool, Verdict, Watched, WhyNot,
};
use crate::report::sort::{merge_findings, not_tested, sort_outcomes};
use crate::rule::{Finding, Level, registry};
use crate::run::schedule::{Driven, Fate, Ran};
use crate::story::Story;

/// The most of a body that a report keeps, in bytes.
const BODY_LIMIT: usize = 4_096;

/// What was chosen for a run, and stands in its report.
pub(super) struct Chosen {
    pub(super) seed: u64,
    pub(super) strict: bool,
    pub(super) require: Vec<String>,
}

/// Everything that a report tells of one server, whether it was driven just now or is in a recording.
pub(super) struct Told {
    /// The contract it was measured against.
    pub(super) contract: Arc<Contract>,
    /// The server.
    pub(super) about: About,
    /// What must not be shown.
    pub(super) secrets: Vec<String>,
    /// What came of its cases.
    pub(super) ran: Ran,
}

/// Puts the report together.
pub(super) fn assemble(results: Vec<Told>, run: Chosen, interrupted: bool) -> Report {
    let Chosen { seed, strict, require } = run;
    let (mut contracts, mut outcomes, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    let mut exchanges: BTreeMap<String, ExchangeInfo> = BTreeMap::new();
    let mut left_out: Vec<NotTested> = Vec::new();
    let (mut ledger, mut causes) = (Vec::new(), Vec::new());
    let (mut requests, mut milliseconds) = (0, 0);
    for Told { contract, about, secrets, ran } in results {
        let vendor = &contract.facts.id;
        let told = ran.cases.iter().flat_map(|driven| given_away(&driven.transcript, &contract));
        let redactor = Redactor::new(secrets.into_iter().chain(told));
        requests += ran.requests;
        milliseconds = milliseconds.max(u64::try_from(ran.took.as_millis()).unwrap_or(u64::MAX));
        contracts.push(ContractInfo {
            vendor: vendor.clone(),
            title: contract.facts.title.clone(),
            api_version: contract.facts.api_version.clone(),
            edition: contract.edition.clone(),
            target: redactor.text(&about.target),
            fault: about.fault.clone(),
            watched: watched(&contract, &ran),
            warnings: about.warnings.iter().chain(&ran.warnings).map(|w| redactor.text(w)).collect(),
        });
        let unchosen: Vec<String> =
            ran.cases.iter().filter(|d| d.fate == Fate::LeftOut).map(|d| d.case.id.clone()).collect();
        if !unchosen.is_empty() {
            left_out.push(NotTested {
                vendor: vendor.clone(),
                reason: "left out by --only, --skip or --rule".into(),
                outcomes: 0,
                cases: unchosen,
            });
        }
        ledger.extend(rows(&contract, &ran, &redactor));
        let mut collected = Collected {
            contract: &contract,
            about: &about,
            redactor: &redactor,
            findings: Vec::new(),
            exchanges: BTreeMap::new(),
        };
        for cause in &ran.causes {
            causes.push(collected.cause(&contract, &ran, cause));
        }
        for driven in &ran.cases {
            for verdict in driven.verdicts.iter().filter(|_| driven.fate != Fate::LeftOut) {
                let (word, why) = match &verdict.outcome {
                    Outcome::Met => (Verdict::Pass, None),
                    Outcome::Found(Level::Fail) => (Verdict::Fail, None),
                    Outcome::Found(Level::Warn) => (Verdict::Warn, None),
                    Outcome::Found(Level::Note) => (Verdict::Note, None),
                    Outcome::NotJudged(why) if why.is_error() => (Verdict::Error, Some(why)),
                    Outcome::NotJudged(why) => (Verdict::Skip, Some(why)),
                };
                outcomes.push(Verdicted {
                    vendor: vendor.clone(),
                    case: driven.case.id.clone(),
                    rule: verdict.rule.to_owned(),
                    verdict: word,
                    reason: why.map(|why| redactor.text(&why.to_string())),
                    why: why.map(|why| hidden(why, |text| redactor.text(text))),
                });
            }
            for verdict in &driven.verdicts {
                for (level, finding) in &verdict.findings {
                    collected.find(driven, verdict.rule, *level, finding, None);
                }
            }
        }
        findings.extend(collected.findings);
        exchanges.extend(collected.exchanges);
    }
    sort_outcomes(&mut outcomes);
    let mut not_tested = not_tested(&outcomes);
    not_tested.extend(left_out);
    let findings = merge_findings(findings);
    let is_shown = |e: &ExchangeInfo| {
        findings.iter().any(|f| f.exchange == e.id) || causes.iter().any(|c: &Cause| c.exchange == e.id)
    };
    let exchanges = exchanges.into_values().filter(is_shown).collect();
    Report {
        format: FORMAT,
        tool: Tool { name: env!("CARGO_PKG_NAME").into(), version: env!("CARGO_PKG_VERSION").into() },
        run: Run { seed, strict, interrupted, requests, milliseconds, require },
        contracts,
        summary: Summary::of(&outcomes),
        outcomes,
        findings,
        exchanges,
        not_tested,
        ledger,
        causes,
    }
}

/// For how long the jobs were watched that the cases made for this looked at again.
fn watched(contract: &Contract, ran: &Ran) -> Option<Watched> {
    let looks =
        |driven: &&Driven| driven.case.steps.iter().any(|step| matches!(step, Step::LookAgain { .. }));
    let mut spans = Vec::new();
    for driven in ran.cases.iter().filter(looks) {
        let story = Story::of(contract, &driven.transcript);
        spans.extend(story.spans_after_end());
    }
    let longest = spans.iter().max()?;
    let milliseconds = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
    Some(Watched { jobs: spans.len(), milliseconds })
}

/// The ledger of one server.
fn rows(contract: &Contract, ran: &Ran, redactor: &Redactor) -> Vec<LedgerRow> {
    let cases = ran.cases.iter().map(|driven| (&driven.case, driven.verdicts.as_slice()));
    let ledger = Ledger::of(cases);
    let row = |(requirement, evidence): (Requirement, Evidence)| {
        let role = contract.facts.operations.get(&requirement.operation)?.role;
        let why_not = evidence.why_not.iter();
        Some(LedgerRow {
            vendor: contract.facts.id.clone(),
            rule: requirement.rule.to_owned(),
            operation: requirement.operation,
            role,
            row: requirement.row,
            judged: evidence.judged,
            broken: evidence.broken,
            why_not: why_not
                .map(|(why, times)| WhyNot { why: hidden(why, |text| redactor.text(text)), times: *times })
                .collect(),
        })
    };
    ledger.0.into_iter().filter_map(row).collect()
}

/// A cause as the report tells it.
fn told_cause(contract: &Contract, cause: &judge::Cause, redactor: &Redactor) -> Cause {
    let (case, exchange) = &cause.shown;
    Cause {
        vendor: contract.facts.id.clone(),
        kind: cause.kind.to_owned(),
        operations: cause.operations.clone(),
        message: redactor.finding(&cause.message),
        hint: cause.hint.to_owned(),
        is_fatal: cause.is_fatal,
        answers: cause.answers,
        exchange: format!("{case}#{}", exchange + 1),
        findings: Vec::new(),
    }
}

/// What findings and their exchanges are collected into.
struct Collected<'s> {
    contract: &'s Contract,
    about: &'s About,
    redactor: &'s Redactor,
    findings: Vec<FindingInfo>,
    exchanges: BTreeMap<String, ExchangeInfo>,
}

impl Collected<'_> {
    /// Keeps an exchange, and gives its id.
    fn keep(&mut self, driven: &Driven, index: usize) -> Option<String> {
        let exchange = driven.transcript.exchanges.get(index)?;
        let id = format!("{}#{}", driven.case.id, index + 1);
        self.exchanges.entry(id.clone()).or_insert_with(|| info(&id, exchange, self.redactor));
        Some(id)
    }

    /// Keeps a finding with its exchange, and gives its fingerprint.
    fn find(
        &mut self,
        driven: &Driven,
        rule: &str,
        level: Level,
        finding: &Finding,
        cause: Option<&str>,
    ) -> Option<String> {
        let contract = self.contract;
        let id = self.keep(driven, finding.exchange)?;
        let exchange = driven.transcript.exchanges.get(finding.exchange)?;
        let operation = exchange.asked.operation.clone().unwrap_or_default();
        let reference = contract.reference(&finding.reference);
        let pointer = finding.pointer.as_deref().map(|pointer| self.redactor.text(pointer));
        let identity = Identity {
            vendor: &contract.facts.id,
            edition: contract.edition.as_deref(),
            rule,
            operation: &operation,
            pointer: pointer.as_deref(),
            kind: finding.kind,
            about: finding.about.as_ref(),
        };
        let fingerprint = identity.fingerprint();
        let text = |text: &str| self.redactor.finding(text);
        let one = FindingInfo {
            fingerprint: fingerprint.clone(),
            rule: rule.to_owned(),
            kind: finding.kind.to_owned(),
            about: finding.about.clone(),
            cause: cause.map(str::to_owned),
            level,
            vendor: contract.facts.id.clone(),
            case: driven.case.id.clone(),
            also: Vec::new(),
            operation,
            message: text(&finding.message),
            expected: text(&finding.expected),
            actual: text(&finding.actual),
            pointer,
            exchange: id,
            reference: ReferenceInfo {
                id: finding.reference.clone(),
                title: reference.map(|r| r.title.clone()).unwrap_or_default(),
                source: reference.map(|r| r.source.clone()).unwrap_or_default(),
                basis: contract.basis(&finding.reference),
                quote: reference.and_then(|r| r.quote.clone()),
            },
            help: registry::rule(rule)?.meta().fix.to_owned(),
            curl: curl_line(self.about, driven, exchange, self.redactor),
        };
        self.findings.push(one);
        Some(fingerprint)
    }

    /// Keeps what hangs below a cause, and tells it.
    fn cause(&mut self, contract: &Contract, ran: &Ran, cause: &judge::Cause) -> Cause {
        let driven = |case: &str| ran.cases.iter().find(|driven| driven.case.id == case);
        let mut told = told_cause(contract, cause, self.redactor);
        if let Some(driven) = driven(&cause.shown.0) {
            self.keep(driven, cause.shown.1);
        }
        for (rule, case, level, finding) in &cause.findings {
            let kept =
                driven(case).and_then(|driven| self.find(driven, rule, *level, finding, Some(cause.kind)));
            told.findings.extend(kept);
        }
        told.findings.sort();
        told.findings.dedup();
        told
    }
}

fn curl_line(about: &About, driven: &Driven, exchange: &Exchange, redactor: &Redactor) -> String {
    let spoiled = matches!(
        exchange.meant().probe,
        Some(
            Condition::MissingCredentials
                | Condition::BadCredentials
                | Condition::BadSignature
                | Condition::ExpiredCredentials
        )
    );
    let auth = if spoiled { CurlAuth::AsSent } else { driven.callers.of(exchange.meant().identity) };
    let elsewhere = exchange.request.service.as_ref().and_then(|service| about.base_urls.get(service));
    curl(elsewhere.unwrap_or(&about.base_url), &exchange.request, &auth, redactor)
}

/// One exchange without secrets.
fn info(id: &str, exchange: &Exchange, redactor: &Redactor) -> ExchangeInfo {
    let headers = |headers: &crate::exchange::headers::Headers| {
        headers.iter().map(|(name, value)| (name.to_owned(), redactor.header(name, value))).collect()
    };
    let body = |bytes: &[u8]| {
        let mut text = redactor.text(&String::from_utf8_lossy(bytes));
        if bytes.len() > BODY_LIMIT {
            // Redacted first: a cut through a secret would leave the half of it.
            text.truncate(text.floor_char_boundary(BODY_LIMIT));
            text.push_str(&format!("… ({} bytes in all)", bytes.len()));
        }
        text
    };
    let milliseconds = |length: std::time::Duration| u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    let response = exchange.response();
    ExchangeInfo {
        id: id.to_owned(),
        operation: exchange.asked.operation.clone(),
        method: exchange.request.method.clone(),
        target: redactor.text(&exchange.request.target),
        request_headers: headers(&exchange.request.headers),
        request_body: body(&exchange.request.body),
        status: response.map(|r| r.status),
        response_headers: response.map(|r| headers(&r.headers)).unwrap_or_default(),
        response_body: response.map(|r| body(&r.body)).unwrap_or_default(),
        error: exchange.outcome.as_ref().err().map(|error| redactor.text(&error.to_string())),
        sent_ms: milliseconds(exchange.sent),
        took_ms: milliseconds(exchange.received.saturating_sub(exchange.sent)),
    }
}
