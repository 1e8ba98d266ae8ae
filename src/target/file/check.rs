//! What a schema cannot say about a target file.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::load::{Surroundings, meant};
use super::secrets::Resolved;
use super::settings::{Base, Trust};
use crate::contract::Contract;
use crate::contract::diagnostic::Diagnostic;
use crate::contract::source::{Document, child};

mod assert;
mod fixtures;
mod hook;

/// The members of a fixture that are no facets.
pub(super) const FIXTURE_MEMBERS: [&str; 4] = ["state", "parent", "facets", "jobs"];

/// The schemes a contract accepts, by the names of their tables.
pub(super) fn accepted(contract: &Contract) -> Vec<String> {
    match serde_json::to_value(&contract.facts.auth) {
        Ok(Value::Object(schemes)) => schemes.into_iter().map(|(name, _)| name).collect(),
        _ => Vec::new(),
    }
}

/// Checks everything; what depends on the contract only when there is one. Gives the files that `tls` names.
pub(super) fn check(
    document: &Document,
    resolved: &Resolved,
    contract: Option<&Contract>,
    surroundings: &dyn Surroundings,
    problems: &mut Vec<Diagnostic>,
) -> Trust {
    let mut check = Check { document, file: &resolved.value, failed: &resolved.failed, problems };
    check.requires(&surroundings.groups());
    check.bases(contract);
    check.hook(contract);
    if let Some(contract) = contract {
        check.auth("/auth", contract);
        check.auth("/identities/read_only", contract);
        check.auth("/identities/foreign", contract);
        check.parameters(contract);
        check.fixtures(contract);
        check.assert(contract);
    }
    check.trust(surroundings)
}

struct Check<'a> {
    document: &'a Document,
    file: &'a Value,
    failed: &'a BTreeSet<String>,
    problems: &'a mut Vec<Diagnostic>,
}

