//! Changes that go wrong when they are asked for again, or twice at once.

use std::collections::BTreeSet;

use super::super::answer::{Answer, AnswerContext};
use super::super::job::JobView;
use super::super::refuse::{Words, code_for, refuse};
use super::{Again as Retried, Check, Fault, Label};
use crate::contract::Contract;
use crate::contract::cancel::Expect;
use crate::contract::error::Condition;
use crate::contract::operation::Role;

enum Wrong {
    /// Breaks where a start like it came before.
    Breaks,
    /// A cancel of many breaks where it finds nothing to cancel.
    BreaksOnNone,
    /// Forgets this check.
    Skips(Check<'static>),
    /// Refuses to retry a job that was retried before.
    RefusesRetry,
}

struct Again {
    label: Label,
    operation: String,
    wrong: Wrong,
}

impl Fault for Again {
    fn label(&self) -> &Label {
        &self.label
    }

    fn skips(&self, check: Check<'_>, operation: &str) -> bool {
        matches!(&self.wrong, Wrong::Skips(own) if *own == check) && operation == self.operation
    }

    fn decide_retry(&self, job: &JobView, again: Retried) -> Retried {
        match (&self.wrong, again) {
            (Wrong::RefusesRetry, Retried::New | Retried::Same) if job.retries > 0 => {
                Retried::Refuse(Condition::NotRetryable)
            }
            (_, again) => again,
        }
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        if context.name != self.operation || context.condition.is_some() || !answer.is_success() {
            return;
        }
        let is_wrong = match self.wrong {
            Wrong::Breaks => context.job.is_some_and(|job| job.again > 0),
            Wrong::BreaksOnNone => context.job.is_none(),
            Wrong::Skips(_) | Wrong::RefusesRetry => false,
        };
        if is_wrong {
            let (contract, name) = (context.contract, context.name);
            let code = code_for(contract, name, 500);
            let words =
                Words { status: 500, code, message: "A constraint was violated.".into(), sample: None };
            let broken = refuse(contract, name, context.operation, &words);
            (answer.status, answer.body) = (broken.status, broken.body);
        }
    }
}

pub(super) fn faults(contract: &Contract) -> Vec<Box<dyn Fault>> {
    const ANSWERED: &str = "idempotency/repeat-answered";
    let mut found: Vec<Box<dyn Fault>> = Vec::new();
    let mut add = |mechanism: &str, name: &str, title: &str, rules: &[&'static str], wrong: Wrong| {
        let label = Label::new(format!("{mechanism}::{name}"), format!("{name}: {title}"), rules);
        found.push(Box::new(Again { label, operation: name.to_owned(), wrong }) as Box<dyn Fault>);
    };
    // One for each service: how a job is made is the same for all its calls.
    let mut services = BTreeSet::new();
    let plain = contract.of_role(Role::Create).filter(|(_, start)| start.target.is_none() && !start.destroys);
    for (name, _) in plain.filter(|(_, start)| services.insert(start.service.as_deref())) {
        let own_id = "lifecycle/own-id";
        add(
            "second-start-breaks",
            name,
            "a start like one that came before breaks",
            &[ANSWERED],
            Wrong::Breaks,
        );
        let title = "two starts at the same moment give one job";
        add("one-job-at-once", name, title, &[own_id], Wrong::Skips(Check::OwnJobAtOnce));
        let title = "a new job takes the id of one that has ended";
        add("used-id", name, title, &[own_id], Wrong::Skips(Check::OwnId));
    }
    for (name, _) in contract.of_role(Role::CancelMany) {
        let title = "a cancel that finds nothing to cancel breaks";
        if contract.facts.cancel_many.get(name).is_some_and(|many| many.undocumented.is_none()) {
            add("second-cancel-many-breaks", name, title, &[ANSWERED], Wrong::BreaksOnNone);
        }
    }
    for (name, _) in contract.of_role(Role::Retry) {
        let rows = || contract.facts.retry.iter().map(|row| &row.expect);
        let renews = rows().any(|expect| matches!(expect, Expect::Accepted(accepted) if accepted.new_job));
        if renews {
            let title = "a second retry of a job breaks";
            add("second-retry-breaks", name, title, &[ANSWERED], Wrong::Breaks);
            let title = "a second retry answers with the job that the first one started";
            let rules = ["retry/new-id", "lifecycle/own-id"];
            add("second-retry-same-job", name, title, &rules, Wrong::Skips(Check::OwnRetry));
            let title = "a job that was retried is not retried again";
            add("second-retry-refused", name, title, &["retry/accepted-when-allowed"], Wrong::RefusesRetry);
        }
    }
    found
}
