//! The root fields of a request, each an operation of the contract.

use std::cell::RefCell;

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use serde_json::Value;

use super::super::Mock;
use super::super::job::JobView;
use super::super::refuse::Words;
use super::value::{Done, Paging, done, resolved};
use super::{Failure, Outcomes, Talk};
use crate::exchange::graphql;

/// Where the execution of a document begins.
pub(super) struct Root<'t> {
    mock: &'t Mock,
    talk: &'t Talk<'t>,
    type_name: String,
    paging: Paging,
    /// What has become of the root fields so far.
    pub outcomes: RefCell<Outcomes>,
}

impl<'t> Root<'t> {
    pub(super) fn new(mock: &'t Mock, talk: &'t Talk<'t>, type_name: &str) -> Self {
        Root {
            mock,
            talk,
            type_name: type_name.to_owned(),
            paging: Paging::of(&mock.contract, talk.service),
            outcomes: RefCell::default(),
        }
    }

    /// Carries out the operation that a root field is for.
    fn carry_out(&self, key: &str, field: &str) -> Result<(Value, Option<JobView>, Done), Failure> {
        let mock = self.mock;
        let asked = graphql::asked(&mock.contract, self.talk.request, Some(key)).unwrap_or_default();
        let known = mock.operation(&asked).and_then(|own| Some((own, mock.blueprints.get(own.0)?)));
        let Some((own, blueprint)) = known else { return Err(self.not_offered(field)) };
        let id = asked.job.clone();
        let mut call = mock.call(self.talk.request, own, blueprint, asked);
        let (name, operation) = own;
        let reply = mock.carry_out(&mut call).map_err(|condition| Failure {
            words: mock.words(name, operation, condition, id.as_deref()),
            condition: Some(condition),
            id,
        })?;
        let mut answer = reply.answer;
        if !answer.is_success() {
            return Err(self.not_offered(field));
        }
        let data = operation.graphql.as_ref().map(|call| &call.data);
        let value = answer.body_mut().and_then(|body| data?.first(body).cloned());
        Ok((value.unwrap_or_default(), reply.job, done(operation)))
    }

    /// What is said of a field that no operation is for.
    fn not_offered(&self, field: &str) -> Failure {
        let answer = &self.talk.transport.not_offered;
        let says = answer.says.clone();
        let words = Words {
            status: answer.status.unwrap_or(200),
            code: answer.code.clone(),
            message: says.unwrap_or_else(|| format!("The field {field} is not implemented here.")),
            sample: None,
        };
        Failure { words, condition: None, id: None }
    }
}

impl ObjectValue for Root<'_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let key = info.field_selections().first().map_or(info.field_name(), |f| f.response_key().as_str());
        let outcome = self.carry_out(key, info.field_name());
        let mut outcomes = self.outcomes.borrow_mut();
        match outcome {
            Ok((value, job, done)) => {
                outcomes.jobs.extend(job.map(|job| (key.to_owned(), job)));
                Ok(resolved(info.schema(), &info.field_definition().ty, value, &self.paging, done))
            }
            Err(failure) => {
                let message = failure.words.message.clone();
                outcomes.failures.insert(key.to_owned(), failure);
                Err(FieldError { message })
            }
        }
    }
}
