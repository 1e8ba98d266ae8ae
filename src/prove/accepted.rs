//! The list of survivors that are accepted, with reasons.

use serde::Deserialize;

/// The list that comes with the program.
const BUILTIN: &str = include_str!("../../schemas/survivors.toml");

/// One accepted survivor.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The vendor whose mock has the fault.
    pub vendor: String,
    /// The fault's id.
    pub fault: String,
    /// Why no rule can see it.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    survivor: Vec<Accepted>,
}

/// Reads a list.
///
/// # Errors
/// Says where the text is no such list, or which entry lacks its reason.
pub fn parse(text: &str) -> Result<Vec<Accepted>, String> {
    let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
    match file.survivor.iter().find(|entry| entry.reason.trim().is_empty()) {
        Some(entry) => Err(format!("the survivor `{}` of {} has no reason", entry.fault, entry.vendor)),
        None => Ok(file.survivor),
    }
}

/// The list that comes with the program.
///
/// # Errors
/// As [`parse`]; a test reads the list, so there are none.
pub fn builtin() -> Result<Vec<Accepted>, String> {
    parse(BUILTIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_list_can_be_read() {
        builtin().unwrap();
    }

    #[test]
    fn an_entry_needs_a_reason() {
        let entry =
            |reason: &str| format!("[[survivor]]\nvendor = \"v\"\nfault = \"f\"\nreason = \"{reason}\"\n");
        assert_eq!(parse(&entry("nothing shows it")).unwrap()[0].fault, "f");
        assert_eq!(parse(&entry(" ")).unwrap_err(), "the survivor `f` of v has no reason");
        assert!(parse("[[survivor]]\nvendor = \"v\"\n").is_err());
        assert!(parse("survivors = []").is_err());
    }
}
