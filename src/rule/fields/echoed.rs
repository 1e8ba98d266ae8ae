//! What a start asks for is what the job has.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::contract::echo::{Echo, Likeness};
use crate::contract::operation::{Operation, Role};
use crate::exchange::Reading;
use crate::exchange::reading::number;
use crate::rule::{About, Finding, Judgement, Keyword, Meta, Rule};
use crate::story::text::show;
use crate::story::{Answer, Story};

/// `fields/echoed`.
pub struct Echoed;

static META: Meta = Meta {
    id: "fields/echoed",
    title: "a job has what its start asked for",
    keyword: Keyword::Must,
    checks: "Members of a start that the job is documented to have are shown as they were sent: in the answer to the \
             start, and in later answers to gets and cancels that show the job in the same way. Starts that repeat a \
             token, or are answered with a job that was seen before, are left out.",
    why: "People find their jobs again by what they wrote into them, and check by it that the right thing was started.",
    fix: "Store what the start sends with the job, and show it in every answer that shows the job.",
    seeks: "a job whose start sent a member that the job is documented to have",
};

impl Rule for Echoed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        let mut seen = BTreeSet::new();
        if story.contract.facts.operations.values().all(|operation| operation.echoes.is_empty()) {
            judgement.miss_undocumented("the contract names no members of a start that a job has");
        }
        for start in story.answers() {
            let Some(first) = started(story, start) else { continue };
            for echo in &start.operation.echoes {
                let sent = echo.sent.first(&start.exchange.asked.view).filter(|value| !value.is_null());
                let Some(sent) = sent else { continue };
                for reading in shown(story, start.operation, first) {
                    let Some(broken) = examine(story, echo, sent, reading) else { continue };
                    judgement.look(reading.exchange);
                    if let Some(finding) = broken.filter(|_| seen.insert((start.name, echo.at.as_str()))) {
                        judgement.find([finding]);
                    }
                }
            }
        }
        judgement
    }
}

/// The new job in the answer to a start.
fn started<'t>(story: &Story<'t>, start: &Answer<'t>) -> Option<&'t Reading> {
    let exchange = start.exchange;
    let is_start = start.operation.role == Role::Create && exchange.meant().probe.is_none();
    let reading = story.reading_at(start.index).filter(|_| is_start)?;
    let token = exchange.asked.client_token.as_ref();
    let mut before = story.exchanges.iter().take(start.index);
    let is_repeated = token.is_some() && before.any(|earlier| earlier.asked.client_token.as_ref() == token);
    (!is_repeated && !story.is_seen_before(start.index, &reading.id)).then_some(reading)
}

/// The readings of a job that show it as the answer to its start does, until somebody starts it again.
fn shown<'t>(story: &Story<'t>, start: &Operation, first: &'t Reading) -> Vec<&'t Reading> {
    let Some(life) = story.life(&first.id) else { return vec![first] };
    let is_alike = |reading: &&Reading| {
        let operation = story.contract.facts.operations.get(&reading.operation);
        operation.is_some_and(|operation| operation.view == start.view)
            && matches!(reading.role, Role::Get | Role::Cancel)
            // A refusal that tells the job's state shows nothing else of it.
            && story.exchanges.get(reading.exchange).is_some_and(|e| e.success().is_some())
            && !life.acted_between(first, reading, &[Role::Retry])
    };
    std::iter::once(first).chain(life.after(first.exchange).filter(is_alike)).collect()
}

/// `None` where a reading says nothing about the member, `Some(None)` where it has it as it was sent.
fn examine(story: &Story<'_>, echo: &Echo, sent: &Value, reading: &Reading) -> Option<Option<Finding>> {
    let found = echo.at.first(&reading.job).filter(|value| !value.is_null());
    let (kind, message) = match found {
        None if echo.absent_ref.is_some() || story.omits(reading, &echo.at) => return None,
        None => ("absent", format!("the answer to {} does not show what the start sent", reading.operation)),
        Some(found) if goes_with(echo.how, sent, found) => return Some(None),
        Some(_) => {
            ("other", format!("the answer to {} shows another value than was sent", reading.operation))
        }
    };
    let finding = Finding::new(reading.exchange, &echo.reference, message, show(Some(sent)), show(found));
    let about = About::Member(echo.at.as_str().to_owned());
    Some(Some(finding.kind(kind).about(about).at(story.place(reading, echo.at.as_str()))))
}

fn goes_with(how: Likeness, sent: &Value, shown: &Value) -> bool {
    holds(shown, sent) && (how == Likeness::Subset || holds(sent, shown))
}

