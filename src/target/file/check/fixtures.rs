//! Jobs that a target file names.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Check, FIXTURE_MEMBERS};
use crate::contract::Contract;
use crate::contract::source::child;
use crate::target::file::load::meant;

impl Check<'_> {
    pub(super) fn fixtures(&mut self, contract: &Contract) {
        let count = self.at("/fixtures").and_then(Value::as_array).map_or(0, Vec::len);
        let mut seen = BTreeMap::new();
        for index in 0..count {
            let fixture = format!("/fixtures/{index}");
            self.state(&fixture, contract);
            self.facets(&fixture, contract);
            self.jobs(&fixture, contract, &mut seen);
            let at = format!("{fixture}/parent");
            let is_other = self.at(&at).and_then(Value::as_str) == Some("other");
            if is_other && self.file.get("other_parent").is_none() {
                let help = "add [other_parent] with the parameters of the other parent".to_owned();
                self.value(&at, "there is no other parent".into(), help);
            }
        }
    }

    fn state(&mut self, fixture: &str, contract: &Contract) {
        let at = format!("{fixture}/state");
        let states: Vec<&String> = contract.facts.lifecycle.states.keys().collect();
        if let Some(state) = self.at(&at).and_then(Value::as_str)
            && !states.iter().any(|known| *known == state)
        {
            self.value(&at, format!("there is no state `{state}`"), meant(state, &states));
        }
    }

    fn facets(&mut self, fixture: &str, contract: &Contract) {
        let facets = &contract.facts.job.facets;
        let names: Vec<&String> = facets.keys().collect();
        let table = format!("{fixture}/facets");
        for (name, _) in self.members(&table) {
            if !facets.contains_key(name) {
                self.key(&child(&table, name), format!("there is no facet `{name}`"), meant(name, &names));
            }
        }
        for (name, facet) in facets {
            let inline = (!FIXTURE_MEMBERS.contains(&name.as_str())).then_some(fixture);
            for table in inline.into_iter().chain([table.as_str()]) {
                let at = child(table, name);
                let mut values: Vec<(String, &str)> = Vec::new();
                match self.at(&at) {
                    Some(Value::Array(several)) => {
                        let each = several.iter().enumerate();
                        values.extend(
                            each.filter_map(|(i, value)| Some((format!("{at}/{i}"), value.as_str()?))),
                        );
                    }
                    other => values.extend(other.and_then(Value::as_str).map(|value| (at, value))),
                }
                for (at, value) in values {
                    if !facet.values.iter().any(|known| known == value) {
                        let message = format!("`{value}` is not a value of the facet `{name}`");
                        self.value(&at, message, meant(value, &facet.values));
                    }
                }
            }
        }
    }

    fn jobs(&mut self, fixture: &str, contract: &Contract, seen: &mut BTreeMap<String, usize>) {
        let jobs = format!("{fixture}/jobs");
        let count = self.at(&jobs).and_then(Value::as_array).map_or(0, Vec::len);
        let aliases: Vec<&str> = contract.facts.job.aliases.keys().map(String::as_str).collect();
        for index in 0..count {
            let at = format!("{jobs}/{index}");
            for (name, _) in self.members(&at).filter(|(name, _)| *name != "id") {
                if !aliases.contains(&name.as_str()) {
                    self.key(&child(&at, name), format!("a job has no id `{name}`"), meant(name, &aliases));
                }
            }
            let id = self.at(&at).and_then(|job| job.as_str().or_else(|| job.get("id")?.as_str()));
            if let Some(id) = id
                && seen.insert(id.to_owned(), index).is_some()
            {
                self.value(&at, format!("the job `{id}` is listed twice"), None);
            }
        }
    }
}
