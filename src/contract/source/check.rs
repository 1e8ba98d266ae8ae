//! A document held against the schema of its kind of file.

use std::{collections::BTreeSet, slice};

use jsonschema::{
    Draft, ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::Value;

use super::{Diagnostic, Document, child, nearest, words};

/// How many references and combinations of schemas to follow in search of an object's keys.
const FOLLOWED: usize = 8;

impl Document {
    /// Everything in which this document breaks `schema` (JSON Schema, draft 2020-12).
    ///
    /// Each problem stands at the value or the key at fault. A schema that is itself invalid is
    /// reported as the only problem.
    pub fn check(&self, schema: &Value) -> Vec<Diagnostic> {
        let validator = match jsonschema::options().with_draft(Draft::Draft202012).build(schema) {
            Ok(validator) => validator,
            Err(error) => {
                let message = format!("cannot be checked: the schema for it is invalid: {error}");
                return vec![Diagnostic::error(self.name.clone(), &self.text, None, message)];
            }
        };
        let mut checker = Checker { document: self, schema, problems: Vec::new() };
        validator.iter_errors(&self.value).for_each(|error| checker.report(&error));
        checker.problems
    }
}

struct Checker<'a> {
    document: &'a Document,
    schema: &'a Value,
    problems: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn report(&mut self, error: &ValidationError<'_>) {
        let at = error.instance_path().as_str();
        let value = error.instance().as_ref();
        match error.kind() {
            Kind::AdditionalProperties { unexpected } => {
                let allowed = self.keys_allowed(error, 0);
                unexpected.iter().for_each(|key| self.unknown_key(at, key, value, &allowed));
            }
            Kind::UnevaluatedProperties { unexpected } => {
                let allowed = self.keys_allowed(error, FOLLOWED);
                unexpected.iter().for_each(|key| self.unknown_key(at, key, value, &allowed));
            }
            Kind::PropertyNames { error } => self.key(at, error),
            Kind::Required { property } => {
                let key = words::quoted(&words::shown(property));
                let problem = self.document.error(self.document.key_span(at), format!("missing key {key}"));
                self.problems.push(problem.with_label(format!("has no {key}")));
            }
            Kind::MinProperties { limit: 1 } | Kind::MaxProperties { limit: 1 } => self.one_key(error),
            Kind::Enum { options } => self.choice(at, value, options.as_array().map_or(&[], Vec::as_slice)),
            Kind::Constant { expected_value } => self.choice(at, value, slice::from_ref(expected_value)),
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => self.alternatives(error, context),
            Kind::Type { kind } => self.wrong_type(at, value, words::types(kind)),
            _ => self.problems.push(self.document.error(self.document.span(at), words::message(error))),
        }
    }

    fn unknown_key(&mut self, at: &str, key: &str, object: &Value, allowed: &BTreeSet<&str>) {
        let missing = allowed.iter().copied().filter(|key| object.get(key).is_none());
        let help = match nearest(key, missing) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if allowed.is_empty() => "no keys are allowed here".to_owned(),
            None => format!("allowed keys: {}", words::listed(allowed.iter().copied())),
        };
        let span = self.document.key_span(&child(at, key));
        let problem = self.document.error(span, format!("unknown key {}", words::quoted(key)));
        self.problems.push(problem.with_label("not a key of this object").with_help(help));
    }

    /// A key that breaks the rules for keys.
    fn key(&mut self, at: &str, error: &ValidationError<'_>) {
        let key = words::shown(error.instance());
        if let Kind::Enum { options } = error.kind() {
            let allowed = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let object = self.document.value.pointer(at).unwrap_or(&Value::Null);
            return self.unknown_key(at, &key, object, &allowed);
        }
        let message = format!("invalid key {}: {}", words::quoted(&key), words::message(error));
        self.problems.push(self.document.error(self.document.key_span(&child(at, &key)), message));
    }

    /// Objects with exactly one key are how our files say "one of these".
    fn one_key(&mut self, error: &ValidationError<'_>) {
        let rule = self.rule(error);
        let limited = |keyword| rule.and_then(|rule| rule.get(keyword)).and_then(Value::as_u64) == Some(1);
        let bound = match error.kind() {
            _ if limited("minProperties") && limited("maxProperties") => "exactly",
            Kind::MinProperties { .. } => "at least",
            _ => "at most",
        };
        let allowed = self.keys_allowed(error, FOLLOWED);
        let expected = if allowed.is_empty() {
            format!("expected {bound} one key")
        } else {
            format!("expected {bound} one of {}", words::listed(allowed))
        };
        let found = error.instance().as_object().into_iter().flat_map(|object| object.keys());
        let found = words::listed(found.map(String::as_str));
        let span = self.document.key_span(error.instance_path().as_str());
        let label = if found.is_empty() { "found none".to_owned() } else { format!("found {found}") };
        self.problems.push(self.document.error(span, expected).with_label(label));
    }

    fn choice(&mut self, at: &str, value: &Value, options: &[Value]) {
        let options: Vec<String> = options.iter().map(words::shown).collect();
        let meant = value.as_str().and_then(|word| nearest(word, options.iter().map(String::as_str)));
        let listed = words::listed(options.iter().map(String::as_str));
        let allowed = if options.len() == 1 { listed } else { format!("one of {listed}") };
        let help = match meant {
            Some(meant) if options.len() > 1 => format!("did you mean `{meant}`? It must be {allowed}"),
            _ => format!("it must be {allowed}"),
        };
        let message = match value {
            Value::Array(_) | Value::Object(_) => format!("unexpected {}", words::type_of(value)),
            _ => format!("unknown value {}", words::quoted(&words::shown(value))),
        };
        let problem = self.document.error(self.document.span(at), message);
        self.problems.push(problem.with_label("not one of the values allowed").with_help(help));
    }

    fn wrong_type(&mut self, at: &str, value: &Value, mut expected: Vec<String>) {
        // What is hardly ever meant comes last.
        expected.sort_by_key(|kind| kind == "null");
        let expected = format!("expected {}", expected.join(" or "));
        let message = format!("{expected}, found {}", words::type_of(value));
        self.problems.push(self.document.error(self.document.span(at), message).with_label(expected));
    }

    /// A value that fits none of several schemas: report on those for values of its type.
    fn alternatives(&mut self, error: &ValidationError<'_>, branches: &[Vec<ValidationError<'_>>]) {
        let (at, value) = (error.instance_path().as_str(), error.instance().as_ref());
        let other_type = |error: &ValidationError<'_>| types_at(error, at).is_some();
        let near: Vec<_> = branches.iter().filter(|branch| !branch.iter().any(other_type)).collect();
        let options: Option<Vec<Vec<Value>>> = near.iter().map(|branch| options_at(branch, at)).collect();
        match (near.as_slice(), options) {
            ([], _) => {
                let kinds = branches.iter().flatten().filter_map(|error| types_at(error, at));
                let expected: BTreeSet<String> = kinds.flat_map(words::types).collect();
                self.wrong_type(at, value, Vec::from_iter(expected));
            }
            (_, Some(options)) => self.choice(at, value, &options.concat()),
            ([branch], None) => branch.iter().for_each(|error| self.report(error)),
            (_, None) => {
                let message = format!("fits none of the {} forms allowed here", near.len());
                self.problems.push(self.document.error(self.document.span(at), message));
            }
        }
    }

    /// The schema whose keyword an error is about. Its path has references followed already.
    fn rule(&self, error: &ValidationError<'_>) -> Option<&'a Value> {
        let (rule, _) = error.schema_path().as_str().rsplit_once('/')?;
        self.schema.pointer(rule)
    }

    fn keys_allowed(&self, error: &ValidationError<'_>, follow: usize) -> BTreeSet<&'a str> {
        let mut keys = BTreeSet::new();
        if let Some(rule) = self.rule(error) {
            collect_keys(self.schema, rule, follow, &mut keys);
        }
        keys
    }
}

/// Collects the keys `rule` names, following references and combinations up to `follow` times.
fn collect_keys<'a>(schema: &'a Value, rule: &'a Value, follow: usize, keys: &mut BTreeSet<&'a str>) {
    let own = rule.get("properties").and_then(Value::as_object).into_iter().flat_map(|own| own.keys());
    keys.extend(own.map(String::as_str));
    let Some(follow) = follow.checked_sub(1) else { return };
    let reference = rule.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
    let target = reference.and_then(|pointer| schema.pointer(pointer));
    let combined = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|keyword| rule.get(keyword));
    for rule in target.into_iter().chain(combined.filter_map(Value::as_array).flatten()) {
        collect_keys(schema, rule, follow, keys);
    }
}

fn types_at<'e>(error: &'e ValidationError<'_>, at: &str) -> Option<&'e TypeKind> {
    match error.kind() {
        Kind::Type { kind } if error.instance_path().as_str() == at => Some(kind),
        _ => None,
    }
}

/// The values allowed by a schema that was failed for not being one of them.
fn options_at(errors: &[ValidationError<'_>], at: &str) -> Option<Vec<Value>> {
    let [error] = errors else { return None };
    match error.kind() {
        _ if error.instance_path().as_str() != at => None,
        Kind::Enum { options } => options.as_array().cloned(),
        Kind::Constant { expected_value } => Some(vec![Value::clone(expected_value)]),
        _ => None,
    }
}
