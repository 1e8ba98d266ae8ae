//! From a vendor's files to a checked contract. All mistakes are found at once.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Contract;
use super::diagnostic::{Diagnostic, Diagnostics, Severity};
use super::facts::Facts;
use super::library::Pack;
use super::lint;
use super::shapes::Shapes;
use super::source::{Document, nearest};

/// A contract with what is doubtful about it.
#[derive(Debug)]
pub struct Loaded {
    /// The contract.
    pub contract: Contract,
    /// Warnings: they do not keep the contract from being used.
    pub warnings: Vec<Diagnostic>,
}

/// One example file.
#[derive(Debug)]
pub(super) struct Example {
    /// The file.
    pub(super) document: Document,
    /// The schema it is for.
    pub(super) schema: String,
    /// What tells it from the other examples of its schema.
    pub(super) label: String,
    /// Whether it must validate, or must not.
    pub(super) accept: bool,
}

/// The files of a vendor, read and not yet checked for meaning.
#[derive(Debug)]
pub(super) struct Draft {
    /// `contract.toml`, with the edition laid over it.
    pub(super) document: Document,
    /// What it says.
    pub(super) facts: Facts,
    /// The schemas by name.
    pub(super) schemas: BTreeMap<String, Document>,
    /// The schemas, compiled.
    pub(super) shapes: Shapes,
    /// The examples.
    pub(super) examples: Vec<Example>,
    /// The GraphQL schemas, by file, each with its name as shown.
    pub(super) graphql: BTreeMap<String, (String, Arc<str>)>,
    /// The other files, by name.
    pub(super) others: Vec<String>,
}

/// The meta-schema of `contract.toml`, generated from the types.
pub fn meta_schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| schemars::schema_for!(Facts).to_value())
}

/// Loads a vendor from its files, in the edition named or else the default one.
///
/// # Errors
/// Every mistake in the files, each with its place and what to do.
pub fn load(pack: &Pack, edition: Option<&str>) -> Result<Loaded, Diagnostics> {
    let mut mistakes = Vec::new();
    let draft = read(pack, edition, &mut mistakes);
    let Some((draft, edition)) = draft else { return Err(mistakes.into()) };
    lint::check(&draft, &mut mistakes);
    let graphql = lint::graphql::check(&draft, &mut mistakes);
    let (errors, warnings): (Vec<_>, Vec<_>) =
        mistakes.into_iter().partition(|d| d.severity == Severity::Error);
    if !errors.is_empty() {
        return Err(errors.into_iter().chain(warnings).collect());
    }
    let examples = draft.examples.into_iter().filter(|e| e.accept);
    let shape = &draft.facts.job;
    let views = shape.views.iter().map(|(name, view)| (name.clone(), shape.viewed(view))).collect();
    let contract = Contract {
        digest: digest(pack, edition.as_deref()),
        views,
        facts: draft.facts,
        edition,
        shapes: draft.shapes,
        examples: examples.map(|e| ((e.schema, e.label), e.document.value)).collect(),
        graphql,
    };
    Ok(Loaded { contract, warnings })
}

