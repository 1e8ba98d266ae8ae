//! One attempt to cancel or to retry one job, with what is known of the job before and after it.

use super::said::is_beside_the_point;
use super::{Answer, Story};
use crate::contract::Contract;
use crate::contract::cancel::{Accepted, Expect, Row, RowId, Table};
use crate::contract::combination::{Facets, label};
use crate::contract::error::Condition;
use crate::contract::operation::Role;
use crate::exchange::{Exchange, Reading};

/// One answered attempt to cancel or to retry one job that had been read before.
pub(crate) struct Attempt<'t> {
    /// The table that says what must come of it.
    pub(crate) table: Table,
    /// The request with its answer.
    pub(crate) answer: Answer<'t>,
    /// The last reading of the job that was over before the request was sent.
    pub(crate) before: &'t Reading,
    /// The state in that reading.
    pub(crate) state: &'t str,
    /// What is known of the job's facets.
    pub(crate) facets: Facets,
    /// What the table says of the job. None where nothing is said, where the facets that decide are not known, and
    /// where something else may have moved the job before the answer came.
    pub(crate) row: Option<&'t Row>,
    /// The conditions of every refusing row that may be meant: several where facets are not known.
    pub(crate) conditions: Vec<Condition>,
    /// Whether the job may have moved by itself before the answer came.
    pub(crate) may_move: bool,
    /// The job as the answer itself shows it: after a retry that may be another one.
    pub(crate) shown: Option<&'t Reading>,
    /// The first reading of the job after the answer, unless another request to change it may have come between.
    pub(crate) after: Option<&'t Reading>,
    /// Every reading of the job after the answer, until it is started again.
    pub(crate) later: Vec<&'t Reading>,
}

impl<'t> Attempt<'t> {
    /// What must follow, where the call must be accepted.
    pub(crate) fn accepting(&self) -> Option<(&'t Row, &'t Accepted)> {
        let row = self.row?;
        if let Expect::Accepted(accepted) = &row.expect { Some((row, accepted)) } else { None }
    }

    /// What must follow, where a retry must start a new job.
    pub(crate) fn renewing(&self) -> Option<&'t Accepted> {
        self.accepting().map(|(_, accepted)| accepted).filter(|accepted| accepted.new_job)
    }

    /// The row and its condition, where the call must be refused.
    pub(crate) fn refusing(&self) -> Option<(&'t Row, Condition)> {
        let row = self.row?;
        if let Expect::Refused(condition) = &row.expect { Some((row, *condition)) } else { None }
    }

    /// What the documentation leaves open, where it says nothing else of the call.
    pub(crate) fn left_open(&self) -> Option<(&'t Row, &'t str)> {
        let row = self.row?;
        if let Expect::Undocumented(open) = &row.expect { Some((row, open)) } else { None }
    }

    /// What tells the row that says what is right from others.
    pub(crate) fn row_id(&self, contract: &Contract) -> Option<RowId> {
        let facets = label(&contract.facts, &self.row?.facets);
        Some(RowId { table: self.table, state: self.state.to_owned(), facets })
    }

    /// Whether the answer is about something else than the job.
    pub(crate) fn is_beside_the_point(&self, contract: &Contract) -> bool {
        self.answer.is_beside_the_point(contract, self.table)
    }

    /// The reference for what comes of an accepted call.
    pub(crate) fn outcome(&self) -> &'t str {
        let own = self.accepting().and_then(|(_, accepted)| accepted.reference.as_ref());
        own.or(self.row.map(|row| &row.reference)).map_or("", String::as_str)
    }

    /// The id of the new job, as the answer to a retry itself shows it; an answer that shows none stands for the job
    /// asked for.
    pub(crate) fn new_id(&self, contract: &Contract) -> Option<&'t str> {
        let shown = self.shown?;
        contract.shape_of(&shown.operation).shown_id(&shown.job)?;
        Some(shown.id.as_str())
    }
}

/// Every attempt of a transcript, in order. Requests made wrong on purpose are left out, and so are those that name the
/// job under foreign parents and those that break their schema: they may be refused for that.
pub(super) fn attempts<'t>(story: &Story<'t>, table: Table) -> Vec<Attempt<'t>> {
    let own = story.answers().iter().filter(|answer| answer.operation.role == table.role());
    own.filter_map(|answer| attempt(story, table, *answer)).collect()
}

/// The conditions of a table, which a call may be meant to bring about.
pub(crate) fn conditions(table: Table) -> &'static [Condition] {
    match table {
        Table::Cancel => &[Condition::NotCancellable, Condition::UnsupportedKind],
        Table::Retry => &[Condition::NotRetryable],
    }
}

/// The conditions under which a call may be refused for the job's sake.
fn refusals(table: Table) -> &'static [Condition] {
    match table {
        Table::Cancel => &[Condition::NotCancellable, Condition::UnsupportedKind, Condition::Conflict],
        Table::Retry => &[Condition::NotRetryable, Condition::Conflict],
    }
}

impl Answer<'_> {
    /// Whether the answer to a call of a table is about something else than the job.
    pub(crate) fn is_beside_the_point(&self, contract: &Contract, table: Table) -> bool {
        is_beside_the_point(self.exchange, contract, refusals(table))
    }

    /// Whether it answers a call of a table that was made in earnest: for its own sake, or to be refused for the job's.
    pub(crate) fn is_in_earnest(&self, table: Table) -> bool {
        self.exchange.meant().probe.is_none_or(|probe| conditions(table).contains(&probe))
    }
}

