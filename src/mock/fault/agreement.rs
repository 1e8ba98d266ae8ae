//! Answers whose envelope contradicts itself.

use serde_json::Value;

use super::super::answer::{Answer, AnswerContext};
use super::{Fault, Label};
use crate::contract::Contract;
use crate::contract::envelope::{Agreement, Answers};

/// A word and a status that no vendor uses.
const FOREIGN: &str = "JOBPROOF_UNHEARD_OF";
const ODD_STATUS: &str = "999";

struct Disagrees {
    label: Label,
    on: Answers,
    require: Agreement,
}

impl Fault for Disagrees {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let refuses = context.condition.is_some();
        let Some(body) = answer.body_mut() else { return };
        match &self.require {
            Agreement::HttpStatus(at) if refuses == (self.on == Answers::Refused) => {
                at.put(body, ODD_STATUS.into());
            }
            Agreement::SuccessFlag(at) if refuses => at.put(body, true.into()),
            Agreement::Word(fact) if !refuses => {
                if let Some(value) = &fact.when.equals {
                    fact.when.at.put(body, value.clone());
                }
                fact.at.put(body, FOREIGN.into());
            }
            Agreement::OtherWord(fact) if refuses => {
                let value = fact.when.equals.clone().unwrap_or(Value::Bool(true));
                fact.when.at.put(body, value);
                match fact.none_of.first() {
                    Some(word) => fact.at.put(body, word.as_str().into()),
                    None => fact.at.remove(body),
                }
            }
            _ => {}
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    let facts = contract.facts.envelope.iter();
    facts
        .map(|fact| {
            let label = Label::new(
                format!("envelope-disagrees::{}", fact.name),
                format!("answers for which {} does not hold", fact.name),
                &["fields/envelope"],
            );
            Box::new(Disagrees { label, on: fact.on, require: fact.require.clone() }) as Box<dyn Fault>
        })
        .collect()
}
