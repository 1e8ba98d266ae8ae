//! One attempt to cancel one job, with what is known of the job before and after it.

use super::acts::Acts;
use crate::contract::Contract;
use crate::contract::cancel::{Accepted, Expect, Row};
use crate::contract::combination::Facets;
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::{Reading, Transcript};
use crate::rule::evidence::{Answer, answers, is_named};
use crate::rule::isolation::foreign::is_foreign;
use crate::rule::order::precedes;

/// One answered attempt to cancel one job that had been read before.
pub(in crate::rule) struct Attempt<'t> {
    /// The request with its answer.
    pub(in crate::rule) answer: Answer<'t>,
    /// The last reading of the job that was over before the cancel was sent.
    pub(in crate::rule) before: &'t Reading,
    /// The state in that reading.
    pub(in crate::rule) state: &'t str,
    /// What is known of the job's facets.
    pub(in crate::rule) facets: Facets,
    /// What the truth table says of the job. None where nothing is said, where the facets that decide are not known,
    /// and where something else may have moved the job before the answer came.
    pub(in crate::rule) row: Option<&'t Row>,
    /// The conditions of every refusing row that may be meant: several where facets are not known.
    pub(in crate::rule) conditions: Vec<Condition>,
    /// The job as the answer itself shows it.
    pub(in crate::rule) shown: Option<&'t Reading>,
    /// The first reading after the answer, unless another request to change the job may have come between.
    pub(in crate::rule) after: Option<&'t Reading>,
    /// Every reading after the answer, until the job is started again.
    pub(in crate::rule) later: Vec<&'t Reading>,
}

impl<'t> Attempt<'t> {
    /// What must follow, where the cancel must be accepted.
    pub(in crate::rule) fn accepting(&self) -> Option<(&'t Row, &'t Accepted)> {
        let row = self.row?;
        if let Expect::Accepted(accepted) = &row.expect { Some((row, accepted)) } else { None }
    }

    /// The row and its condition, where the cancel must be refused.
    pub(in crate::rule) fn refusing(&self) -> Option<(&'t Row, Condition)> {
        let row = self.row?;
        if let Expect::Refused(condition) = &row.expect { Some((row, *condition)) } else { None }
    }
}

/// Every attempt of a transcript, in order. Requests made wrong on purpose are left out, and so are those that name the
/// job under foreign parents and those that break their schema: they may be refused for that.
pub(in crate::rule) fn attempts<'t>(transcript: &'t Transcript, contract: &'t Contract) -> Vec<Attempt<'t>> {
    answers(transcript, contract)
        .filter(|answer| answer.operation.role == Role::Cancel)
        .filter_map(|answer| attempt(transcript, contract, answer))
        .collect()
}

