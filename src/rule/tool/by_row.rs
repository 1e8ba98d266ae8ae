//! Attempts are looked at by the row that says what is right, and findings about them are about that row.

use crate::contract::Contract;
use crate::rule::{About, Finding, Judgement, Seen, Why};
use crate::story::Attempt;
use crate::story::said::said;

impl Judgement {
    /// Counts an attempt as looked at, by its row.
    pub(crate) fn look_at(&mut self, attempt: &Attempt<'_>, contract: &Contract) {
        match attempt.row_id(contract) {
            Some(row) => self.look_by(attempt.answer.index, row),
            None => self.look(attempt.answer.index),
        }
    }
}

impl Attempt<'_> {
    /// That what came says nothing of what was sought.
    pub(crate) fn answered_otherwise(&self, contract: &Contract, sought: &str) -> Why {
        let answer = &self.answer;
        let code = said(answer.exchange, contract).code;
        let seen = Seen { operation: answer.name.to_owned(), status: answer.response.status, code };
        Why::AnsweredOtherwise { sought: sought.to_owned(), seen: vec![seen] }
    }
}

impl Finding {
    /// The same, about the row of an attempt.
    pub(crate) fn by(self, attempt: &Attempt<'_>, contract: &Contract) -> Finding {
        Finding { about: attempt.row_id(contract).map(About::Row), ..self }
    }
}
