//! From a target file to settings. All mistakes are found at once.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::settings::Settings;
use super::{TargetFile, check, secrets};
use crate::contract::Contract;
use crate::contract::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::contract::source::{Document, nearest};

/// What a target file asks to be judged against.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// A vendor that comes with the program, or one known by its folder.
    pub vendor: Option<String>,
    /// The folder of a contract, from the folder of the target file.
    pub contract: Option<String>,
    /// The edition.
    pub edition: Option<String>,
}

/// Why there is no contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// There is no such vendor; there are these.
    Vendor(Vec<String>),
    /// There is no such edition; there are these.
    Edition(Vec<String>),
    /// The contract's own files are at fault.
    Contract(Diagnostics),
}

/// What a target file refers to and does not hold.
pub trait Surroundings {
    /// An environment variable.
    fn env(&self, name: &str) -> Option<String>;

    /// The content of a file, named from the folder of the target file.
    ///
    /// # Errors
    /// Says why the file cannot be read, and names it.
    fn file(&self, path: &str) -> Result<Vec<u8>, String>;

    /// The groups of rules, for what a file requires.
    fn groups(&self) -> Vec<&str>;

    /// The contract asked for. It is the caller's own: a target file may change it.
    ///
    /// # Errors
    /// Says why there is none.
    fn contract(&self, subject: &Subject) -> Result<Contract, Refused>;
}

/// The meta-schema of target files, generated from the types. Facets may have any name in it.
pub fn meta_schema() -> Value {
    schemars::schema_for!(TargetFile).to_value()
}

/// What a target file asks to be judged against, as far as it can be read.
pub fn subject(document: &Document) -> Subject {
    let text = |name: &str| document.value.get(name).and_then(Value::as_str).map(str::to_owned);
    Subject { vendor: text("vendor"), contract: text("contract"), edition: text("edition") }
}

/// Parses a target file: JSON where its name says so, else TOML. Use this in place of the functions of [`Document`],
/// whose problems quote the lines around a mistake with the secrets on them.
///
/// # Errors
/// Every mistake in the syntax, with secrets blanked. Values that run over several lines are blanked on the first.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Document, Vec<Diagnostic>> {
    let parsed = match str::from_utf8(bytes) {
        Ok(text) if !name.ends_with(".json") => Document::toml(name, text),
        _ => Document::from_bytes(name, bytes),
    };
    parsed.map_err(|problems| {
        let blanked =
            |problem: Diagnostic| Diagnostic { text: secrets::masked(&problem.text).into(), ..problem };
        problems.into_iter().map(blanked).collect()
    })
}

/// Reads a target file: the settings, with what is doubtful about them.
///
/// # Errors
/// Every mistake in the file, each with its place and what to do.
pub fn load(
    document: &Document,
    surroundings: &dyn Surroundings,
) -> Result<(Settings, Vec<Diagnostic>), Diagnostics> {
    let mut document = document.clone();
    secrets::mask(&mut document, &[]);
    let mut problems = Vec::new();
    let contract = contract(&document, surroundings, &mut problems);
    let passwords = contract.as_ref().map(secret_parameters).unwrap_or_default();
    secrets::mask(&mut document, &passwords);
    problems.extend(document.check(&schema(contract.as_ref())));
    if let Some(contract) = &contract {
        assume_keys(&mut document, contract);
    }
    let resolved = secrets::resolve(&document, &passwords, surroundings, &mut problems);
    let trust = check::check(&document, &resolved, contract.as_ref(), surroundings, &mut problems);
    let (errors, warnings): (Vec<_>, Vec<_>) =
        problems.into_iter().partition(|problem| problem.severity == Severity::Error);
    let Some(contract) = contract.filter(|_| errors.is_empty()) else {
        return Err(errors.into_iter().chain(warnings).collect());
    };
    let file = gather_facets(resolved.value, &contract);
    let settings =
        serde_json::from_value(file).map_err(|error| error.to_string()).and_then(|file: TargetFile| {
            let mut contract = contract;
            file.assert.apply(&mut contract);
            Settings::new(file, Arc::new(contract), trust)
        });
    match settings {
        Ok(settings) => Ok((settings, warnings)),
        Err(why) => Err(vec![document.error(0..0, why)].into_iter().chain(warnings).collect()),
    }
}

