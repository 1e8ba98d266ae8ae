//! GraphQL services: how they are spoken to over HTTP, their schema, and what a document asks for.

use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::ast::{Definition, Document, FragmentDefinition, OperationType, Selection, Value};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Node, Schema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Answer;
use super::pointer::Pointer;

/// The most selections of one document that are looked at. Fragments can make a short document ask for any number.
const SELECTION_LIMIT: usize = 10_000;

/// How a GraphQL service is spoken to over HTTP.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transport {
    /// The content types that a request may have.
    #[serde(default = "json_only")]
    pub content_types: Vec<String>,
    /// Whether `variables` may also be the text of a JSON object.
    #[serde(default)]
    pub variables_as_text: bool,
    /// The schema of an answer that holds nothing but errors. The shape of its entries is that of its accepted
    /// examples: the one labelled with the error's code, or else the one labelled `documented`.
    pub error: String,
    /// What is answered to a request that is no GraphQL request, or whose document or variables do not fit the
    /// schema; the first is what a mock gives.
    pub invalid: Vec<Answer>,
    /// What a mock answers for a field of the schema that none of the operations is for.
    pub not_offered: Answer,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

fn json_only() -> Vec<String> {
    vec!["application/json".to_owned()]
}

/// A GraphQL operation. Its request is seen as `{ path, query, headers, body: { query, variables, operationName } }`,
/// where `variables` holds the arguments of the root field by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GraphqlCall {
    /// The document sent; it has one root field.
    pub document: String,
    /// Where the answer stands in the response body.
    pub data: Pointer,
}

/// The GraphQL side of a contract, parsed.
#[derive(Debug, Default)]
pub struct Graphql {
    /// The schema of each GraphQL service.
    pub schemas: BTreeMap<String, Valid<Schema>>,
    /// The root field that the document of each GraphQL operation asks for.
    pub roots: BTreeMap<String, RootField>,
}

/// One field of a document's top level.
#[derive(Debug, Clone, PartialEq)]
pub struct RootField {
    /// Whether the document reads or changes.
    pub kind: OperationType,
    /// The name the answer goes under: the field's own, or its alias.
    pub key: String,
    /// The field.
    pub field: String,
    /// Its arguments.
    pub arguments: Vec<(String, Node<Value>)>,
    /// The default values of the document's variables.
    pub defaults: BTreeMap<String, Node<Value>>,
    /// What is selected below it, as paths of response names.
    pub selected: BTreeSet<String>,
}

/// The fields on the top level of the operation `name` of a document, in order; of its only operation where no name
/// is given. `None` where there is no such operation, or the text is no document at all.
pub fn root_fields(text: &str, name: Option<&str>) -> Option<Vec<RootField>> {
    let document = Document::parse(text, "document").ok()?;
    let mut operations = document.definitions.iter().filter_map(Definition::as_operation_definition);
    let operation = match name {
        Some(name) => operations.find(|o| o.name.as_ref().is_some_and(|own| own == name))?,
        None => operations.next().filter(|_| operations.next().is_none())?,
    };
    let mut walk = Walk {
        fragments: document
            .definitions
            .iter()
            .filter_map(Definition::as_fragment_definition)
            .map(|fragment| (fragment.name.as_str(), &**fragment))
            .collect(),
        open: Vec::new(),
        left: SELECTION_LIMIT,
    };
    let defaults: BTreeMap<String, Node<Value>> = operation
        .variables
        .iter()
        .filter_map(|v| Some((v.name.to_string(), v.default_value.clone()?)))
        .collect();
    let mut found: Vec<RootField> = Vec::new();
    walk.fields(&operation.selection_set, &mut |walk, field| {
        let key = field.alias.as_ref().unwrap_or(&field.name).to_string();
        let mut selected = BTreeSet::new();
        walk.paths(&field.selection_set, "", &mut selected);
        match found.iter_mut().find(|other| other.key == key) {
            Some(other) => other.selected.extend(selected),
            None => found.push(RootField {
                kind: operation.operation_type,
                key,
                field: field.name.to_string(),
                arguments: field.arguments.iter().map(|a| (a.name.to_string(), a.value.clone())).collect(),
                defaults: defaults.clone(),
                selected,
            }),
        }
    });
    Some(found)
}

/// A walk through the selections of a document. Fragments that contain themselves are entered once.
struct Walk<'d> {
    fragments: BTreeMap<&'d str, &'d FragmentDefinition>,
    open: Vec<&'d str>,
    left: usize,
}

