//! What cases do to a server, and what a target file has to allow for it.

use serde::Serialize;

use super::{Call, Case, Step};
use crate::contract::Contract;
use crate::contract::operation::Role;

/// What a case does to a server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Needs {
    /// Requests that only read, polling counted once.
    pub reads: usize,
    /// Requests that start a job.
    pub creates: usize,
    /// Those of them whose jobs destroy data.
    pub destroys: usize,
    /// Requests that cancel one job each.
    pub cancels: usize,
    /// Requests that cancel many jobs, those of others among them.
    pub cancels_many: usize,
    /// Requests that make, change or remove something other than jobs.
    pub writes: usize,
    /// Jobs that must be there first.
    pub jobs: usize,
}

impl Needs {
    /// What a case needs: the roles of the calls it makes and the jobs it asks for.
    pub(super) fn of(case: &Case, contract: &Contract) -> Needs {
        let mut needs = Needs::default();
        for step in &case.steps {
            needs.step(step, contract);
        }
        needs
    }

    fn step(&mut self, step: &Step, contract: &Contract) {
        match step {
            Step::Arrange(_) => self.jobs += 1,
            Step::Call(one)
            | Step::Insist { call: one, .. }
            | Step::Pages { call: one, .. }
            | Step::Await { call: one, .. } => self.call(one, contract),
            Step::Together(calls) => calls.iter().for_each(|one| self.call(one, contract)),
            Step::Search { call: one, tries } => (0..*tries).for_each(|_| self.call(one, contract)),
            Step::Race(race) => {
                self.call(&race.create, contract);
                for _ in 0..race.times {
                    self.call(&race.create, contract);
                    self.call(&race.cancel, contract);
                }
                self.reads += 1 + 2 * race.times;
            }
            Step::Pause { .. } => {}
            Step::Poll { .. } | Step::Settle => self.reads += 1,
            Step::Rest { .. } => {}
            Step::Crowd { list, .. } => self.call(list, contract),
            Step::Watch { times, .. } => self.reads += times,
            // How many jobs a run will see end is not known before; there is one at least.
            Step::LookAgain { .. } => self.reads += 1,
            // Two pages at least, and one that holds all.
            Step::Parts { .. } => self.reads += 3,
            Step::Guess { role: Role::Create | Role::Retry, .. } => self.creates += 1,
            Step::Guess { role: Role::CancelMany, .. } => self.cancels_many += 1,
            Step::Guess { .. } => self.cancels += 1,
        }
    }

    fn call(&mut self, call: &Call, contract: &Contract) {
        let operation = contract.facts.operations.get(&call.operation);
        match operation.map(|operation| operation.role) {
            _ if contract.writes(&call.operation) => self.writes += 1,
            Some(Role::Create | Role::Retry) => {
                self.creates += 1;
                self.destroys += usize::from(operation.is_some_and(|operation| operation.destroys));
            }
            Some(Role::Cancel) => self.cancels += 1,
            Some(Role::CancelMany) => self.cancels_many += 1,
            _ => self.reads += 1,
        }
    }

    /// How often each permission is needed, by its word in a target file.
    pub fn permissions(&self) -> [(&'static str, usize); 6] {
        [
            ("read", self.reads + self.jobs),
            ("create", self.creates),
            ("destroy", self.destroys),
            ("cancel", self.cancels),
            ("cancel-many", self.cancels_many),
            ("write", self.writes),
        ]
    }
}

impl std::ops::AddAssign for Needs {
    fn add_assign(&mut self, other: Needs) {
        self.reads += other.reads;
        self.creates += other.creates;
        self.destroys += other.destroys;
        self.cancels += other.cancels;
        self.cancels_many += other.cancels_many;
        self.writes += other.writes;
        self.jobs += other.jobs;
    }
}
