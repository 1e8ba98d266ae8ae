//! How grave a finding is: by its rule, by the reference of the expectation that was broken, and by what else is known
//! of the answer. A deduction never fails.

use super::owner::{is_about_error_bodies, is_about_form};
use crate::contract::Contract;
use crate::contract::error::Probe;
use crate::contract::facts::{Conflict, Side};
use crate::contract::reference::Basis;
use crate::exchange::Violation;
use crate::rule::{Finding, Keyword, Level, Meta};
use crate::story::Story;

/// The level that a reference of this basis allows under a keyword.
fn allowed(keyword: Keyword, basis: Basis) -> Level {
    match keyword {
        Keyword::May => Level::Note,
        Keyword::Should => Level::Warn,
        Keyword::Must if basis.can_fail() => Level::Fail,
        Keyword::Must => Level::Warn,
    }
}

/// The level of a finding.
pub fn level(meta: &Meta, finding: &Finding, story: &Story<'_>) -> Level {
    let contract = story.contract;
    let own = allowed(meta.keyword, contract.basis(&finding.reference)).min(finding.at_most);
    let by_probe = of_probe(meta, finding, story);
    let level = by_probe.map_or(own, |basis| own.min(allowed(meta.keyword, basis)));
    // Such a request may be refused by what stands before the API, in its own words.
    let level =
        if is_about_form(meta) && is_beyond_words(finding, story) { level.min(Level::Note) } else { level };
    let by_schema = of_error_schema(meta, finding, story);
    let level = by_schema.map_or(level, |basis| level.min(allowed(meta.keyword, basis)));
    if shows_a_side(finding, story) { level.min(Level::Warn) } else { level }
}

/// Whether a finding is about the answer to a request of which no page says how it is answered.
fn is_beyond_words(finding: &Finding, story: &Story<'_>) -> bool {
    let exchange = story.exchanges.get(finding.exchange);
    exchange.and_then(|exchange| exchange.meant().violation.as_ref()).is_some_and(Violation::is_beyond_words)
}

/// Where a finding is about the form of the answer to a request that was made to fail: how sure it is what such an
/// answer looks like.
fn of_probe(meta: &Meta, finding: &Finding, story: &Story<'_>) -> Option<Basis> {
    let exchange = story.exchanges.get(finding.exchange).filter(|_| is_about_form(meta))?;
    let operation = exchange.asked.operation.as_deref()?;
    let row = story.contract.error_row(exchange.meant().probe?, operation)?;
    Some(story.contract.basis(row.detail()))
}

/// Where a finding is about the form of an error's body: how sure it is what errors of that status hold, where the
/// contract has a schema for them that says so.
fn of_error_schema(meta: &Meta, finding: &Finding, story: &Story<'_>) -> Option<Basis> {
    let answer = story.answer(finding.exchange).filter(|answer| answer.response.status >= 400)?;
    let shape = story.contract.shapes.get(answer.schema()?).filter(|_| is_about_error_bodies(meta))?;
    Some(story.contract.basis(shape.document.get("x-ref")?.as_str()?))
}

/// Whether the finding rests on one side of a point on which the vendor's own sources disagree, and what it is about
/// shows another one: a side that is documented or modelled is no clear violation.
fn shows_a_side(finding: &Finding, story: &Story<'_>) -> bool {
    let of_finding =
        |conflict: &&Conflict| conflict.sides.iter().any(|side| side.reference == finding.reference);
    let conflicts = story.contract.facts.conflicts.values().filter(of_finding);
    let sides = conflicts.flat_map(|conflict| &conflict.sides);
    sides.filter(|side| is_sure(side, story.contract)).any(|side| is_seen(side, finding, story))
}

/// Whether an answer shows, where the finding looks, that the server follows this side.
fn is_seen(side: &Side, finding: &Finding, story: &Story<'_>) -> bool {
    let in_job = side.seen_in_job.as_ref().is_some_and(|probe| {
        let mut jobs = story.readings_at(finding.exchange).iter();
        jobs.any(|reading| probe.holds(&reading.job) && is_there(finding, probe))
    });
    let response = story.exchanges.get(finding.exchange).and_then(|exchange| exchange.response());
    let body = response.and_then(|response| response.json().ok());
    let is_success = response.is_some_and(|response| response.is_success());
    let in_body = |probe: &Option<Probe>, wanted: bool| {
        let probe = probe.as_ref().filter(|_| is_success == wanted);
        probe.zip(body).is_some_and(|(probe, body)| probe.holds(body) && is_there(finding, probe))
    };
    in_job || in_body(&side.seen, true) || in_body(&side.seen_in_error, false)
}

fn is_sure(side: &Side, contract: &Contract) -> bool {
    contract.basis(&side.reference).can_fail()
}

/// Whether the finding is about the place that a test looks at, or about the answer as a whole.
fn is_there(finding: &Finding, probe: &Probe) -> bool {
    let at = probe.at.as_str();
    finding
        .pointer
        .as_ref()
        .is_none_or(|pointer| pointer.is_empty() || pointer.ends_with(at) || at.starts_with(pointer.as_str()))
}
