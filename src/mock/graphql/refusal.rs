//! Answers to requests that are not carried out.

use serde_json::{Value, json};

use super::super::Mock;
use super::super::answer::Answer;
use super::entry::Entry;
use super::{Made, Talk, wire};
use crate::contract::error::Condition;
use crate::exchange::Asked;

impl Mock {
    /// The answer to what is no valid GraphQL request.
    pub(super) fn invalid(&self, talk: &Talk<'_>, mut entries: Vec<Entry>) -> Made {
        let answer = talk.transport.invalid.first();
        let status = answer.and_then(|answer| answer.status).unwrap_or(400);
        for entry in &mut entries {
            entry.code = answer.and_then(|answer| answer.code.clone());
        }
        let body = self.errors(talk, &entries);
        Made { answer: Answer::json(status, body), executed: false, condition: None, job: None }
    }

    /// The answer to variables that do not fit: as the contract says of wrong parameters, or else of any invalid
    /// request.
    pub(super) fn wrong_variables(&self, talk: &Talk<'_>, asked: &Asked, mut entry: Entry) -> Made {
        let refusal = self.operation(asked).and_then(|(name, operation)| {
            let blueprint = self.blueprints.get(name)?;
            let call = self.call(talk.request, (name, operation), blueprint, asked.clone());
            let condition = self.validate(&call).err()?;
            let id = asked.job.as_deref();
            Some((condition, self.words(name, operation, condition, id)))
        });
        let Some((condition, words)) = refusal else { return self.invalid(talk, vec![entry]) };
        entry.code = words.code;
        entry.id.clone_from(&asked.job);
        let mut body = self.errors(talk, &[entry]);
        if (200..300).contains(&words.status) {
            put_nulls(talk, asked, &mut body);
        }
        Made {
            answer: Answer::json(words.status, body),
            executed: false,
            condition: Some(condition),
            job: None,
        }
    }

    /// The answer to a request whose credentials will not do.
    pub(super) fn deny(&self, talk: &Talk<'_>, asked: &Asked, condition: Condition) -> Made {
        let own = || {
            self.contract.facts.operations.iter().find(|(_, o)| o.service.as_deref() == Some(talk.service))
        };
        let (status, code, message) = self
            .operation(asked)
            .or_else(|| own().map(|(name, operation)| (name.as_str(), operation)))
            .map(|(name, operation)| self.words(name, operation, condition, None))
            .map_or((401, None, String::new()), |words| (words.status, words.code, words.message));
        let keys = asked.graphql.iter().flat_map(|document| &document.keys);
        let is_success = (200..300).contains(&status);
        let entry = |path: Option<&String>| Entry {
            code: code.clone(),
            message: message.clone(),
            path: path.map(|key| json!(key)).into_iter().collect(),
            ..Entry::default()
        };
        let entries: Vec<Entry> =
            if is_success { keys.map(|key| entry(Some(key))).collect() } else { Vec::new() };
        let entries = if entries.is_empty() { vec![entry(None)] } else { entries };
        let mut body = self.errors(talk, &entries);
        if is_success {
            put_nulls(talk, asked, &mut body);
        }
        Made { answer: Answer::json(status, body), executed: true, condition: Some(condition), job: None }
    }
}

/// Puts `data` into an error body: null for each root field, or null altogether where one of them must not be null.
fn put_nulls(talk: &Talk<'_>, asked: &Asked, body: &mut Value) {
    let roots = wire::roots(asked);
    let may_be_null = |root: &crate::contract::graphql::RootField| {
        let field = talk
            .schema
            .root_operation(root.kind)
            .and_then(|name| talk.schema.type_field(name, &root.field).ok());
        field.is_none_or(|field| !field.ty.is_non_null())
    };
    let data = if roots.iter().all(may_be_null) {
        Value::Object(roots.iter().map(|root| (root.key.clone(), Value::Null)).collect())
    } else {
        Value::Null
    };
    if let Some(members) = body.as_object_mut() {
        members.insert("data".into(), data);
    }
}