impl<'a> Check<'a> {
    /// The value at a place, when it could be fetched.
    fn at(&self, at: &str) -> Option<&'a Value> {
        self.file.pointer(at).filter(|_| !self.failed.contains(at))
    }

    /// The members of the table at a place.
    fn members(&self, at: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.at(at).and_then(Value::as_object).into_iter().flatten()
    }

    /// Something wrong with the value at a place.
    fn value(&mut self, at: &str, message: String, help: impl Into<Option<String>>) {
        self.problems.push(self.document.error(self.document.span(at), message).with_help(help));
    }

    /// Something wrong with the key at a place, or with what is missing there.
    fn key(&mut self, at: &str, message: String, help: impl Into<Option<String>>) {
        self.problems.push(self.document.error(self.document.key_span(at), message).with_help(help));
    }

    /// Something doubtful about the value at a place.
    fn doubt(&mut self, at: &str, message: String, help: impl Into<Option<String>>) {
        let problem = self.document.error(self.document.span(at), message).with_help(help);
        self.problems.push(problem.into_warning());
    }

    /// The shape of each is the schema's.
    fn requires(&mut self, groups: &[&str]) {
        let bars = self.at("/require").and_then(Value::as_array).into_iter().flatten();
        for (place, bar) in bars.enumerate() {
            let group = bar.as_str().and_then(|bar| bar.split('=').next()).unwrap_or_default();
            if !group.is_empty() && !groups.contains(&group) {
                let message = format!("there is no group of rules `{group}`");
                self.value(&child("/require", &place.to_string()), message, meant(group, groups));
            }
        }
    }

    fn bases(&mut self, contract: Option<&Contract>) {
        let usual = self.file.get("base_url");
        let mut places: Vec<String> = usual.iter().map(|_| "/base_url".to_owned()).collect();
        places.extend(self.members("/base_urls").map(|(service, _)| child("/base_urls", service)));
        if places.is_empty() {
            let help = "add `base_url = \"http://...\"`".to_owned();
            self.key("", "there is no address to send requests to".into(), help);
        }
        for at in places {
            let Some(url) = self.at(&at).and_then(Value::as_str) else { continue };
            match Base::parse(url) {
                // Not the URL itself: it may hold a password.
                Err(why) => self.value(&at, format!("this {why}"), None),
                Ok(base)
                    if base.protocol == "http" && !base.is_loopback && self.file.get("auth").is_some() =>
                {
                    let message = "credentials would cross the network without encryption".to_owned();
                    self.doubt(&at, message, "use https".to_owned());
                }
                Ok(_) => {}
            }
        }
        let Some(contract) = contract else { return };
        let services: Vec<&String> = contract.facts.services.keys().collect();
        for (service, _) in self.members("/base_urls") {
            if !services.contains(&service) {
                let at = child("/base_urls", service);
                self.key(&at, format!("there is no service `{service}`"), meant(service, &services));
            }
        }
        let used: BTreeSet<&String> =
            contract.facts.operations.values().filter_map(|o| o.service.as_ref()).collect();
        for service in used {
            if usual.is_none() && self.file.pointer(&child("/base_urls", service)).is_none() {
                let message = format!("there is no address for the service `{service}`");
                self.key("/base_urls", message, format!("add `base_urls.{service} = \"http://...\"`"));
            }
        }
    }

    fn auth(&mut self, at: &str, contract: &Contract) {
        let accepted = accepted(contract);
        let given: Vec<&String> = self.members(at).map(|(scheme, _)| scheme).collect();
        for scheme in &given {
            let at = child(at, scheme);
            if !accepted.contains(scheme) {
                let message = format!("the contract does not accept `{scheme}`");
                self.key(&at, message, meant(scheme, &accepted));
            }
        }
        let is_needed = at == "/auth" || self.file.pointer(at).is_some();
        match given.as_slice() {
            [] if is_needed && !accepted.is_empty() => {
                let table = |scheme: &String| format!("[{}.{scheme}]", at[1..].replace('/', "."));
                let help = format!("add {}", accepted.iter().map(table).collect::<Vec<_>>().join(" or "));
                self.key(at, "there are no credentials".into(), help);
            }
            [] | [_] => {}
            [_, second, ..] => {
                let at = child(at, second);
                self.key(&at, "there is more than one kind of credentials".into(), "leave one".to_owned());
            }
        }
    }

    fn parameters(&mut self, contract: &Contract) {
        let known: Vec<&String> = contract.facts.parameters.keys().collect();
        for table in ["/parameters", "/other_parent"] {
            for (name, value) in self.members(table) {
                let at = child(table, name);
                match contract.facts.parameters.get(name) {
                    None => self.key(&at, format!("there is no parameter `{name}`"), meant(name, &known)),
                    Some(parameter) if parameter.example.is_array() != value.is_array() => {
                        let wanted = if parameter.example.is_array() { "an array" } else { "a string" };
                        let help = format!("for example: {}", parameter.example);
                        self.value(&at, format!("expected {wanted}"), help);
                    }
                    Some(_) => {}
                }
            }
        }
        for (name, parameter) in &contract.facts.parameters {
            if !parameter.optional && self.file.pointer(&child("/parameters", name)).is_none() {
                let help = format!("{}; for example: {name} = {}", parameter.title, parameter.example);
                self.key("/parameters", format!("missing parameter `{name}`"), help);
            }
        }
        let own: BTreeMap<_, _> = self.members("/parameters").collect();
        let mut other = self.members("/other_parent").peekable();
        if other.peek().is_some() && other.all(|(name, value)| own.get(name) == Some(&value)) {
            let message = "the other parent is the same as that of `parameters`".to_owned();
            self.key("/other_parent", message, "name another one, or leave it out".to_owned());
        }
    }

    fn trust(&mut self, surroundings: &dyn Surroundings) -> Trust {
        let mut read = |at: &str| {
            let path = self.at(at).and_then(Value::as_str)?;
            surroundings.file(path).map_err(|why| self.value(at, why, None)).ok()
        };
        let (authorities, client) = (read("/tls/ca_file"), read("/tls/client_cert"));
        let is_insecure = self.at("/tls/insecure") == Some(&Value::Bool(true));
        if is_insecure {
            self.doubt("/tls/insecure", "any server can pass for the one under test".into(), None);
        }
        Trust { authorities, client, is_insecure }
    }
}