fn attempt<'t>(story: &Story<'t>, table: Table, answer: Answer<'t>) -> Option<Attempt<'t>> {
    let contract = story.contract;
    let asked = &answer.exchange.asked;
    let probe = answer.exchange.meant().probe;
    let is_made_wrong = match probe {
        Some(probe) => !conditions(table).contains(&probe),
        // An id that breaks its pattern did no harm: the job was read by it.
        None => contract
            .shapes
            .mismatches(&answer.operation.request, &asked.view)
            .iter()
            .any(|mismatch| !mismatch.at.starts_with("/path/")),
    };
    if is_made_wrong || story.is_foreign(answer.index) {
        return None;
    }
    let life = story.lives_named(asked.job.as_ref()?).next()?;
    let before = life.before(answer.index).find(|reading| reading.state.is_some())?;
    let state = before.state.as_deref()?;
    let mut known = facets(story.exchanges, &life.readings, before);
    known.extend(asked.facets.clone());
    let rows = candidates(table.rows(contract), state, &known, probe);
    let agreed = rows
        .windows(2)
        .all(|pair| std::mem::discriminant(&pair[0].expect) == std::mem::discriminant(&pair[1].expect));
    let is_certain = agreed && !life.may_have_moved(before, answer.index);
    let refused =
        |row: &&Row| if let Expect::Refused(condition) = row.expect { Some(condition) } else { None };
    Some(Attempt {
        table,
        row: rows.last().copied().filter(|_| is_certain),
        conditions: rows.iter().filter_map(refused).collect(),
        may_move: life.may_move_before(answer.index),
        shown: match table {
            Table::Cancel => life.readings.iter().copied().find(|r| r.exchange == answer.index),
            Table::Retry => story.readings_at(answer.index).first(),
        },
        after: life.after(answer.index).next().filter(|r| !life.acted_since(answer.index, r.exchange)),
        later: life
            .after(answer.index)
            .take_while(|r| !life.restarted_since(answer.index, r.exchange))
            .collect(),
        answer,
        before,
        state,
        facets: known,
    })
}

/// What is known of the job's facets at a reading: what the job shows, what earlier readings showed, what the request
/// that created it asked for, and what the one who read it knew.
fn facets(exchanges: &[Exchange], readings: &[&Reading], at: &Reading) -> Facets {
    let mut known = Facets::new();
    for reading in readings.iter().filter(|r| r.exchange <= at.exchange) {
        if let Some(exchange) = exchanges.get(reading.exchange) {
            known.extend(exchange.asked.facets.clone());
        }
        known.extend(reading.facets.clone());
    }
    known
}

/// The rows that may speak of a job: up to the first that does for sure. A row whose facets are not known may. Where
/// the one who sent the request knows which refusal is due, only rows with that refusal count.
pub(crate) fn candidates<'c>(
    rows: &'c [Row],
    state: &str,
    facets: &Facets,
    probe: Option<Condition>,
) -> Vec<&'c Row> {
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

impl<'t> Attempt<'t> {
    /// Whether the call must be refused for the job as a later reading shows it, as far as is known.
    pub(crate) fn must_be_refused(&self, contract: &Contract, reading: &Reading) -> bool {
        self.expects(contract, reading, |expect| matches!(expect, Expect::Refused(_)))
    }

    /// Whether the call must be accepted for the job as a later reading shows it, as far as is known.
    pub(crate) fn must_be_accepted(&self, contract: &Contract, reading: &Reading) -> bool {
        self.expects(contract, reading, |expect| matches!(expect, Expect::Accepted(_)))
    }

    fn expects(&self, contract: &Contract, reading: &Reading, wanted: impl Fn(&Expect) -> bool) -> bool {
        let Some(state) = &reading.state else { return false };
        let mut facets = self.facets.clone();
        facets.extend(reading.facets.clone());
        let rows = candidates(self.table.rows(contract), state, &facets, None);
        rows.iter().any(|row| wanted(&row.expect))
    }
}

impl<'t> Story<'t> {
    /// Whether a cancel of the job may be accepted as this reading shows it, as far as the reading and the one who made
    /// it tell.
    pub(crate) fn may_be_cancelled(&self, reading: &Reading) -> bool {
        self.cancel_rows(reading).iter().any(|row| matches!(row.expect, Expect::Accepted(_)))
    }

    /// The rows of the cancel table that may speak of a job as this reading shows it. The answer to a create need not
    /// show a state: the job is then in one of the first ones.
    fn cancel_rows(&self, reading: &Reading) -> Vec<&'t Row> {
        let (facts, facets) = (&self.contract.facts, self.facets_of(reading));
        let states = self.states_of(reading).into_iter();
        states.flat_map(|state| candidates(&facts.cancel, state, &facets, None)).collect()
    }

    /// What is known of a job's facets from this reading, and from the one who made it.
    pub(crate) fn facets_of(&self, reading: &Reading) -> Facets {
        facets(self.exchanges, &[reading], reading)
    }

    /// The states that a job may be in as this reading shows it.
    pub(crate) fn states_of<'r>(&self, reading: &'r Reading) -> Vec<&'r str>
    where
        't: 'r,
    {
        match &reading.state {
            Some(state) => vec![state],
            None if reading.role == Role::Create => {
                self.contract.facts.lifecycle.initial.iter().map(String::as_str).collect()
            }
            None => Vec::new(),
        }
    }

    /// Whether a job may end in this state before the cancel comes, and the cancel be answered with success all the
    /// same: where the vendor calls a cancel idempotent.
    pub(crate) fn may_have_ended_in(&self, state: &str) -> bool {
        let facts = &self.contract.facts;
        facts.lifecycle.is_terminal(state)
            && facts
                .cancel
                .iter()
                .any(|row| row.unchanged_ref.is_some() && row.state.iter().any(|s| s == state))
    }
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