fn attempt<'t>(
    transcript: &'t Transcript,
    contract: &'t Contract,
    answer: Answer<'t>,
) -> Option<Attempt<'t>> {
    let asked = &answer.exchange.asked;
    let is_made_wrong = match answer.exchange.meant().probe {
        Some(probe) => !matches!(probe, Condition::NotCancellable | Condition::UnsupportedKind),
        // An id that breaks its pattern did no harm: the job was read by it.
        None => contract
            .shapes
            .mismatches(&answer.operation.request, &asked.view)
            .iter()
            .any(|mismatch| !mismatch.at.starts_with("/path/")),
    };
    if is_made_wrong || is_foreign(transcript, contract, answer.index) {
        return None;
    }
    let named = asked.job.as_ref()?;
    let first = transcript.readings(contract).iter().find(|r| !r.from_list && is_named(r, named))?;
    let readings: Vec<&Reading> = transcript.of_job(contract, &first.id).collect();
    let before = *readings.iter().rev().find(|r| precedes(transcript, r.exchange, answer.index))?;
    let state = before.state.as_deref()?;
    let acts = Acts::on(transcript, contract, before);
    let mut known = facets(transcript, &readings, before);
    known.extend(asked.facets.clone());
    let rows = candidates(&contract.facts.cancel, state, &known, answer.exchange.meant().probe);
    let agreed = rows
        .windows(2)
        .all(|pair| std::mem::discriminant(&pair[0].expect) == std::mem::discriminant(&pair[1].expect));
    let is_final = contract.facts.lifecycle.is_terminal(state);
    let is_certain = agreed && !acts.may_have_moved(before, answer.index, is_final);
    Some(Attempt {
        row: rows.last().copied().filter(|_| is_certain),
        conditions: rows
            .iter()
            .filter_map(
                |row| if let Expect::Refused(condition) = row.expect { Some(condition) } else { None },
            )
            .collect(),
        shown: readings.iter().copied().find(|r| r.exchange == answer.index),
        after: readings
            .iter()
            .copied()
            .find(|r| precedes(transcript, answer.index, r.exchange))
            .filter(|r| !acts.between(answer.index, r.exchange)),
        later: readings
            .iter()
            .copied()
            .filter(|r| precedes(transcript, answer.index, r.exchange))
            .take_while(|r| !acts.restarted(answer.index, r.exchange))
            .collect(),
        answer,
        before,
        state,
        facets: known,
    })
}

/// What is known of the job's facets at a reading: what the job shows, what earlier readings showed, what the request
/// that created it asked for, and what the one who read it knew.
fn facets(transcript: &Transcript, readings: &[&Reading], at: &Reading) -> Facets {
    let mut known = Facets::new();
    for reading in readings.iter().filter(|r| r.exchange <= at.exchange) {
        if let Some(exchange) = transcript.exchanges.get(reading.exchange) {
            known.extend(exchange.asked.facets.clone());
        }
        known.extend(reading.facets.clone());
    }
    known
}

/// The rows that may speak of a job: up to the first that does for sure. A row whose facets are not known may. Where
/// the one who sent the request knows which refusal is due, only rows with that refusal count.
fn candidates<'c>(rows: &'c [Row], state: &str, facets: &Facets, probe: Option<Condition>) -> Vec<&'c Row> {
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.state.is_empty() || row.state.iter().any(|s| s == state)) {
        let contradicts = row.facets.iter().any(|(name, allowed)| {
            facets.get(name).is_some_and(|values| !values.iter().all(|value| allowed.contains(value)))
        });
        if !contradicts {
            found.push(row);
            if row.facets.keys().all(|name| facets.contains_key(name)) {
                break;
            }
        }
    }
    let meant: Vec<&Row> = found
        .iter()
        .copied()
        .filter(|row| matches!(row.expect, Expect::Refused(condition) if Some(condition) == probe))
        .collect();
    if meant.is_empty() { found } else { meant }
}

/// Whether a cancel of the job must be refused as a later reading shows it, as far as is known.
pub(in crate::rule) fn is_refusing(contract: &Contract, reading: &Reading, attempt: &Attempt<'_>) -> bool {
    expects(contract, reading, attempt, |expect| matches!(expect, Expect::Refused(_)))
}

/// Whether a cancel of the job must be accepted as a later reading shows it, as far as is known.
pub(in crate::rule) fn is_accepting(contract: &Contract, reading: &Reading, attempt: &Attempt<'_>) -> bool {
    expects(contract, reading, attempt, |expect| matches!(expect, Expect::Accepted(_)))
}

/// The states that may follow an accepted cancel of the job as this reading shows it, as far as the reading and the one
/// who made it tell; none where it does not show a job that can be cancelled.
pub(in crate::rule) fn may_follow<'c>(
    contract: &'c Contract,
    transcript: &Transcript,
    reading: &Reading,
) -> Vec<&'c String> {
    let rows = rows_for(contract, transcript, reading);
    let lifecycle = &contract.facts.lifecycle;
    rows.iter()
        .filter_map(|row| if let Expect::Accepted(accepted) = &row.expect { Some(accepted) } else { None })
        .flat_map(|a| {
            // Where nothing is said of the way to the end, the job may go on for a while.
            let is_open = a.leads_to.is_empty();
            let others = lifecycle.states.keys().filter(move |s| is_open && !lifecycle.is_terminal(s));
            a.leads_to.iter().chain(&a.settles_in).chain(&a.or_races_to).chain(others)
        })
        .collect()
}

