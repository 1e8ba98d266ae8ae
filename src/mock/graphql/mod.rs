//! GraphQL over HTTP: the schema is the contract's, the engine is a library's, and each root field is an operation
//! that goes the way of any other request.

mod entry;
mod refusal;
mod root;
mod value;
mod wire;

use std::collections::BTreeMap;

use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::{ExecutionResponse, GraphQLError, JsonMap};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Map, Value};

use super::answer::{Answer, AnswerContext};
use super::fault::Check;
use super::job::JobView;
use super::refuse::{self, Words};
use super::{Call, Mock};
use crate::contract::error::Condition;
use crate::contract::graphql::Transport;
use crate::contract::operation::Operation;
use crate::exchange::{Asked, Request, graphql};
use entry::Entry;
use root::Root;
use wire::Wire;

/// How JSON is labelled: GraphQL over HTTP wants the encoding named.
const LABEL: &str = "application/json; charset=utf-8";

/// One request to a GraphQL service.
struct Talk<'m> {
    service: &'m str,
    schema: &'m Valid<Schema>,
    transport: &'m Transport,
    request: &'m Request,
    serial: u64,
}

/// Why a root field has no answer.
#[derive(Debug, Clone)]
struct Failure {
    words: Words,
    condition: Option<Condition>,
    /// The job it named.
    id: Option<String>,
}

/// What the root fields came to, by the names their answers go under.
#[derive(Debug, Default)]
struct Outcomes {
    failures: BTreeMap<String, Failure>,
    jobs: BTreeMap<String, JobView>,
}

/// An answer that is not finished: the first operation of the request, and what became of it.
struct Made {
    answer: Answer,
    executed: bool,
    condition: Option<Condition>,
    job: Option<JobView>,
}

impl Mock {
    /// The answer to a request to a GraphQL service, and whether the connection is closed in its place.
    pub(super) fn graphql(&self, service: &str, request: &Request, serial: u64) -> (Answer, bool) {
        let facts = self.contract.facts.services.get_key_value(service);
        let transport = facts.and_then(|(name, facts)| Some((name, facts.transport.as_ref()?)));
        let (Some((service, transport)), Some(schema)) =
            (transport, self.contract.graphql.schemas.get(service))
        else {
            return (Answer::not_in_contract(501, "the service has no schema"), false);
        };
        if request.method != "POST" {
            return (Answer::not_in_contract(405, "a GraphQL request is sent with POST"), false);
        }
        let talk = Talk { service, schema, transport, request, serial };
        let asked = graphql::asked(&self.contract, request, None).unwrap_or_default();
        let Made { mut answer, executed, condition, job } = self.converse(&talk, &asked);
        answer.headers.set("content-type", LABEL);
        let body = self.contract.facts.services.get(service).and_then(|s| s.error_body.as_ref());
        let body = body.unwrap_or(&self.contract.facts.error_body);
        refuse::dress(&self.contract, body, &mut answer, self.seed, serial);
        let mut hangs_up = false;
        if let Some((name, operation)) = self.operation(&asked) {
            let context =
                AnswerContext { contract: &self.contract, name, operation, condition, job: job.as_ref() };
            self.decoy.answer(&context, &mut answer);
            self.fault.answer(&context, &mut answer);
            hangs_up = self.fault.hangs_up(&context);
        }
        self.fault.graphql(executed, &mut answer);
        (answer, hangs_up)
    }

    fn operation(&self, asked: &Asked) -> Option<(&str, &Operation)> {
        let (name, operation) = self.contract.facts.operations.get_key_value(asked.operation.as_ref()?)?;
        Some((name, operation))
    }

    fn converse(&self, talk: &Talk<'_>, asked: &Asked) -> Made {
        let wire = match Wire::read(talk.request, talk.transport) {
            Ok(wire) => wire,
            Err(why) => return self.invalid(talk, vec![Entry::of(why)]),
        };
        let document = match ExecutableDocument::parse_and_validate(talk.schema, &wire.query, "request") {
            Ok(document) => document,
            Err(found) => {
                let entries = found.errors.iter().map(|d| Entry::from(&d.to_json())).collect();
                return self.invalid(talk, entries);
            }
        };
        let operation = match document.operations.get(wire.operation_name.as_deref()) {
            Ok(operation) => operation,
            Err(why) => {
                return self.invalid(talk, vec![Entry::from(&why.to_graphql_error(&document.sources))]);
            }
        };
        let variables = match coerce_variable_values(talk.schema, operation, &wire.variables) {
            Ok(variables) => variables,
            Err(_) if self.operation(asked).is_some_and(|(n, _)| self.fault.skips(Check::Validation, n)) => {
                unchecked(operation, &wire.variables)
            }
            Err(why) => {
                let entry = Entry::from(&why.to_graphql_error(&document.sources));
                return self.wrong_variables(talk, asked, entry);
            }
        };
        if let Err(condition) = self.admit(talk, asked) {
            return self.deny(talk, asked, condition);
        }
        let root = Root::new(self, talk, operation.object_type().as_str());
        let response = Execution::new(talk.schema, &document)
            .operation(operation)
            .coerced_variable_values(&variables)
            .enable_schema_introspection(true)
            .execute_sync(&root);
        let outcomes = root.outcomes.into_inner();
        match response {
            Ok(response) => self.executed(talk, asked, response, &outcomes),
            Err(why) => self.invalid(talk, vec![Entry::from(&why.to_graphql_error(&document.sources))]),
        }
    }

