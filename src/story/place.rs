//! Where in an answer a member of a job stands, and which members an answer leaves out.

use super::Story;
use super::text::collapse;
use crate::contract::pointer::Pointer;
use crate::exchange::{Reading, Response};

impl<'t> Story<'t> {
    /// Where in the response body a member of a reading stands, with `*` for each index.
    pub(crate) fn place(&self, reading: &Reading, below: &str) -> String {
        let at = format!("{}{below}", reading.at);
        match self.exchanges.get(reading.exchange).and_then(|e| e.success()).map(Response::json) {
            Some(Ok(body)) => collapse(body, &at),
            _ => at,
        }
    }

    /// Where in the response body the state of a reading stands.
    pub(crate) fn state_place(&self, reading: &Reading) -> String {
        self.place(reading, self.contract.shape_of(&reading.operation).state.as_str())
    }

    /// Each status word of a reading beside its state: its name, its place in the job, and its text.
    pub(crate) fn words<'r>(
        &self,
        reading: &'r Reading,
    ) -> impl Iterator<Item = (&'t str, String, &'r str)> + use<'t, 'r> {
        self.contract.shape_of(&reading.operation).words.iter().flat_map(move |(name, word)| {
            word.at
                .select(&reading.job)
                .into_iter()
                .filter_map(move |(at, value)| Some((name.as_str(), at, value.as_str()?)))
        })
    }

    /// Whether an operation's answers leave out this member of a job.
    pub(crate) fn omits(&self, reading: &Reading, member: &Pointer) -> bool {
        self.contract.facts.operations.get(&reading.operation).is_some_and(|operation| {
            operation.omits.iter().any(|omitted| {
                member
                    .as_str()
                    .strip_prefix(omitted.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        })
    }
}
