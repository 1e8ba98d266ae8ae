//! `env:NAME` and `file:PATH` values, and keys from the usual variables.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::load::Surroundings;
use crate::contract::diagnostic::Diagnostic;
use crate::contract::source::{Document, child};

/// The parts of a target file in which values may come from elsewhere.
const RESOLVED: [&str; 6] =
    ["/base_url", "/base_urls", "/auth", "/identities", "/parameters", "/other_parent"];

/// The parts that hold credentials.
const CREDENTIALS: [&str; 2] = ["/auth/", "/identities/"];

/// Credentials that are secret; the others only name somebody.
const SECRET: [&str; 6] =
    ["token", "secret_access_key", "session_token", "access_key_secret", "security_token", "secret_key"];

/// Credentials that only name somebody, or a place.
pub(super) const OPEN: [&str; 3] = ["region", "access_key_id", "access_key"];

/// Blanks the secrets in the text that problems quote, also those among the parameters. What is misnamed is blanked by
/// either of its names.
pub(super) fn mask(document: &mut Document, parameters: &[String]) {
    let mut places = Vec::new();
    collect("", &document.value, parameters, &mut places);
    let mut text = document.text.as_bytes().to_vec();
    for place in places {
        text[document.span(&place)].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b'*');
    }
    document.text = String::from_utf8_lossy(&text).into();
}

/// The same text, byte for byte as long, without what follows the name of a secret on a line. For files that cannot be
/// parsed, where nobody knows what is a value: rather too much is blanked than too little.
pub(super) fn masked(text: &str) -> String {
    let line = |line: &str| {
        let ends = SECRET.iter().filter_map(|name| line.find(name).map(|at| at + name.len()));
        let Some(start) = ends.min() else { return line.to_owned() };
        let is_kept = |c: char| matches!(c, '\n' | '\r' | '=' | ' ');
        let blank = |c: char| if is_kept(c) { c.to_string() } else { "*".repeat(c.len_utf8()) };
        line[..start].chars().map(String::from).chain(line[start..].chars().map(blank)).collect()
    };
    text.split_inclusive('\n').map(line).collect()
}

fn collect(at: &str, value: &Value, parameters: &[String], places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(k, v)| collect(&child(at, k), v, parameters, places))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, v)| collect(&format!("{at}/{i}"), v, parameters, places));
        }
        _ => {
            let text = value.as_str().unwrap_or_default();
            let name = at.rsplit('/').next().unwrap_or_default();
            let is_elsewhere = text.starts_with("env:") || text.starts_with("file:");
            let is_secret = SECRET.contains(&name)
                || (is_credential(at) && !OPEN.contains(&name))
                || is_secret_parameter(at, parameters);
            let has_password = at.starts_with("/base_url") && text.contains('@');
            if (is_secret && !is_elsewhere) || has_password {
                places.push(at.to_owned());
            }
        }
    }
}

/// What a target file says once its values have been fetched.
pub(super) struct Resolved {
    /// The file.
    pub(super) value: Value,
    /// The values that could not be fetched; reported already.
    pub(super) failed: BTreeSet<String>,
}

/// Fetches what stands elsewhere.
pub(super) fn resolve(
    document: &Document,
    parameters: &[String],
    surroundings: &dyn Surroundings,
    problems: &mut Vec<Diagnostic>,
) -> Resolved {
    let mut resolved = Resolved { value: document.value.clone(), failed: BTreeSet::new() };
    let mut fetch = Fetch { document, parameters, surroundings, problems, failed: &mut resolved.failed };
    for part in RESOLVED {
        if let Some(value) = resolved.value.pointer_mut(part) {
            fetch.walk(part, value);
        }
    }
    fetch.keys(&mut resolved.value);
    resolved
}

struct Fetch<'a> {
    document: &'a Document,
    /// The parameters that are secret.
    parameters: &'a [String],
    surroundings: &'a dyn Surroundings,
    problems: &'a mut Vec<Diagnostic>,
    failed: &'a mut BTreeSet<String>,
}

