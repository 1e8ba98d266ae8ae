//! `cancel/refused-for-kind`.

use crate::contract::cancel::Table;
use crate::contract::error::Condition;
use crate::rule::tool::accepted_anyway::accepted_anyway;
use crate::rule::{Judgement, Keyword, Meta, Rule};
use crate::story::Story;

static META: Meta = Meta {
    id: "cancel/refused-for-kind",
    title: "a cancel is refused for a job of a kind that cannot be cancelled",
    keyword: Keyword::Must,
    checks: "A cancel of a job whose kind, or whose tasks' states, rule it out is not answered with success.",
    why: "The server goes on with work it cannot stop while the client believes it stopped, and starts the next job \
          into it.",
    fix: "Decide by the job's kind and tasks before accepting, in the same step as by its state.",
    seeks: "an answered cancel of a job of a kind that cannot be cancelled",
};

/// A cancel is refused for a job of a kind that cannot be cancelled.
#[derive(Debug)]
pub struct RefusedForKind;

impl Rule for RefusedForKind {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let mut judgement = Judgement::default();
        for attempt in story.attempts(Table::Cancel) {
            let Some((row, condition)) = attempt.refusing() else { continue };
            let is_by_kind = condition == Condition::UnsupportedKind || !row.facets.is_empty();
            if !is_by_kind || attempt.is_beside_the_point(contract) {
                continue;
            }
            judgement.look_at(attempt, contract);
            let whom = "a job of a kind that cannot be cancelled";
            judgement.find(accepted_anyway(attempt, story, whom));
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::library::pack;
    use crate::contract::load::{Loaded, load};
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;
    use std::sync::Arc;

    const IMPORTS: &str = r#"
[job.facets.kind]
at = "/description"
values = ["import", "query"]
ref = "stop-page"

[[cancel]]
state = ["IN_PROGRESS"]
facets = { kind = ["import"] }
expect = { refused = "unsupported-kind" }
ref = "stop-page"

[[errors]]
when = "unsupported-kind"
any_of = [{ status = 400, code = "ValidationException", says = "An import cannot be stopped." }]
ref = "stop-page"
"#;

    /// A vendor whose imports cannot be cancelled; jobs show their kind in the description.
    fn script() -> Script {
        let mut pack = pack("bedrock").unwrap();
        let text = String::from_utf8(pack.files["contract.toml"].clone()).unwrap();
        let text = text.replacen("[[cancel]]", &format!("{IMPORTS}\n[[cancel]]"), 1);
        pack.files.insert("contract.toml".into(), text.into_bytes());
        let Loaded { contract, .. } = load(&pack, None).unwrap_or_else(|e| panic!("{e}"));
        let mut script = Script::of("bedrock");
        script.contract = Arc::new(contract);
        script
    }

    #[rstest]
    #[case("STOPPING", "a cancel of a job of a kind that cannot be cancelled was accepted and changed it")]
    #[case(
        "IN_PROGRESS",
        "a cancel of a job of a kind that cannot be cancelled answered success and changed nothing"
    )]
    fn an_import_is_not_cancelled(#[case] after: &str, #[case] message: &str) {
        let job = |state| json!({"status": state, "description": "import"});
        let script = script().get("JOB0000001", &job("IN_PROGRESS")).cancel("JOB0000001", &job(after));
        assert_eq!(script.findings(&RefusedForKind)[0].message, message);
    }

    #[test]
    fn a_refusal_is_innocent() {
        let script = script()
            .get("JOB0000001", &json!({"status": "IN_PROGRESS", "description": "import"}))
            .cancel_refused("JOB0000001", 400, &json!({"__type": "ValidationException"}));
        assert_eq!(script.findings(&RefusedForKind), []);
    }

    #[rstest]
    #[case(json!({"status": "IN_PROGRESS", "description": "query"}))]
    #[case(json!({"status": "IN_PROGRESS", "description": null}))]
    fn other_and_unknown_kinds_are_left_alone(#[case] job: serde_json::Value) {
        let script = script().get("JOB0000001", &job).cancel("JOB0000001", &json!({"status": "STOPPING"}));
        assert!(!script.judge(&RefusedForKind).is_judged());
    }

    /// A job that was submitted by one call, read and cancelled: its answers never show its kind.
    fn submitted(operation: &str) -> Vec<crate::rule::Finding> {
        const ID: &str = "4448c9fb-0b16-4a78-8d89-2a137c53454a001679122";
        let script = Script::of("ges");
        let view = |operation: &str, job: Option<&str>| script.view(operation, job);
        let (start, show, cancel) =
            (view(operation, None), view("ShowJob", Some(ID)), view("DeleteJob", Some(ID)));
        let script = Script::of("ges")
            .call(operation, start, 200, &json!({"jobId": ID, "jobType": 1}))
            .call("ShowJob", show.clone(), 200, &json!({"status": "running"}))
            .call("DeleteJob", cancel, 200, &json!({}))
            .call("ShowJob", show, 200, &json!({"status": "running"}));
        script.judge(&RefusedForKind).verdict().unwrap_or_default()
    }

    #[test]
    fn the_call_that_started_a_job_tells_its_kind() {
        assert_eq!(submitted("DeleteVertices").len(), 1);
        assert_eq!(submitted("QueryVertices"), []);
    }

    #[test]
    fn other_troubles_and_finished_jobs_are_left_alone() {
        let at_work = json!({"status": "IN_PROGRESS", "description": "import"});
        let throttled = script().get("JOB0000001", &at_work).cancel_refused("JOB0000001", 429, &json!({}));
        assert!(!throttled.judge(&RefusedForKind).is_judged());
        let finished = script()
            .get("JOB0000001", &json!({"status": "COMPLETE"}))
            .cancel("JOB0000001", &json!({"status": "STOPPED"}));
        assert!(!finished.judge(&RefusedForKind).is_judged());
    }
}
