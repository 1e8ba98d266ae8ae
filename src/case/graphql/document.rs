//! Documents made from those of a contract.

use apollo_compiler::ast::{Argument, Definition, Document, Field, OperationDefinition, Selection, Value};
use apollo_compiler::{Name, Node};

/// A field that no schema has.
const NO_FIELD: &str = "jobproofHasNoSuchField";
/// What the second root field, and its variable, go by.
pub(super) const OTHER: &str = "jobproofOther";

/// The document with a field below its root field that the schema does not have.
pub(super) fn with_unknown_field(document: &str) -> Option<String> {
    changed(document, |operation| {
        let root = operation.selection_set.iter_mut().find_map(|s| match s {
            Selection::Field(field) => Some(field.make_mut()),
            _ => None,
        })?;
        root.selection_set.push(Selection::Field(Node::new(Field {
            alias: None,
            name: Name::new_static(NO_FIELD).ok()?,
            arguments: Vec::new(),
            directives: Default::default(),
            selection_set: Vec::new(),
        })));
        Some(())
    })
}

/// The document with its last brace taken away.
pub(super) fn broken_off(document: &str) -> Option<String> {
    document.rsplit_once('}').map(|(before, _)| before.trim_end().to_owned())
}

/// The document with its root field twice: once as it is, and once as [`OTHER`], for the variable [`OTHER`] in place
/// of the argument `name`. `None` where the argument is no variable.
pub(super) fn twice(document: &str, name: &str) -> Option<String> {
    changed(document, |operation| {
        let root = operation.selection_set.iter().find_map(|s| match s {
            Selection::Field(field) => Some(field.clone()),
            _ => None,
        })?;
        let own = root.arguments.iter().find(|a| a.name == name)?.value.as_variable()?.clone();
        let mut variable = operation.variables.iter().find(|v| v.name == own)?.clone();
        let other = Name::new_static(OTHER).ok()?;
        variable.make_mut().name = other.clone();
        operation.variables.push(variable);
        let mut second = root;
        let field = second.make_mut();
        field.alias = Some(other.clone());
        for argument in field.arguments.iter_mut().filter(|a| a.name == name) {
            *argument = Node::new(Argument {
                name: argument.name.clone(),
                value: Node::new(Value::Variable(other.clone())),
            });
        }
        operation.selection_set.push(Selection::Field(second));
        Some(())
    })
}

/// The document with its operation changed.
fn changed(document: &str, change: impl FnOnce(&mut OperationDefinition) -> Option<()>) -> Option<String> {
    let mut parsed = Document::parse(document, "document").ok()?;
    let operation = parsed.definitions.iter_mut().find_map(|definition| match definition {
        Definition::OperationDefinition(operation) => Some(operation.make_mut()),
        _ => None,
    })?;
    change(operation)?;
    Some(parsed.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "query Job($id: ID!) { job(id: $id) { id } }";

    fn flat(text: Option<String>) -> String {
        text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn makes_documents() {
        assert_eq!(
            flat(with_unknown_field(OWN)),
            "query Job($id: ID!) { job(id: $id) { id jobproofHasNoSuchField } }"
        );
        assert_eq!(flat(broken_off(OWN)), "query Job($id: ID!) { job(id: $id) { id }");
        assert_eq!(
            flat(twice(OWN, "id")),
            "query Job($id: ID!, $jobproofOther: ID!) { job(id: $id) { id } jobproofOther: job(id: $jobproofOther) { id } }"
        );
        assert_eq!(twice("{ job(id: 7) { id } }", "id"), None);
    }
}