/// Whether one value holds all of another. That a number is written as a text is the concern of schemas.
fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (_, Value::Null) => true,
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(name, part)| part.is_null() || whole.get(name).is_some_and(|w| holds(w, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            part.iter().all(|part| whole.iter().any(|whole| holds(whole, part)))
        }
        (Value::Number(_), _) | (_, Value::Number(_)) => {
            whole == part || number(whole).is_some_and(|n| number(part) == Some(n))
        }
        _ => whole == part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::error::Condition;
    use crate::contract::pointer::Pointer;
    use crate::rule::Level;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    const ID: &str = "AAAAAAAAAA";

    /// A start that sends a description, answered with the job that shows this one.
    fn start(script: Script, id: &str, sent: &Value, shown: &Value) -> Script {
        let sent = sent.clone();
        script.create(id, &json!({"description": shown})).last(|e| e.asked.view["body"] = sent)
    }

    fn started(sent: &str, shown: &Value) -> Script {
        start(Script::of("bedrock"), ID, &json!({"description": sent}), shown)
    }

    #[rstest]
    #[case(json!("mine"), None)]
    #[case(json!("yours"), Some("other"))]
    #[case(json!(""), Some("other"))]
    #[case(json!(null), Some("absent"))]
    fn a_start_shows_what_it_sent(#[case] shown: Value, #[case] kind: Option<&str>) {
        let script = started("mine", &shown);
        let found = script.findings(&Echoed);
        assert_eq!(found.first().map(|f| f.kind), kind);
        assert!(found.iter().all(|f| script.level(&Echoed, f) == Level::Fail));
    }

    #[rstest]
    #[case(Role::Get)]
    #[case(Role::Cancel)]
    fn later_answers_show_it_too(#[case] role: Role) {
        let script = started("mine", &json!("mine")).shows(role, ID, &json!({"description": null}));
        let script = script.get(ID, &json!({"description": "yours"}));
        let found = script.findings(&Echoed);
        assert_eq!(found.len(), 1, "a member that is wrong is told once");
        assert_eq!(found[0].pointer.as_deref(), Some("/ingestionJob/description"));
        assert_eq!((found[0].expected.as_str(), found[0].actual.as_str()), ("\"mine\"", "absent"));
    }

    #[test]
    fn lists_and_jobs_of_others_are_left_alone() {
        let nothing = json!({"description": null});
        let script =
            started("mine", &json!("mine")).shows(Role::List, ID, &nothing).get("BBBBBBBBBB", &nothing);
        assert_eq!(script.findings(&Echoed), []);
    }

    #[test]
    fn a_start_that_sends_nothing_asks_for_nothing() {
        let script = start(Script::of("bedrock"), ID, &json!({}), &json!("theirs"));
        assert!(!script.judge(&Echoed).is_judged());
    }

    #[test]
    fn what_ought_to_be_refused_or_comes_again_is_no_start() {
        let probe = started("mine", &json!("yours")).probe(Condition::InvalidParameter);
        assert!(!probe.judge(&Echoed).is_judged());
        let again =
            start(started("mine", &json!("mine")), ID, &json!({"description": "new"}), &json!("mine"));
        assert_eq!(again.findings(&Echoed), []);
        let token = |script: Script| script.last(|e| e.asked.client_token = Some("t".into()));
        let first = token(started("mine", &json!("mine")));
        let other = token(start(first, "BBBBBBBBBB", &json!({"description": "new"}), &json!("mine")));
        assert_eq!(other.findings(&Echoed), []);
    }

    #[test]
    fn absent_may_be_documented() {
        let change = |contract: &mut crate::contract::Contract| {
            let start = contract.facts.operations.get_mut("StartIngestionJob").unwrap();
            start.echoes[0].absent_ref = Some("model-shapes".into());
        };
        let start = |shown: Value| {
            start(Script::changed("bedrock", change), ID, &json!({"description": "mine"}), &shown)
        };
        assert!(!start(json!(null)).judge(&Echoed).is_judged());
        assert_eq!(start(json!("yours")).findings(&Echoed).len(), 1);
    }

    #[test]
    fn an_answer_that_leaves_it_out_says_nothing() {
        let change = |contract: &mut crate::contract::Contract| {
            let get = contract.facts.operations.get_mut("GetIngestionJob").unwrap();
            get.omits.push(Pointer::new("/description"));
        };
        let script = start(Script::changed("bedrock", change), ID, &json!({"description": "a"}), &json!("a"));
        assert_eq!(script.get(ID, &json!({"description": null})).findings(&Echoed), []);
    }

    #[rstest]
    #[case(Likeness::Same, json!(["a", "b"]), json!(["b", "a"]), true)]
    #[case(Likeness::Same, json!(["a"]), json!(["a", "b"]), false)]
    #[case(Likeness::Subset, json!(["a"]), json!(["a", "b"]), true)]
    #[case(Likeness::Subset, json!(["a", "c"]), json!(["a", "b"]), false)]
    #[case(Likeness::Same, json!({"a": 1, "b": null}), json!({"a": 1}), true)]
    #[case(Likeness::Same, json!({"a": 1}), json!({"a": 1, "b": 2}), false)]
    #[case(Likeness::Subset, json!({"a": 1}), json!({"a": 1, "b": 2}), true)]
    #[case(Likeness::Same, json!(7), json!("7"), true)]
    #[case(Likeness::Same, json!(7), json!("8"), false)]
    #[case(Likeness::Same, json!(1.5), json!(1.5), true)]
    #[case(Likeness::Same, json!("a"), json!("A"), false)]
    fn values_go_together(
        #[case] how: Likeness,
        #[case] sent: Value,
        #[case] shown: Value,
        #[case] fits: bool,
    ) {
        assert_eq!(goes_with(how, &sent, &shown), fits);
    }
}
