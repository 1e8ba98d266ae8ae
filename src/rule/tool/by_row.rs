//! Attempts are looked at by the row that says what is right, and findings about them are about that row.

use crate::contract::Contract;
use crate::rule::{About, Finding, Judgement};
use crate::story::Attempt;

impl Judgement {
    /// Counts an attempt as looked at, by its row.
    pub(crate) fn look_at(&mut self, attempt: &Attempt<'_>, contract: &Contract) {
        match attempt.row_id(contract) {
            Some(row) => self.look_by(attempt.answer.index, row),
            None => self.look(attempt.answer.index),
        }
    }
}

impl Finding {
    /// The same, about the row of an attempt.
    pub(crate) fn by(self, attempt: &Attempt<'_>, contract: &Contract) -> Finding {
        Finding { about: attempt.row_id(contract).map(About::Row), ..self }
    }
}