impl Fetch<'_> {
    fn walk(&mut self, at: &str, value: &mut Value) {
        match value {
            Value::Object(members) => members.iter_mut().for_each(|(k, v)| self.walk(&child(at, k), v)),
            Value::Array(items) => {
                items.iter_mut().enumerate().for_each(|(i, v)| self.walk(&format!("{at}/{i}"), v));
            }
            Value::String(text) => self.text(at, text),
            _ => {}
        }
    }

    fn text(&mut self, at: &str, text: &mut String) {
        let fetched = if let Some(name) = text.strip_prefix("env:") {
            let found = self.surroundings.env(name).filter(|value| !value.is_empty());
            found.ok_or_else(|| format!("the environment variable `{name}` is not set, or is empty"))
        } else if let Some(path) = text.strip_prefix("file:") {
            self.surroundings.file(path).and_then(|bytes| line(path, bytes))
        } else {
            self.literal(at, text);
            Ok(std::mem::take(text))
        };
        match fetched {
            // Such a value could not be sent in a header, and the error would come with the first request.
            Ok(value) if is_credential(at) && value.contains(|c: char| c.is_control()) => {
                self.fail(at, "holds a line break or another control character".into());
            }
            Ok(value) => *text = value,
            Err(why) => self.fail(at, why),
        }
    }

    fn fail(&mut self, at: &str, why: String) {
        self.failed.insert(at.to_owned());
        self.problems.push(self.document.error(self.document.span(at), why));
    }

    fn literal(&mut self, at: &str, text: &str) {
        let secret = is_credential(at) && at.rsplit('/').next().is_some_and(|name| SECRET.contains(&name))
            || is_secret_parameter(at, self.parameters);
        if is_credential(at) && text.is_empty() {
            self.fail(at, "must not be empty".into());
        } else if secret {
            let problem = self.document.error(self.document.span(at), "a secret stands in the file itself");
            let help = "write `env:NAME` or `file:PATH`, and keep the secret there".to_owned();
            self.problems.push(problem.with_help(help).into_warning());
        }
    }

    /// Completes AWS keys. Another identity gets no key from the variables: those are the usual identity's.
    fn keys(&mut self, value: &mut Value) {
        let region = value.pointer("/auth/sigv4/region").cloned();
        if let Some(Value::Object(keys)) = value.pointer_mut("/auth/sigv4") {
            let named = keys.contains_key("access_key_id") || keys.contains_key("secret_access_key");
            self.complete(keys, "/auth/sigv4", "region", &["AWS_REGION", "AWS_DEFAULT_REGION"]);
            self.complete(keys, "/auth/sigv4", "access_key_id", &["AWS_ACCESS_KEY_ID"]);
            self.complete(keys, "/auth/sigv4", "secret_access_key", &["AWS_SECRET_ACCESS_KEY"]);
            // A token belongs to its key: with a key from the file the one in the variables would spoil it.
            let token =
                self.surroundings.env("AWS_SESSION_TOKEN").filter(|token| !named && !token.is_empty());
            if let Some(token) = token {
                keys.entry("session_token").or_insert(token.into());
            }
        }
        for identity in ["/identities/read_only/sigv4", "/identities/foreign/sigv4"] {
            if let Some(Value::Object(keys)) = value.pointer_mut(identity) {
                if let Some(region) = &region {
                    keys.entry("region").or_insert_with(|| region.clone());
                }
                self.complete(keys, identity, "region", &["AWS_REGION", "AWS_DEFAULT_REGION"]);
                self.complete(keys, identity, "access_key_id", &[]);
                self.complete(keys, identity, "secret_access_key", &[]);
            }
        }
    }

    fn complete(&mut self, keys: &mut Map<String, Value>, at: &str, name: &str, variables: &[&str]) {
        if keys.contains_key(name) {
            return;
        }
        let found = variables.iter().find_map(|v| self.surroundings.env(v).filter(|value| !value.is_empty()));
        if let Some(found) = found {
            keys.insert(name.to_owned(), found.into());
            return;
        }
        let problem = self.document.error(self.document.key_span(at), format!("missing key `{name}`"));
        let help = variables.first().map(|variable| format!("add it, or set `{variable}`"));
        self.problems.push(problem.with_help(help));
    }
}

fn is_secret_parameter(at: &str, parameters: &[String]) -> bool {
    let name = at.strip_prefix("/parameters/").or_else(|| at.strip_prefix("/other_parent/"));
    name.is_some_and(|name| parameters.iter().any(|secret| secret == name))
}

fn is_credential(at: &str) -> bool {
    CREDENTIALS.iter().any(|part| at.starts_with(part))
}

/// The text of a file that holds one value: editors end files with a line break.
fn line(path: &str, bytes: Vec<u8>) -> Result<String, String> {
    let text = String::from_utf8(bytes).map_err(|_| format!("`{path}` is not UTF-8"))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() { Err(format!("`{path}` is empty")) } else { Ok(text.to_owned()) }
}
