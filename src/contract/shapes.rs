//! The compiled JSON Schemas of one vendor.

use std::collections::BTreeMap;

use jsonschema::{Registry, Validator};
use serde_json::Value;

use super::pointer::Pointer;

/// The schemas of one vendor, by name.
#[derive(Debug, Default)]
pub struct Shapes {
    shapes: BTreeMap<String, Shape>,
    documents: BTreeMap<String, Value>,
}

/// One schema, compiled.
#[derive(Debug)]
pub struct Shape {
    /// The schema itself.
    pub document: Value,
    validator: Validator,
    /// The same, with members refused that the schema does not name.
    closed: Validator,
}

/// One way in which a value departs from its schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// Where in the value.
    pub at: String,
    /// What is wrong, in words; no more than a line.
    pub message: String,
    /// The keyword that is not met, with its value: what was expected.
    pub expected: String,
    /// The schema's keyword.
    pub keyword: String,
    /// What tells it from others of its place: the keyword, with the member's name where one is missing.
    pub constraint: String,
    /// The reference of the nearest part of the schema that names one.
    pub reference: Option<String>,
}

impl Shapes {
    /// Compiles the schemas of one vendor; `documents` are by schema name, and refer to each other by `$id`.
    ///
    /// # Errors
    /// Names each schema that does not compile, with the reason.
    pub fn compile(documents: BTreeMap<String, Value>) -> Result<Shapes, Vec<(String, String)>> {
        let open = registry(documents.values().cloned())
            .map_err(|why| vec![(documents.keys().next().cloned().unwrap_or_default(), why)])?;
        let closed_documents = documents.values().map(|d| {
            let mut d = d.clone();
            close(&mut d);
            d
        });
        let closed = registry(closed_documents).map_err(|why| vec![(String::new(), why)])?;
        let (mut shapes, mut mistakes) = (BTreeMap::new(), Vec::new());
        for (name, document) in &documents {
            let mut closed_document = document.clone();
            close(&mut closed_document);
            match (build(document, &open), build(&closed_document, &closed)) {
                (Ok(validator), Ok(closed)) => {
                    shapes.insert(name.clone(), Shape { document: document.clone(), validator, closed });
                }
                (Err(why), _) | (_, Err(why)) => mistakes.push((name.clone(), why)),
            }
        }
        let documents =
            documents.into_values().filter_map(|d| Some((d.get("$id")?.as_str()?.to_owned(), d))).collect();
        if mistakes.is_empty() { Ok(Shapes { shapes, documents }) } else { Err(mistakes) }
    }

    /// The schema of this name.
    pub fn get(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }

