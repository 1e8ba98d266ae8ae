//! GraphQL services: their schema and the document of each operation parse and fit each other.

use std::ops::Range;
use std::sync::Arc;

use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::validation::DiagnosticList;
use apollo_compiler::{ExecutableDocument, Schema};

use crate::contract::diagnostic::Diagnostic;
use crate::contract::graphql::{Graphql, GraphqlCall, root_fields};
use crate::contract::load::Draft;
use crate::contract::operation::{Method, Operation};
use crate::contract::source::child;

/// Checks it, and gives what was parsed.
pub(in crate::contract) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) -> Graphql {
    let mut graphql = Graphql::default();
    for (name, service) in &draft.facts.services {
        let at = child("/services", name);
        let Some(file) = &service.graphql else {
            if service.transport.is_some() {
                let place = draft.document.span(&child(&at, "transport"));
                let message = "only a GraphQL service has a `transport`";
                mistakes.push(draft.document.error(place, message).with_help("add `graphql`".to_owned()));
            }
            continue;
        };
        match &service.transport {
            Some(transport) => {
                let at = child(&at, "transport");
                let schemas = draft.schemas.keys().map(String::as_str);
                let place = (child(&at, "error"), transport.error.clone());
                super::names(draft, "schema", [place], schemas, mistakes);
                let sampled = |e: &crate::contract::load::Example| {
                    e.accept && e.schema == transport.error && e.label == "documented"
                };
                let mut report = |place: &str, message: &str, help: String| {
                    let place = draft.document.span(&child(&at, place));
                    mistakes.push(draft.document.error(place, message).with_help(help));
                };
                if draft.schemas.contains_key(&transport.error) && !draft.examples.iter().any(sampled) {
                    let help = format!("add examples/accept/{}--documented.json", transport.error);
                    report("error", "errors have no documented sample, which a mock needs", help);
                }
                if transport.invalid.iter().all(|answer| answer.status.is_none()) {
                    let help = "add `status`".to_owned();
                    report("invalid", "nothing says with which status an invalid request is answered", help);
                }
            }
            None => {
                let help = format!("add [services.{name}.transport]");
                let message = format!("the GraphQL service `{name}` does not say how it is spoken to");
                mistakes.push(draft.document.error(draft.document.span(&at), message).with_help(help));
            }
        }
        let files = draft.graphql.keys().map(String::as_str);
        super::names(draft, "file", [(child(&at, "graphql"), file.clone())], files, mistakes);
        let Some((shown, text)) = draft.graphql.get(file) else { continue };
        match Schema::parse_and_validate(&**text, shown) {
            Ok(schema) => drop(graphql.schemas.insert(name.clone(), schema)),
            Err(found) => mistakes.extend(schema_mistakes(shown, text, &found.errors)),
        }
    }
    for (id, operation) in &draft.facts.operations {
        let service = operation.service.as_ref().and_then(|name| draft.facts.services.get(name));
        let is_served = service.is_some_and(|service| service.graphql.is_some());
        let at = child("/operations", id);
        match &operation.graphql {
            Some(call) if is_served => check_call(draft, id, operation, call, &mut graphql, mistakes),
            Some(_) => {
                let place = draft.document.span(&child(&at, "graphql"));
                let message = format!("`{id}` has a document, and its service is no GraphQL service");
                let help = "name a service that has `graphql`".to_owned();
                mistakes.push(draft.document.error(place, message).with_help(help));
            }
            None if is_served => {
                let message = format!("`{id}` belongs to a GraphQL service and has no document");
                let help = "add `graphql = { document = \"…\", data = \"/data/…\" }`".to_owned();
                mistakes.push(draft.document.error(draft.document.span(&at), message).with_help(help));
            }
            None => {}
        }
    }
    graphql
}

/// The document of one operation.
fn check_call(
    draft: &Draft,
    id: &str,
    operation: &Operation,
    call: &GraphqlCall,
    graphql: &mut Graphql,
    mistakes: &mut Vec<Diagnostic>,
) {
    let at = child(&child("/operations", id), "graphql");
    let place = draft.document.span(&child(&at, "document"));
    if operation.method != Method::Post {
        let message = format!("`{id}` is a GraphQL operation and must be sent with POST");
        let place = draft.document.span(&child(&child("/operations", id), "method"));
        mistakes.push(draft.document.error(place, message));
    }
    let schema = operation.service.as_ref().and_then(|service| graphql.schemas.get(service));
    if let Some(schema) = schema
        && let Err(found) = ExecutableDocument::parse_and_validate(schema, call.document.as_str(), "document")
    {
        for (span, message) in in_lines(&found.errors) {
            let place = inner(&draft.document.text, &place, &call.document, &span);
            let message = format!("the document of `{id}` does not fit the schema: {message}");
            mistakes.push(draft.document.error(place, message));
        }
        return;
    }
    let roots = root_fields(&call.document, None).unwrap_or_default();
    let [root] = roots.as_slice() else {
        let message = format!("the document of `{id}` must have one operation with one root field");
        mistakes.push(draft.document.error(place, message));
        return;
    };
    let data = format!("/data/{}", root.key);
    if call.data.as_str() != data {
        let place = draft.document.span(&child(&at, "data"));
        let message = format!("the answer of `{id}` stands at `{data}`");
        mistakes.push(draft.document.error(place, message).with_help(format!("write `data = \"{data}\"`")));
    }
    let taken = graphql.roots.iter().find(|(other, known)| {
        let other = draft.facts.operations.get(*other);
        (known.kind, &known.field) == (root.kind, &root.field)
            && other.is_some_and(|o| o.service == operation.service)
    });
    if let Some((other, _)) = taken {
        let message = format!("`{id}` has the same root field as `{other}`: requests cannot be told apart");
        mistakes.push(draft.document.error(place, message));
        return;
    }
    graphql.roots.insert(id.to_owned(), root.clone());
}

