//! What puts jobs into states.

use serde_json::Value;

use super::Check;
use crate::contract::Contract;
use crate::target::file::load::meant;
use crate::target::file::settings::Base;
use crate::target::hook::placeholders;

impl Check<'_> {
    pub(super) fn hook(&mut self, contract: Option<&Contract>) {
        if let Some(url) = self.at("/arrange/http").and_then(Value::as_str)
            && let Err(why) = Base::parse(url)
        {
            self.value("/arrange/http", format!("this {why}"), None);
        }
        let Some(command) = self.at("/arrange/command").and_then(Value::as_array) else { return };
        if command.first().and_then(Value::as_str).is_none_or(str::is_empty) {
            self.value("/arrange/command", "names no program".into(), None);
        }
        let Some(contract) = contract else { return };
        let facets = contract.facts.job.facets.keys().map(|name| format!("facet.{name}"));
        let parents = contract.facts.job.parent_names().cloned();
        let known: Vec<String> = std::iter::once("state".to_owned()).chain(facets).chain(parents).collect();
        for (index, argument) in command.iter().enumerate().skip(1) {
            for name in argument.as_str().into_iter().flat_map(placeholders) {
                if !known.iter().any(|known| known == name) {
                    let at = format!("/arrange/command/{index}");
                    // Braces mean something to other programs, too.
                    self.doubt(&at, format!("`{{{name}}}` stands for nothing"), meant(name, &known));
                }
            }
        }
    }
}