    /// Credentials are looked at once for the whole request, unless every root field does without.
    fn admit(&self, talk: &Talk<'_>, asked: &Asked) -> Result<(), Condition> {
        if let Some((name, _)) = self.operation(asked) {
            self.let_in(name, talk.serial)?;
        }
        let keys = asked.graphql.iter().flat_map(|document| &document.keys);
        let roots: Vec<Option<&String>> = keys
            .map(|key| {
                let asked = graphql::asked(&self.contract, talk.request, Some(key))?;
                let (name, _) = self.contract.facts.operations.get_key_value(asked.operation.as_ref()?)?;
                Some(name)
            })
            .collect();
        let needs = |name: &String| {
            let is_open = |o: &Operation| o.anonymous && !self.fault.skips(Check::Anonymous, name);
            self.contract.facts.operations.get(name).filter(|operation| !is_open(operation))
        };
        if !roots.is_empty() && roots.iter().all(|name| name.is_some_and(|name| needs(name).is_none())) {
            return Ok(());
        }
        let own =
            self.contract.facts.operations.iter().filter(|(_, o)| o.service.as_deref() == Some(talk.service));
        let mut names = roots.into_iter().flatten().chain(own.map(|(name, _)| name));
        match names.find_map(|name| Some((name, needs(name)?))) {
            Some((name, operation)) => self.authenticate(talk.request, name, operation).map(drop),
            None => Ok(()),
        }
    }

    /// The answer to a request that was carried out, however it went.
    fn executed(
        &self,
        talk: &Talk<'_>,
        asked: &Asked,
        response: ExecutionResponse,
        outcomes: &Outcomes,
    ) -> Made {
        let key = asked.graphql.as_ref().map(|document| document.key.as_str()).unwrap_or_default();
        let own = outcomes.failures.get(key).or_else(|| outcomes.failures.values().next());
        let condition = own.and_then(|failure| failure.condition);
        let job = outcomes.jobs.get(key).cloned();
        let entries: Vec<Entry> =
            response.errors.iter().map(|error| self.failed(talk, error, outcomes)).collect();
        // A refusal with an error status is the answer to the whole request.
        let status = outcomes.failures.values().map(|f| f.words.status).find(|status| *status >= 400);
        if let Some(status) = status {
            let body = self.errors(talk, &entries);
            return Made { answer: Answer::json(status, body), executed: true, condition, job };
        }
        let mut body = Map::new();
        body.insert("data".into(), serde_json::to_value(&response.data).unwrap_or_default());
        if !entries.is_empty() {
            let errors = self.errors(talk, &entries);
            body.extend(errors.get("errors").map(|errors| ("errors".to_owned(), errors.clone())));
        }
        Made { answer: Answer::json(200, body.into()), executed: true, condition, job }
    }

    /// The entry for an error of the engine: what the root field failed for, or else that a sample of the contract
    /// does not fit its schema.
    fn failed(&self, talk: &Talk<'_>, error: &GraphQLError, outcomes: &Outcomes) -> Entry {
        let mut entry = Entry::from(error);
        let key = entry.path.first().and_then(Value::as_str).filter(|_| entry.path.len() == 1);
        match key.and_then(|key| outcomes.failures.get(key)) {
            Some(failure) => {
                entry.message.clone_from(&failure.words.message);
                entry.code.clone_from(&failure.words.code);
                entry.id.clone_from(&failure.id);
            }
            None => {
                let mut own = self.contract.facts.operations.iter();
                let own = own.find(|(_, o)| o.service.as_deref() == Some(talk.service));
                entry.code = own.and_then(|(name, _)| refuse::code_for(&self.contract, name, 500));
            }
        }
        entry
    }

    fn call<'c>(
        &'c self,
        request: &'c Request,
        (name, operation): (&'c str, &'c Operation),
        blueprint: &'c super::Blueprint,
        asked: Asked,
    ) -> Call<'c> {
        Call {
            name,
            operation,
            blueprint,
            asked,
            request,
            named: BTreeMap::new(),
            parents: BTreeMap::new(),
            now: self.now(),
            identity: self.identity(request),
        }
    }
}

/// Variables that are let through although they do not fit: what is missing is an empty text.
fn unchecked(operation: &apollo_compiler::executable::Operation, sent: &JsonMap) -> Valid<JsonMap> {
    let mut variables = sent.clone();
    for variable in &operation.variables {
        if !variables.contains_key(variable.name.as_str()) && variable.ty.is_non_null() {
            variables.insert(variable.name.as_str(), "".into());
        }
    }
    Valid::assume_valid(variables)
}