    /// The names of all schemas.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.shapes.keys().map(String::as_str)
    }

    /// Whether some schema names a member like this, or a value.
    pub fn is_word(&self, text: &str) -> bool {
        fn names(schema: &Value, text: &str) -> bool {
            let is_value = |list: &Value| list.as_array().is_some_and(|list| list.iter().any(|v| v == text));
            match schema {
                Value::Object(members) => members.iter().any(|(keyword, inner)| match keyword.as_str() {
                    "properties" if inner.get(text).is_some() => true,
                    "enum" => is_value(inner),
                    "const" => inner == text,
                    _ => names(inner, text),
                }),
                Value::Array(items) => items.iter().any(|item| names(item, text)),
                _ => false,
            }
        }
        self.shapes.values().any(|shape| names(&shape.document, text))
    }

    /// Every way in which `value` departs from the schema `name`, in the order of the value's members. A schema
    /// that does not exist finds nothing: linting reports it.
    pub fn mismatches(&self, name: &str, value: &Value) -> Vec<Mismatch> {
        let Some(shape) = self.get(name) else { return Vec::new() };
        if shape.validator.is_valid(value) {
            return Vec::new();
        }
        let mut found: Vec<Mismatch> = shape
            .validator
            .iter_errors(value)
            .map(|error| {
                let keyword = error.kind().keyword().to_owned();
                let constraint = match error.kind() {
                    jsonschema::error::ValidationErrorKind::Required { property } => {
                        format!("{keyword} {}", property.as_str().unwrap_or_default())
                    }
                    _ => keyword.clone(),
                };
                let place = error.absolute_keyword_location().map(|uri| uri.as_str().to_owned());
                let (expected, reference) =
                    place.as_deref().map_or((None, None), |place| self.look_up(place));
                let shown =
                    expected.map_or_else(String::new, |v| format!("{keyword}: {}", cut(&v.to_string(), 160)));
                Mismatch {
                    at: error.instance_path().as_str().to_owned(),
                    message: cut(&error.masked_with("the value").to_string(), 200),
                    expected: shown,
                    keyword,
                    constraint,
                    reference: reference
                        .or_else(|| shape.document.get("x-ref").and_then(Value::as_str).map(str::to_owned)),
                }
            })
            .collect();
        found.sort_by(|a, b| (&a.at, &a.keyword, &a.expected).cmp(&(&b.at, &b.keyword, &b.expected)));
        found.dedup();
        found
    }

    /// Whether `value` keeps to the schema `name`.
    pub fn is_valid(&self, name: &str, value: &Value) -> bool {
        self.get(name).is_none_or(|shape| shape.validator.is_valid(value))
    }

    /// The members of `value` that the schema `name` does not name, as pointers.
    pub fn undocumented(&self, name: &str, value: &Value) -> Vec<String> {
        let Some(shape) = self.get(name) else { return Vec::new() };
        if shape.closed.is_valid(value) {
            return Vec::new();
        }
        let mut found: Vec<String> = shape
            .closed
            .iter_errors(value)
            .filter_map(|error| match error.kind() {
                jsonschema::error::ValidationErrorKind::AdditionalProperties { unexpected } => {
                    let at = error.instance_path().as_str().to_owned();
                    Some(
                        unexpected
                            .iter()
                            .map(move |n| format!("{at}/{}", super::pointer::escape(n)))
                            .collect::<Vec<_>>(),
                    )
                }
                _ => None,
            })
            .flatten()
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// The schema that a `$ref` leads to; the schema itself where it has none.
    pub fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let mut here = schema;
        // A chain of references is short; a ring of them must not hold the program.
        for _ in 0..16 {
            let Some(target) = here.get("$ref").and_then(Value::as_str) else { break };
            let (id, fragment) = target.split_once('#').unwrap_or((target, ""));
            match self.documents.get(id).and_then(|document| document.pointer(fragment)) {
                Some(next) => here = next,
                None => break,
            }
        }
        here
    }

    /// Whether a request of this schema must have the member at this place, and all that is around it. Its parts
    /// themselves (`/query`, `/body`) are taken for granted.
    pub fn requires(&self, name: &str, at: &str) -> bool {
        let Some(shape) = self.get(name) else { return false };
        let mut here = &shape.document;
        for (depth, segment) in Pointer::new(at).segments().iter().enumerate() {
            here = self.resolve(here);
            let named = here.get("properties").and_then(|members| members.get(segment));
            let mut required = here.get("required").and_then(Value::as_array).into_iter().flatten();
            let next = match (named, here.get("items")) {
                (Some(member), _) if depth == 0 || required.any(|name| name == segment) => member,
                (None, Some(items)) => items,
                _ => return false,
            };
            here = next;
        }
        true
    }

    /// Whether a request of the schema `name`, given as its view, is wrong with an object without members for a body.
    pub fn needs_members(&self, name: &str, view: &Value) -> bool {
        let mut view = view.clone();
        Pointer::new("/body").put(&mut view, serde_json::json!({}));
        self.mismatches(name, &view).iter().any(|mismatch| mismatch.at.starts_with("/body"))
    }

    /// The keyword's value at an absolute place, and the reference that the nearest part around it names.
    fn look_up(&self, place: &str) -> (Option<&Value>, Option<String>) {
        let (id, fragment) = place.split_once('#').unwrap_or((place, ""));
        let Some(document) = self.documents.get(id) else { return (None, None) };
        let fragment = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
        let mut here = document;
        let mut reference = here.get("x-ref");
        for segment in Pointer::new(fragment.as_ref()).segments() {
            let next = match here {
                Value::Array(items) => segment.parse::<usize>().ok().and_then(|i| items.get(i)),
                other => other.get(&segment),
            };
            let Some(next) = next else {
                return (None, reference.and_then(Value::as_str).map(str::to_owned));
            };
            here = next;
            reference = here.get("x-ref").filter(|r| r.is_string()).or(reference);
        }
        (Some(here), reference.and_then(Value::as_str).map(str::to_owned))
    }
}

fn registry(documents: impl Iterator<Item = Value>) -> Result<Registry<'static>, String> {
    let mut builder = Registry::new();
    for document in documents {
        let id = document.get("$id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let resource = jsonschema::Resource::from_contents(document);
        builder = builder.add(id, resource).map_err(|e| e.to_string())?;
    }
    builder.prepare().map_err(|e| e.to_string())
}

fn build(document: &Value, registry: &Registry<'_>) -> Result<Validator, String> {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .with_registry(registry)
        .build(document)
        .map_err(|e| e.to_string())
}

/// Refuses, in every object schema that names members, the members it does not name.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("properties").is_some_and(Value::is_object) && members.get("type").is_some() {
                members.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// At most `limit` characters, with a mark where something was cut.
fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