/// What tells these files in this edition from any others. Samples that must be refused only serve linting.
fn digest(pack: &Pack, edition: Option<&str>) -> String {
    let mut hash = Sha256::new();
    let files = pack.files.iter().filter(|(path, _)| !path.starts_with("examples/reject/"));
    let files = files.flat_map(|(path, bytes)| [path.as_bytes(), bytes]);
    for part in files.chain([edition.unwrap_or_default().as_bytes()]) {
        // The length keeps `ab` + `c` apart from `a` + `bc`.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Reads all files. What cannot be read is left out and reported; `None` where there is nothing left to check.
fn read(
    pack: &Pack,
    edition: Option<&str>,
    mistakes: &mut Vec<Diagnostic>,
) -> Option<(Draft, Option<String>)> {
    let mut schemas = BTreeMap::new();
    let mut examples = Vec::new();
    let mut others = Vec::new();
    let mut graphql = BTreeMap::new();
    for (path, bytes) in &pack.files {
        let shown = format!("{}/{path}", pack.origin);
        if path == "contract.toml" {
            continue;
        }
        let schema = path.strip_suffix(".schema.json").filter(|name| !name.contains('/'));
        let example = path.strip_prefix("examples/accept/").map(|name| (name, true));
        let example = example.or_else(|| path.strip_prefix("examples/reject/").map(|name| (name, false)));
        if schema.is_none() && example.is_none() {
            if path.ends_with(".graphql") {
                graphql.insert(path.clone(), (shown, Arc::from(String::from_utf8_lossy(bytes))));
            }
            others.push(path.clone());
            continue;
        }
        let document = match Document::from_bytes(shown, bytes) {
            Ok(document) => document,
            Err(found) => {
                mistakes.extend(found);
                continue;
            }
        };
        if let Some(name) = schema {
            schemas.insert(name.to_owned(), document);
        } else if let Some((name, accept)) = example {
            match name.strip_suffix(".json").and_then(|stem| stem.split_once("--")) {
                Some((schema, label)) => {
                    let (schema, label) = (schema.to_owned(), label.to_owned());
                    examples.push(Example { document, schema, label, accept });
                }
                None => mistakes.push(
                    document
                        .error(0..0, "an example's name says nothing about its schema")
                        .with_help("name it `<schema>--<label>.json`".to_owned()),
                ),
            }
        }
    }
    let contract_file = format!("{}/contract.toml", pack.origin);
    let Some(bytes) = pack.files.get("contract.toml") else {
        let message = "there is no contract.toml";
        mistakes.push(
            Diagnostic::error(contract_file, &"".into(), None, message)
                .with_help("a vendor's folder holds contract.toml, *.schema.json and examples/".to_owned()),
        );
        return None;
    };
    let mut document = match Document::from_bytes(contract_file, bytes) {
        Ok(document) => document,
        Err(found) => {
            mistakes.extend(found);
            return None;
        }
    };
    let edition = choose_edition(&mut document, edition, mistakes)?;
    let shape_mistakes = document.check(meta_schema());
    let shapes = compile(&schemas, mistakes);
    if !shape_mistakes.is_empty() {
        mistakes.extend(shape_mistakes);
        return None;
    }
    let facts: Facts = match serde_json::from_value(document.value.clone()) {
        Ok(facts) => facts,
        Err(error) => {
            mistakes.push(document.error(0..0, error.to_string()));
            return None;
        }
    };
    Some((Draft { document, facts, schemas, shapes: shapes?, examples, graphql, others }, edition))
}

/// Lays the chosen edition over the contract.
fn choose_edition(
    document: &mut Document,
    asked: Option<&str>,
    mistakes: &mut Vec<Diagnostic>,
) -> Option<Option<String>> {
    let default = document.value.get("default_edition").and_then(Value::as_str);
    let Some(chosen) = asked.or(default).map(str::to_owned) else { return Some(None) };
    let known: Vec<String> = document
        .value
        .get("editions")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|e| e.keys().cloned())
        .collect();
    if !known.contains(&chosen) {
        let help = match nearest(&chosen, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "this contract has no editions: leave the edition out".to_owned(),
            None => format!("there are: {}", known.join(", ")),
        };
        let place = if asked.is_some() { 0..0 } else { document.span("/default_edition") };
        mistakes.push(document.error(place, format!("there is no edition `{chosen}`")).with_help(help));
        return None;
    }
    document.overlay("", &format!("/editions/{}/overlay", super::pointer::escape(&chosen)));
    Some(Some(chosen))
}

/// Compiles the schemas; `None` where one of them is not a schema.
fn compile(schemas: &BTreeMap<String, Document>, mistakes: &mut Vec<Diagnostic>) -> Option<Shapes> {
    let before = mistakes.len();
    let meta = jsonschema::draft202012::meta::validator();
    for document in schemas.values() {
        for error in meta.iter_errors(&document.value) {
            let place = document.span(error.instance_path().as_str());
            mistakes.push(document.error(place, format!("not a JSON Schema: {error}")));
        }
    }
    if mistakes.len() > before {
        return None;
    }
    let values = schemas.iter().map(|(name, document)| (name.clone(), document.value.clone())).collect();
    match Shapes::compile(values) {
        Ok(shapes) => Some(shapes),
        Err(found) => {
            for (name, why) in found {
                let file = schemas.get(&name).or_else(|| schemas.values().next());
                if let Some(document) = file {
                    mistakes.push(document.error(0..0, format!("does not compile: {why}")));
                }
            }
            None
        }
    }
}
