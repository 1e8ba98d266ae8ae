//! Status words that are not in the enum, in the wrong case, or do not agree with each other.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::answer::{Answer, AnswerContext};
use super::super::render::put_where_present;
use super::ground::Ground;
use super::{Fault, Label};
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;

/// A word that no vendor uses.
const FOREIGN: &str = "JOBPROOF_UNHEARD_OF";

/// The word to show instead.
enum Instead {
    Foreign,
    OtherCase,
    /// By the job's state.
    ByState(BTreeMap<String, String>),
}

struct Word {
    label: Label,
    at: Pointer,
    instead: Instead,
    /// Whether the words of ended jobs are left alone, so that waiting for the end of a job still ends.
    spares_ended: bool,
}

impl Fault for Word {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let Some(job) = context.job.filter(|_| context.operation.role == Role::Get) else { return };
        if self.spares_ended && job.finished.is_some() {
            return;
        }
        context.each_job(answer, |shown| {
            put_where_present(shown, &self.at, &|word| match &self.instead {
                Instead::Foreign => FOREIGN.into(),
                Instead::OtherCase => other_case(word.as_str().unwrap_or_default()).into(),
                Instead::ByState(words) => {
                    words.get(&job.state).map_or_else(|| word.clone(), |word| Value::from(word.as_str()))
                }
            });
        });
    }
}

fn other_case(word: &str) -> String {
    let lower = word.to_lowercase();
    if lower == word { word.to_uppercase() } else { lower }
}

pub(super) fn faults(ground: &Ground<'_>) -> Vec<Box<dyn Fault>> {
    let shape = &ground.contract.facts.job;
    let mut found: Vec<Box<dyn Fault>> = vec![Box::new(Word {
        label: Label::new(
            "foreign-state",
            "a get shows a state that is not documented while the job has not ended",
            &["status/state-in-enum", "fields/body-schema"],
        ),
        at: shape.state.clone(),
        instead: Instead::Foreign,
        spares_ended: true,
    })];
    if ground.contract.facts.lifecycle.states.keys().any(|state| other_case(state) != *state) {
        found.push(Box::new(Word {
            label: Label::new(
                "lower-case-state",
                "a get shows the state in the wrong letter case while the job has not ended",
                &["status/letter-case", "status/state-in-enum"],
            ),
            at: shape.state.clone(),
            instead: Instead::OtherCase,
            spares_ended: true,
        }));
    }
    for (name, word) in &shape.words {
        if word.at.first(ground.job()).is_none() {
            continue;
        }
        found.push(Box::new(Word {
            label: Label::new(
                format!("foreign-word::{name}"),
                format!("a get shows a {name} word that is not documented"),
                &["status/word-in-enum", "fields/body-schema"],
            ),
            at: word.at.clone(),
            instead: Instead::Foreign,
            spares_ended: false,
        }));
        let disagreeing: BTreeMap<String, String> = word
            .agrees
            .iter()
            .filter_map(|(state, agreeing)| {
                let other = word.values.iter().find(|value| !agreeing.contains(value))?;
                Some((state.clone(), other.clone()))
            })
            .collect();
        if !disagreeing.is_empty() {
            found.push(Box::new(Word {
                label: Label::new(
                    format!("words-disagree::{name}"),
                    format!("a get shows a {name} word that does not go with the state"),
                    &["status/words-agree"],
                ),
                at: word.at.clone(),
                instead: Instead::ByState(disagreeing),
                spares_ended: false,
            }));
        }
    }
    found
}
