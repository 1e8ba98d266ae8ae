//! Cancels of many jobs: those that are meant, those created too early or too late, those of someone else, and those
//! that have ended.

use super::{Arrange, Call, Case, Moment, Parents, Step, creator, read, reader, take_with};
use crate::contract::Contract;
use crate::contract::cancel::{CancelMany, Edge};
use crate::contract::operation::{Operation, Role};

const ONLY: &str = "cancel/many-selects-only";
const EFFECT: &str = "cancel/many-takes-effect";
const ENDS: &str = "cancel/many-range-ends";

/// The cases.
pub fn cases(contract: &Contract) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, operation) in contract.of_role(Role::CancelMany) {
        let Some(many) = contract.facts.cancel_many.get(id) else { continue };
        let (Some(get), Some(create)) = (reader(contract, operation), creator(contract, operation)) else {
            continue;
        };
        let family = Family { contract, id, operation, many, get, create };
        if many.undocumented.is_none() {
            cases.extend(family.range());
            cases.push(family.finished());
            cases.extend(family.states());
            cases.extend(many.ends().map(|(edge, _)| family.end(edge)));
        }
        cases.extend(family.foreign());
    }
    cases
}

/// What the cases of one call share.
struct Family<'c> {
    contract: &'c Contract,
    id: &'c str,
    operation: &'c Operation,
    many: &'c CancelMany,
    get: &'c str,
    create: &'c str,
}

impl Family<'_> {
    fn case(&self, what: &str, title: &str, rules: &[&'static str]) -> Case {
        Case::new(self.contract, self.id, what, title.to_owned(), rules)
    }

    /// The call, with the ends of the range where it has them.
    fn call(&self, after: Moment, before: Moment) -> Step {
        let mut call = Call::new(self.id);
        for (edge, end) in self.many.ends() {
            let moment = if edge == Edge::After { &after } else { &before };
            call.times.push((end.at.clone(), moment.clone()));
        }
        Step::Call(call)
    }

    fn start(&self, job: &str) -> Step {
        let mut call = Call::new(self.create);
        call.creates = Some(job.to_owned());
        Step::Call(call)
    }

    /// Lets time pass, and reads a job meanwhile.
    fn pass(job: &str) -> Step {
        Step::Watch { job: job.to_owned(), times: 1 }
    }

    /// Reads each job, cancels, and reads each again until those that are meant have ended.
    fn cancel(&self, case: Case, jobs: &[&str], call: Step, meant: &[&str]) -> Case {
        let read_all = |case: Case| jobs.iter().fold(case, |case, job| case.then(read(self.get, job)));
        let case = read_all(read_all(case).then(call));
        if meant.is_empty() {
            return case;
        }
        let settle = |job: &&str| Step::Poll { job: (*job).to_owned(), until: Vec::new() };
        read_all(meant.iter().map(settle).fold(case, Case::then))
    }

    /// Jobs created before, within and after the range; several within, so that one is not taken for all.
    fn range(&self) -> Option<Case> {
        self.many.ends().next()?;
        let title = "a cancel of many takes the jobs that were created in the range, and no others";
        let case = self.case("range", title, &[ONLY, EFFECT]);
        let case = case.then(self.start("early")).then(Self::pass("early")).then(self.start("inside"));
        let case = case.then(Self::pass("inside")).then(self.start("second"));
        let case = case.then(Self::pass("second")).then(self.start("late"));
        let after = Moment::Between("early".into(), "inside".into());
        let before = Moment::Between("second".into(), "late".into());
        let all = ["early", "inside", "second", "late"];
        Some(self.cancel(case, &all, self.call(after, before), &["inside", "second"]))
    }

    /// A job in each state in which its own cancel is accepted. It may have been there before: so the range is narrow.
    fn states(&self) -> Vec<Case> {
        let contract = self.contract;
        let shape = contract.shape_of(self.get);
        let states = contract.facts.lifecycle.states.keys().filter(|state| shape.can_show(state));
        let open = states.filter_map(|state| Some((state, contract.cancellable(state).into_iter().next()?)));
        open.map(|(state, facets)| {
            let title = format!("a cancel of many takes a job in {state}");
            let case = self.case(&format!("in::{state}"), &title, &[EFFECT]);
            let case = case.then(take_with("job", state, &facets));
            let call = self.call(Moment::Before("job".into()), Moment::After("job".into()));
            self.cancel(case, &["job"], call, &["job"])
        })
        .collect()
    }

    /// A job that has ended, and one that has not.
    fn finished(&self) -> Case {
        let title = "a cancel of many leaves jobs alone that have ended";
        let case = self.case("finished", title, &[ONLY, EFFECT]);
        let case = case.then(self.start("ended"));
        let case =
            case.then(Step::Poll { job: "ended".into(), until: Vec::new() }).then(self.start("inside"));
        let call = self.call(Moment::Before("ended".into()), Moment::After("inside".into()));
        self.cancel(case, &["ended", "inside"], call, &["inside"])
    }

    /// A job created at the very end of the range.
    fn end(&self, edge: Edge) -> Case {
        let what = format!("at-{}", edge.word());
        let title = "a job created at the very end of the range is taken or left as documented";
        let case = self.case(&what, title, &[ENDS]).then(self.start("job"));
        let at = Moment::Of("job".into());
        let call = match edge {
            Edge::After => self.call(at, Moment::After("job".into())),
            Edge::Before => self.call(Moment::Before("job".into()), at),
        };
        self.cancel(case, &["job"], call, &[])
    }

    /// A job of someone else, created at the same time.
    fn foreign(&self) -> Option<Case> {
        let parents = &self.contract.facts.job.parents;
        let named = |operation: &Operation| parents.keys().any(|name| operation.parent_place(name).is_some());
        if !named(self.operation) {
            return None;
        }
        let rules: &[&'static str] = if self.many.undocumented.is_some() { &[ONLY] } else { &[ONLY, EFFECT] };
        let case = self.case("foreign", "a cancel of many leaves the jobs of others alone", rules);
        let case = case.then(self.start("own"));
        let creates_elsewhere = self.contract.facts.operations.get(self.create).is_some_and(named);
        let case = if creates_elsewhere {
            let mut call = Call::new(self.create);
            call.creates = Some("foreign".into());
            call.parents = Parents::Foreign;
            case.then(Step::Call(call))
        } else {
            let lifecycle = &self.contract.facts.lifecycle;
            let shape = self.contract.shape_of(self.get);
            let states = lifecycle.states.keys().filter(|s| !lifecycle.is_terminal(s) && shape.can_show(s));
            let mut states: Vec<String> = states.cloned().collect();
            states.sort_by_key(|state| lifecycle.phase(state));
            case.then(Step::Arrange(Arrange {
                job: "foreign".into(),
                states,
                facets: std::collections::BTreeMap::new(),
                foreign: true,
                consumes: true,
            }))
        };
        let call = self.call(Moment::Before("own".into()), Moment::After("foreign".into()));
        let meant: &[&str] = if self.many.undocumented.is_none() { &["own"] } else { &[] };
        Some(self.cancel(case, &["own", "foreign"], call, meant))
    }
}