/// Whether a cancel of the job may be accepted as this reading shows it, as far as the reading and the one who made it
/// tell.
pub(in crate::rule) fn may_be_accepted(
    contract: &Contract,
    transcript: &Transcript,
    reading: &Reading,
) -> bool {
    let rows = rows_for(contract, transcript, reading);
    rows.iter().any(|row| matches!(row.expect, Expect::Accepted(_)))
}

/// The rows that may speak of a job as this reading shows it. The answer to a create need not show a state: the job is
/// then in one of the first ones.
fn rows_for<'c>(contract: &'c Contract, transcript: &Transcript, reading: &Reading) -> Vec<&'c Row> {
    let facets = facets(transcript, &[reading], reading);
    let states: Vec<&String> = match &reading.state {
        Some(state) => vec![state],
        None if reading.role == Role::Create => contract.facts.lifecycle.initial.iter().collect(),
        None => Vec::new(),
    };
    states.into_iter().flat_map(|state| candidates(&contract.facts.cancel, state, &facets, None)).collect()
}

/// Whether a job may end in this state before the cancel comes, and the cancel be answered with success all the same:
/// where the vendor calls a cancel idempotent.
pub(in crate::rule) fn may_have_ended_in(contract: &Contract, state: &str) -> bool {
    contract.facts.lifecycle.is_terminal(state)
        && contract
            .facts
            .cancel
            .iter()
            .any(|row| row.unchanged_ref.is_some() && row.state.iter().any(|s| s == state))
}

fn expects(
    contract: &Contract,
    reading: &Reading,
    attempt: &Attempt<'_>,
    wanted: impl Fn(&Expect) -> bool,
) -> bool {
    let Some(state) = &reading.state else { return false };
    let mut facets = attempt.facets.clone();
    facets.extend(reading.facets.clone());
    let rows = candidates(&contract.facts.cancel, state, &facets, None);
    rows.iter().any(|row| wanted(&row.expect))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn rows() -> Vec<Row> {
        let row = |state: &str, kind: Option<&str>, expect| Row {
            state: vec![state.to_owned()],
            facets: kind.map(|k| ("kind".to_owned(), vec![k.to_owned()])).into_iter().collect(),
            expect,
            unchanged_ref: None,
            reference: kind.unwrap_or("any").to_owned(),
        };
        vec![
            row("BUSY", Some("import"), Expect::Refused(Condition::UnsupportedKind)),
            row("BUSY", None, Expect::Accepted(Accepted::default())),
            row("DONE", None, Expect::Refused(Condition::NotCancellable)),
        ]
    }

    #[rstest]
    #[case("BUSY", Some("import"), None, &["import"])]
    #[case("BUSY", Some("query"), None, &["any"])]
    // The kind is not known, so either row may be meant, unless the sender knows.
    #[case("BUSY", None, None, &["import", "any"])]
    #[case("BUSY", None, Some(Condition::UnsupportedKind), &["import"])]
    #[case("DONE", None, None, &["any"])]
    #[case("WHAT", None, None, &[])]
    fn rows_that_may_be_meant(
        #[case] state: &str,
        #[case] kind: Option<&str>,
        #[case] probe: Option<Condition>,
        #[case] expected: &[&str],
    ) {
        let facets = kind.map(|k| ("kind".to_owned(), vec![k.to_owned()])).into_iter().collect();
        let rows = rows();
        let found: Vec<&str> =
            candidates(&rows, state, &facets, probe).iter().map(|row| row.reference.as_str()).collect();
        assert_eq!(found, expected);
    }
}
