//! A cancel that came with another one, or after it: what it may have met, and whether its answer fits that.

use std::collections::BTreeSet;

use crate::contract::Contract;
use crate::contract::cancel::{Expect, Row, Table};
use crate::contract::combination::Facets;
use crate::contract::error::{Condition, ErrorRow};
use crate::exchange::Reading;
use crate::rule::Finding;
use crate::story::attempt::candidates;
use crate::story::follow::{by_itself, lasting};
use crate::story::said::{alternatives, is_one_of, seen};
use crate::story::{Answer, Story};

/// What a cancel may have met, as rows of the cancel table.
pub(crate) struct Met<'t> {
    rows: Vec<&'t Row>,
    /// Whether it may have met a state of which the documentation says nothing.
    is_open: bool,
}

impl<'t> Met<'t> {
    /// What a cancel may have met of which nothing is known: any row.
    pub(crate) fn of_all(contract: &'t Contract) -> Met<'t> {
        Met { rows: contract.facts.cancel.iter().collect(), is_open: true }
    }

    /// What a cancel may have met after another one was accepted of the job of this reading. The state that the job was in
    /// later tells what it cannot have been.
    pub(crate) fn after(story: &Story<'t>, before: &Reading, later: Option<&Reading>) -> Met<'t> {
        let contract = story.contract;
        let due = story.may_follow(before);
        let facets = lasting(contract, &story.facets_of(before));
        let states = due.iter().flat_map(|state| by_itself(contract, state)).map(|state| (state, &facets));
        let met = Met::of(contract, states, later);
        Met { is_open: met.is_open || due.is_empty(), ..met }
    }

    /// What a cancel may have met with another one: what follows that, or the job as it was before, or had become by
    /// itself.
    pub(crate) fn with(story: &Story<'t>, before: &Reading, later: Option<&Reading>) -> Met<'t> {
        let contract = story.contract;
        let (facets, may_move) = (story.facets_of(before), story.may_move_after(before));
        let lasting = lasting(contract, &facets);
        let mut states: Vec<(&str, &Facets)> = Vec::new();
        for state in story.states_of(before) {
            states.push((state, &facets));
            let others = by_itself(contract, state).into_iter().filter(|other| may_move && *other != state);
            states.extend(others.map(|other| (other, &lasting)));
        }
        let own = Met::of(contract, states.into_iter(), later);
        if !story.may_be_cancelled(before) {
            return own;
        }
        let after = Met::after(story, before, later);
        Met { rows: [own.rows, after.rows].concat(), is_open: own.is_open || after.is_open }
    }

    fn of<'s>(
        contract: &'t Contract,
        states: impl Iterator<Item = (&'s str, &'s Facets)>,
        later: Option<&Reading>,
    ) -> Met<'t> {
        let lifecycle = &contract.facts.lifecycle;
        let later =
            later.and_then(|r| r.state.as_deref()).filter(|state| lifecycle.states.contains_key(*state));
        let mut seen = BTreeSet::new();
        let mut met = Met { rows: Vec::new(), is_open: false };
        for (state, facets) in states {
            let leads_there = later.is_none_or(|later| lifecycle.path(state, later).is_some());
            if !leads_there || !seen.insert(state) {
                continue;
            }
            let rows = candidates(&contract.facts.cancel, state, facets, None);
            met.is_open |= rows.is_empty();
            met.rows.extend(rows);
        }
        met.is_open |=
            seen.is_empty() || met.rows.iter().any(|row| matches!(row.expect, Expect::Undocumented(_)));
        met
    }

    /// Whether a refusal may be right.
    fn may_be_refused(&self) -> bool {
        self.is_open || self.rows.iter().any(|row| matches!(row.expect, Expect::Refused(_)))
    }

    /// Whether a success may be right.
    pub(crate) fn may_be_accepted(&self) -> bool {
        self.is_open
            || self
                .rows
                .iter()
                .any(|row| matches!(row.expect, Expect::Accepted(_)) || row.unchanged_ref.is_some())
    }

    /// Whether each row that may count is documented, or as good as that.
    pub(crate) fn is_sure(&self, contract: &Contract) -> bool {
        self.rows.iter().all(|row| contract.basis(&row.reference).can_fail())
    }

    /// The reference of the first row.
    pub(crate) fn reference(&self) -> Option<&'t str> {
        self.rows.first().map(|row| row.reference.as_str())
    }

    /// The errors that may be due.
    fn errors(&self, answer: &Answer<'_>, contract: &'t Contract) -> Vec<&'t ErrorRow> {
        let refused = self.rows.iter().filter_map(|row| match row.expect {
            Expect::Refused(condition) => Some(condition),
            _ => None,
        });
        let mut due: Vec<Condition> = refused.collect();
        if self.is_open {
            due.extend([Condition::NotCancellable, Condition::UnsupportedKind]);
        }
        due.push(Condition::Conflict);
        due.dedup();
        due.into_iter().filter_map(|condition| contract.error_row(condition, answer.name)).collect()
    }
}

/// The finding for an answer that is neither the success nor the refusal that the job's state explains; `whose` says in
/// words which cancel it is.
pub(crate) fn out_of_line(
    answer: &Answer<'_>,
    met: &Met<'_>,
    contract: &Contract,
    whose: &str,
) -> Option<Finding> {
    let rows = met.errors(answer, contract);
    let is_right = rows.iter().any(|row| is_one_of(row, answer.exchange, contract));
    let is_beside = answer.is_beside_the_point(contract, Table::Cancel);
    let actual = seen(answer.exchange, contract);
    let new = |kind: &'static str, reference: &str, words: &str, due: String| {
        let message = format!("{whose} {words}");
        Finding::new(answer.index, reference, message, due, actual.clone()).kind(kind)
    };
    let call = answer.operation.reference.as_str();
    if answer.response.status >= 500 && is_beside {
        let due = "success, or a refusal as not cancellable or in conflict".to_owned();
        return Some(new("server-error", call, "met a server error", due));
    }
    if !answer.is_refused() || is_beside {
        return None;
    }
    // A conflict that is documented for this very call may be one with the other cancel.
    let is_conflict = rows.iter().any(|row| {
        row.when == Condition::Conflict
            && !row.operations.is_empty()
            && is_one_of(row, answer.exchange, contract)
    });
    if !met.may_be_refused() {
        let words = "was refused, though a cancel is accepted in each state that it may have met";
        let reference = met.reference().unwrap_or(call);
        return (!is_conflict).then(|| new("refused", reference, words, "success".to_owned()));
    }
    let (Some(first), false) = (rows.first(), is_right) else { return None };
    // Whether it is refused is left open, and so is whether that is a conflict.
    if met.is_open && answer.response.status == 409 {
        return None;
    }
    let due = rows.iter().map(|row| alternatives(row)).collect::<Vec<_>>().join(", or ");
    Some(new("other-error", first.detail(), "was refused for another reason than the others", due))
}