impl<'d> Walk<'d> {
    /// Visits the fields of a selection, through fragments.
    fn fields(
        &mut self,
        selections: &'d [Selection],
        visit: &mut dyn FnMut(&mut Walk<'d>, &'d apollo_compiler::ast::Field),
    ) {
        for selection in selections {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            match selection {
                Selection::Field(field) => visit(self, field),
                Selection::InlineFragment(fragment) => self.fields(&fragment.selection_set, visit),
                Selection::FragmentSpread(spread) => {
                    let name = spread.fragment_name.as_str();
                    let Some(fragment) = self.fragments.get(name).copied() else { continue };
                    if !self.open.contains(&name) {
                        self.open.push(name);
                        self.fields(&fragment.selection_set, visit);
                        self.open.pop();
                    }
                }
            }
        }
    }

    /// The paths of everything selected, in names of the response.
    fn paths(&mut self, selections: &'d [Selection], above: &str, found: &mut BTreeSet<String>) {
        self.fields(selections, &mut |walk, field| {
            let key = field.alias.as_ref().unwrap_or(&field.name);
            if field.name == "__typename" {
                return;
            }
            let path = format!("{above}/{key}");
            walk.paths(&field.selection_set, &path, found);
            found.insert(path);
        });
    }
}

/// A literal of a document as JSON, with the values of its variables; `None` where a variable has no value.
pub fn literal(
    value: &Value,
    variable: &dyn Fn(&str) -> Option<serde_json::Value>,
) -> Option<serde_json::Value> {
    Some(match value {
        Value::Null => serde_json::Value::Null,
        Value::Enum(name) => name.as_str().into(),
        Value::Variable(name) => variable(name)?,
        Value::String(text) => text.as_str().into(),
        Value::Boolean(truth) => (*truth).into(),
        Value::Int(number) => number_of(number.as_str()),
        Value::Float(number) => number_of(number.as_str()),
        Value::List(items) => {
            let items = items.iter().map(|item| literal(item, variable).unwrap_or_default());
            serde_json::Value::Array(items.collect())
        }
        Value::Object(members) => serde_json::Value::Object(
            members
                .iter()
                .filter_map(|(name, member)| Some((name.to_string(), literal(member, variable)?)))
                .collect(),
        ),
    })
}

/// The variables that a literal of a document holds.
pub fn variables(value: &Value) -> Vec<&str> {
    match value {
        Value::Variable(name) => vec![name.as_str()],
        Value::List(items) => items.iter().flat_map(|item| variables(item)).collect(),
        Value::Object(members) => members.iter().flat_map(|(_, member)| variables(member)).collect(),
        _ => Vec::new(),
    }
}

/// A number as written; text where it fits no number of ours.
fn number_of(text: &str) -> serde_json::Value {
    serde_json::from_str::<serde_json::Number>(text).map_or_else(|_| text.into(), serde_json::Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("{ a b }", None, &["a a", "b b"])]
    #[case("query One { a } query Two { x: b }", Some("Two"), &["x b"])]
    #[case("query One { a } query Two { b }", None, &[])]
    #[case("query One { a }", Some("Two"), &[])]
    #[case("{ ...F } fragment F on Query { a ...F ...G } fragment G on Query { b }", None, &["a a", "b b"])]
    #[case("{ ... { a } ... on Query { a } }", None, &["a a"])]
    #[case("{ a", None, &[])]
    #[case("type T { a: Int }", None, &[])]
    fn finds_root_fields(#[case] text: &str, #[case] name: Option<&str>, #[case] expected: &[&str]) {
        let found = root_fields(text, name).unwrap_or_default();
        let found: Vec<String> = found.iter().map(|root| format!("{} {}", root.key, root.field)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn knows_what_is_selected_and_the_arguments() {
        let text = "query($i: ID = 7) { job(id: $i, in: {a: [1, E, null], b: 1.5, c: \"x\", d: $none}) { id __typename t: tasks { ...T } } } \
                    fragment T on TaskList { records { id } }";
        let roots = root_fields(text, None).unwrap();
        let selected: Vec<&str> = roots[0].selected.iter().map(String::as_str).collect();
        assert_eq!(selected, ["/id", "/t", "/t/records", "/t/records/id"]);
        let value = literal(&roots[0].arguments[1].1, &|_| None);
        assert_eq!(value, Some(serde_json::json!({"a": [1, "E", null], "b": 1.5, "c": "x"})));
        assert_eq!(literal(&roots[0].arguments[0].1, &|_| None), None);
        assert_eq!(literal(&roots[0].defaults["i"], &|_| None), Some(7.into()));
    }

    #[test]
    fn a_short_document_that_asks_for_much_is_cut_off() {
        let mut text = "{ ...F0 }".to_owned();
        for n in 0..40 {
            text += &format!(" fragment F{n} on Q {{ a{n} ...F{} ... {{ ...F{} }} }}", n + 1, n + 1);
        }
        assert!(root_fields(&text, None).unwrap().len() <= 40);
    }
}