/// The mistakes of a schema file, each in its place.
fn schema_mistakes(shown: &str, text: &Arc<str>, found: &DiagnosticList) -> Vec<Diagnostic> {
    let mistake = |(span, message): (Option<Range<usize>>, String)| {
        Diagnostic::error(shown, text, span, format!("not a GraphQL schema: {message}"))
    };
    in_lines(found).into_iter().map(mistake).collect()
}

/// Each mistake with its place, its message in one line.
fn in_lines(found: &DiagnosticList) -> Vec<(Option<Range<usize>>, String)> {
    let line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    found
        .iter()
        .map(|d| {
            let span = d.error.location().map(|at| at.offset()..at.end_offset());
            (span, line(d.error.to_string()))
        })
        .collect()
}

/// A place inside a text that a file holds: exact where the file writes the text as it is, or else the whole text.
fn inner(file: &str, outer: &Range<usize>, text: &str, span: &Option<Range<usize>>) -> Range<usize> {
    let written = file.get(outer.clone()).and_then(|raw| raw.find(text));
    match (written, span) {
        (Some(start), Some(span)) => outer.start + start + span.start..outer.start + start + span.end,
        _ => outer.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rstest::rstest;

    use crate::contract::library::pack_from;
    use crate::contract::load::load;

    /// What is said of the made-up contract with a text of one of its files replaced.
    fn mistakes(file: &str, from: &str, to: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/atelier");
        let mut pack = pack_from(&folder).unwrap();
        pack.origin = "x".to_owned();
        let text = String::from_utf8(pack.files[file].clone()).unwrap();
        assert!(text.contains(from), "{file} does not hold {from}");
        pack.files.insert(file.to_owned(), text.replacen(from, to, 1).into_bytes());
        match load(&pack, None) {
            Ok(_) => Vec::new(),
            Err(found) => found.iter().map(ToString::to_string).collect(),
        }
    }

    #[rstest]
    #[case(
        "schema.graphql",
        "token: String",
        "token: Strng",
        "x/schema.graphql:25:21:",
        "not a GraphQL schema: "
    )]
    #[case("schema.graphql", "scalar DateTime", "scalar", "x/schema.graphql:", "not a GraphQL schema: ")]
    #[case(
        "schema.graphql",
        "cancelJob(id: ID!)",
        "cancelJob(uuid: ID!)",
        "x/contract.toml:",
        "the document of `cancelJob` does not fit the schema: "
    )]
    #[case(
        "contract.toml",
        "{ id message }",
        "{ id massage }",
        "x/contract.toml:",
        "type `Receipt` does not have a field `massage`"
    )]
    #[case(
        "contract.toml",
        "data = \"/data/login\"",
        "data = \"/data/logon\"",
        "x/contract.toml:",
        "the answer of `login` stands at `/data/login`"
    )]
    #[case(
        "contract.toml",
        "graphql = \"schema.graphql\"",
        "graphql = \"scheme.graphql\"",
        "x/contract.toml:",
        "there is no file `scheme.graphql`"
    )]
    #[case(
        "contract.toml",
        "graphql = \"schema.graphql\"\n",
        "",
        "x/contract.toml:",
        "only a GraphQL service has a `transport`"
    )]
    #[case(
        "contract.toml",
        "error = \"error\"",
        "error = \"eror\"",
        "x/contract.toml:",
        "there is no schema `eror`"
    )]
    #[case(
        "contract.toml",
        "{ login(name: $name) { token } }",
        "{ login(name: $name) { token } again: login(name: $name) { token } }",
        "x/contract.toml:",
        "must have one operation with one root field"
    )]
    #[case(
        "contract.toml",
        "mutation Login($name: String!) { login(name: $name) { token } }",
        "mutation Login($id: ID!) { cancelJob(id: $id) { id } }",
        "x/contract.toml:",
        "has the same root field as `cancelJob`"
    )]
    fn mistakes_are_told_in_their_place(
        #[case] file: &str,
        #[case] from: &str,
        #[case] to: &str,
        #[case] place: &str,
        #[case] message: &str,
    ) {
        let found = mistakes(file, from, to);
        assert!(found.iter().any(|m| m.starts_with(place) && m.contains(message)), "{found:#?}");
    }

    #[test]
    fn a_mistake_inside_a_document_is_told_exactly() {
        let found = mistakes(
            "contract.toml",
            "tasks { count records { id status } } }",
            "tasks { count records { id stats } } }",
        );
        let line = 1 + include_str!("../../../tests/data/atelier/contract.toml")
            .lines()
            .position(|line| line.contains("tasks { count records { id status } } }"))
            .unwrap();
        assert!(
            found.iter().any(|m| m.starts_with(&format!("x/contract.toml:{line}:"))),
            "{line} {found:#?}"
        );
    }
}
