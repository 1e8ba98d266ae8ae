//! What one vendor documents: types, loading, linting and the embedded library of vendors.

pub mod around;
pub mod auth;
pub mod cancel;
pub mod combination;
mod concern;
pub mod diagnostic;
pub mod echo;
pub mod effect;
pub mod envelope;
pub mod error;
pub mod facts;
pub mod graphql;
pub mod invariant;
pub mod job;
pub mod library;
pub mod lifecycle;
pub(crate) mod likeness;
mod lint;
pub mod load;
pub(crate) mod one_of;
pub mod operation;
pub mod paging;
pub mod pattern;
pub mod pointer;
pub mod reference;
pub mod sentence;
pub mod shapes;
pub mod source;
pub mod span;
pub mod timestamps;

use std::collections::BTreeMap;

use apollo_compiler::ast::OperationType;
use serde_json::Value;

use cancel::Expect;
use error::{Condition, ErrorRow};
use operation::{Operation, Role};
use reference::{Basis, Reference};

/// What one vendor documents, loaded and checked.
#[derive(Debug)]
pub struct Contract {
    /// The facts.
    pub facts: facts::Facts,
    /// The edition these facts are of, where the vendor has several.
    pub edition: Option<String>,
    /// A digest of the files it was loaded from, without samples that must be refused, and of the edition.
    pub digest: String,
    /// The compiled schemas.
    pub shapes: shapes::Shapes,
    /// The documented sample bodies, by schema and label.
    pub examples: BTreeMap<(String, String), Value>,
    /// The schemas and documents of its GraphQL services.
    pub graphql: graphql::Graphql,
    /// How a job looks in each view.
    pub views: BTreeMap<String, job::JobShape>,
}

impl Contract {
    /// The reference of this id. Linting makes sure that it exists.
    pub fn reference(&self, id: &str) -> Option<&Reference> {
        self.facts.references.get(id)
    }

    /// How sure the reference of this id is; `inferred` where there is none.
    pub fn basis(&self, id: &str) -> Basis {
        self.reference(id).map_or(Basis::Inferred, |r| r.basis)
    }

    /// How a job looks in the answers of this operation.
    pub fn shape(&self, operation: &Operation) -> &job::JobShape {
        operation.view.as_ref().and_then(|view| self.views.get(view)).unwrap_or(&self.facts.job)
    }

    /// How a job looks in the answers of the operation of this name.
    pub fn shape_of(&self, operation: &str) -> &job::JobShape {
        self.facts.operations.get(operation).map_or(&self.facts.job, |operation| self.shape(operation))
    }

    /// Whether every answer of a service that shows jobs can show one in this state. For a service that shows none,
    /// whether all answers of the others can.
    pub fn can_show(&self, service: Option<&str>, state: &str) -> bool {
        let shows_jobs = |o: &&Operation| {
            matches!(o.role, Role::Get | Role::List) && (o.job.is_some() || o.jobs.is_some())
        };
        let all = || self.facts.operations.values().filter(shows_jobs);
        let own = || all().filter(|o| o.service.as_deref() == service);
        let can = |o: &Operation| self.shape(o).can_show(state);
        if own().next().is_some() { own().all(can) } else { all().all(can) }
    }

    /// The operations of one role, in alphabetical order.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = (&str, &Operation)> {
        self.facts.operations.iter().filter(move |(_, o)| o.role == role).map(|(id, o)| (id.as_str(), o))
    }

    /// Whether an operation makes, changes or removes something other than jobs. A GraphQL mutation that neither
    /// starts nor cancels jobs does, whatever the contract says of it.
    pub fn writes(&self, operation: &str) -> bool {
        let role = self.facts.operations.get(operation).map(|o| o.role);
        let reads = role.is_some_and(Role::is_read);
        let root = self.graphql.roots.get(operation);
        let mutates = reads && root.is_some_and(|root| root.kind == OperationType::Mutation);
        mutates || self.facts.operations.get(operation).is_some_and(|o| o.writes)
    }

    /// What must be answered to `operation` under `condition`.
    pub fn error_row(&self, condition: Condition, operation: &str) -> Option<&ErrorRow> {
        self.facts.errors.iter().find(|row| row.when == condition && self.speaks_of(row, operation))
    }

    /// Whether a row of the errors is about this operation.
    pub fn speaks_of(&self, row: &ErrorRow, operation: &str) -> bool {
        let service = || self.facts.operations.get(operation).and_then(|o| o.service.as_ref());
        (row.operations.is_empty() || row.operations.iter().any(|o| o == operation))
            && (row.services.is_empty() || service().is_some_and(|s| row.services.contains(s)))
    }

    /// The service of an operation.
    pub fn service(&self, operation: &str) -> Option<&facts::Service> {
        self.facts.services.get(self.facts.operations.get(operation)?.service.as_ref()?)
    }

    /// How an error of an operation looks: as its service says, or else as all do.
    pub fn error_body(&self, operation: &str) -> &error::ErrorBody {
        self.service(operation).and_then(|s| s.error_body.as_ref()).unwrap_or(&self.facts.error_body)
    }

    /// The row of the cancel truth table for a job in this state with these facets.
    pub fn cancel_row(&self, state: &str, facets: &BTreeMap<String, Vec<String>>) -> Option<&cancel::Row> {
        cancel::row(&self.facts.cancel, state, facets)
    }

    /// Whether the documented answer of an operation shows the state of a job.
    pub fn shows_state(&self, operation: &Operation) -> bool {
        let state = &self.shape(operation).state;
        let body = |status| self.sample(operation.response_schema(status)?);
        operation.success_statuses().filter_map(body).any(|body| {
            operation.job.as_ref().is_some_and(|job| job.join(state.as_str()).first(body).is_some())
        })
    }

    /// An accepted example of a schema.
    pub fn example(&self, schema: &str, label: &str) -> Option<&Value> {
        self.examples.get(&(schema.to_owned(), label.to_owned()))
    }

    /// The documented sample body for a schema, which a mock overlays with a job's facts.
    pub fn sample(&self, schema: &str) -> Option<&Value> {
        self.examples.get(&(schema.to_owned(), "documented".to_owned()))
    }

    /// The facets with which a cancel of a job in this state must succeed, one combination for each row that says so.
    /// None where every job in this state must be refused, or nothing is said.
    pub fn cancellable(&self, state: &str) -> Vec<combination::Facets> {
        combination::representatives(&self.facts, &self.facts.cancel, state)
            .into_iter()
            .filter(|facets| {
                self.cancel_row(state, facets).is_some_and(|row| matches!(row.expect, Expect::Accepted(_)))
            })
            .collect()
    }

    /// Whether a cancel of a job in this state with these facets must succeed.
    pub fn is_cancellable(&self, state: &str, facets: &combination::Facets) -> bool {
        self.cancel_row(state, facets).is_some_and(|row| matches!(row.expect, Expect::Accepted(_)))
    }
}