/// The parameters whose values nobody may see.
fn secret_parameters(contract: &Contract) -> Vec<String> {
    let secret = contract.facts.parameters.iter().filter(|(_, fact)| fact.secret);
    secret.map(|(name, _)| name.clone()).collect()
}

fn contract(
    document: &Document,
    surroundings: &dyn Surroundings,
    problems: &mut Vec<Diagnostic>,
) -> Option<Contract> {
    let subject = subject(document);
    let mut wrong = |at: &str, message: String, help: Option<String>| {
        problems.push(document.error(document.span(at), message).with_help(help));
    };
    match (&subject.vendor, &subject.contract) {
        (Some(_), Some(_)) => {
            wrong("/contract", "both `vendor` and `contract` are given".into(), Some("leave one out".into()));
            return None;
        }
        (None, None) => {
            let help = "add `vendor = \"...\"`, or `contract = \"path/to/folder\"`".to_owned();
            wrong("", "neither `vendor` nor `contract` is given".into(), Some(help));
            return None;
        }
        _ => {}
    }
    match surroundings.contract(&subject) {
        Ok(contract) => return Some(contract),
        Err(Refused::Vendor(known)) => {
            let vendor = subject.vendor.unwrap_or_default();
            wrong("/vendor", format!("there is no vendor `{vendor}`"), Some(meant(&vendor, &known)));
        }
        Err(Refused::Edition(known)) => {
            let edition = subject.edition.unwrap_or_default();
            wrong("/edition", format!("there is no edition `{edition}`"), Some(meant(&edition, &known)));
        }
        Err(Refused::Contract(found)) => problems.extend(found),
    }
    None
}

/// What to write in place of `word`.
pub(super) fn meant<S: AsRef<str>>(word: &str, known: &[S]) -> String {
    let words = || known.iter().map(AsRef::as_ref);
    match nearest(word, words()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there are none: leave it out".to_owned(),
        None => format!("there are: {}", words().collect::<Vec<_>>().join(", ")),
    }
}

/// The meta-schema, with the names that only the contract knows.
fn schema(contract: Option<&Contract>) -> Value {
    let mut schema = meta_schema();
    let (Some(contract), Some(Value::Object(fixture))) = (contract, schema.pointer_mut("/$defs/Fixture"))
    else {
        return schema;
    };
    fixture.insert("additionalProperties".into(), false.into());
    if let Some(Value::Object(members)) = fixture.get_mut("properties") {
        for name in contract.facts.job.facets.keys() {
            members.entry(name).or_insert_with(|| json!({ "$ref": "#/$defs/Words" }));
        }
    }
    schema
}

/// Without a word on credentials, a contract that accepts AWS keys and nothing else gets those of the usual variables.
fn assume_keys(document: &mut Document, contract: &Contract) {
    let accepted = check::accepted(contract);
    if let Value::Object(members) = &mut document.value
        && accepted == ["sigv4"]
        && !members.contains_key("auth")
    {
        members.insert("auth".into(), json!({ "sigv4": {} }));
    }
}

/// Moves facets that stand beside the other members of a fixture into its `facets`.
fn gather_facets(mut file: Value, contract: &Contract) -> Value {
    let fixtures = file.get_mut("fixtures").and_then(Value::as_array_mut);
    for fixture in fixtures.into_iter().flatten().filter_map(Value::as_object_mut) {
        let inline: Map<String, Value> = contract
            .facts
            .job
            .facets
            .keys()
            .filter(|name| !check::FIXTURE_MEMBERS.contains(&name.as_str()))
            .filter_map(|name| fixture.remove_entry(name))
            .collect();
        if let Some(facets) = fixture.entry("facets").or_insert_with(|| json!({})).as_object_mut() {
            facets.extend(inline);
        }
    }
    file
}
