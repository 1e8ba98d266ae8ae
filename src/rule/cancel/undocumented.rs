//! `cancel/undocumented`.

use crate::contract::cancel::Table;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::said::seen;
use crate::story::{Attempt, Story};

static META: Meta = Meta {
    id: "cancel/undocumented",
    title: "what comes of a cancel of which the documentation does not speak",
    keyword: Keyword::May,
    checks: "Where the documentation leaves open whether a job in some state can be cancelled, what the cancel was answered \
             and what the job was afterwards is noted.",
    why: "Clients come to rely on what they see: where no page says it, the next release may change it, and nobody will \
          know that it ever was otherwise.",
    fix: "Document what becomes of a cancel in this state.",
    seeks: "an answered cancel of a job of which the documentation does not speak",
};

/// What comes of a cancel of which the documentation does not speak.
#[derive(Debug)]
pub struct Undocumented;

impl Rule for Undocumented {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Cancel) {
            let Some((row, open)) = attempt.left_open() else { continue };
            if attempt.is_beside_the_point(contract) {
                continue;
            }
            judgement.look_at(attempt, contract);
            let verb = if attempt.answer.is_accepted() { "accepted" } else { "refused" };
            let message =
                format!("a cancel of a job in {}, of which nothing is documented, was {verb}", attempt.state);
            let expected = format!("not documented: {open}");
            let finding =
                Finding::new(attempt.answer.index, &row.reference, message, expected, told(attempt, story));
            judgement.find([finding.kind(verb).by(attempt, contract).at_most(Level::Note)]);
        }
        judgement
    }
}

/// What the answer said, and what the job was afterwards.
fn told(attempt: &Attempt<'_>, story: &Story<'_>) -> String {
    let answered = seen(attempt.answer.exchange, story.contract);
    let shown = [attempt.shown, attempt.after].into_iter().flatten();
    let mut states: Vec<&str> = shown.filter_map(|r| r.state.as_deref()).collect();
    states.dedup();
    if states.is_empty() {
        format!("{answered}; no reading followed")
    } else {
        format!("{answered}; {} became {}", attempt.state, states.join(", then "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::cancel::RowId;
    use crate::rule::About;
    use crate::rule::script::Script;
    use serde_json::{Value, json};

    const ID: &str = "JOB0000001";

    fn state(state: &str) -> Value {
        json!({ "status": state })
    }

    fn stopping() -> Script {
        Script::of("bedrock").get(ID, &state("STOPPING"))
    }

    #[test]
    fn what_comes_of_it_is_noted() {
        let script = stopping().cancel(ID, &state("STOPPING")).get(ID, &state("STOPPED"));
        let found = script.findings(&Undocumented);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].kind, "accepted");
        assert_eq!(found[0].actual, "202; STOPPING became STOPPING, then STOPPED");
        assert!(found[0].expected.starts_with("not documented: whether a second stop"), "{found:?}");
        assert_eq!(script.level(&Undocumented, &found[0]), Level::Note);
        let row = RowId { table: Table::Cancel, state: "STOPPING".into(), facets: String::new() };
        assert_eq!(found[0].about, Some(About::Row(row)));
    }

    #[test]
    fn a_refusal_is_noted_as_well() {
        let no = json!({"__type": "ConflictException", "message": "no"});
        let found = stopping().cancel_refused(ID, 409, &no).findings(&Undocumented);
        assert_eq!(found[0].kind, "refused");
        assert_eq!(found[0].actual, "409 ConflictException: no; no reading followed");
    }

    #[test]
    fn what_is_documented_and_what_says_nothing_of_the_job_is_left_alone() {
        let running = Script::of("bedrock").get(ID, &state("IN_PROGRESS")).cancel(ID, &state("STOPPING"));
        assert!(!running.judge(&Undocumented).is_judged());
        assert!(!stopping().cancel_refused(ID, 429, &json!({})).judge(&Undocumented).is_judged());
    }
}
