//! Contracts, environment and files for target files and commands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::terminal::{Complaint, env};
use crate::contract::Contract;
use crate::contract::diagnostic::Diagnostics;
use crate::contract::library::{self, Pack};
use crate::contract::load::load;
use crate::suite::groups;
use crate::target::file::{Refused, Subject, Surroundings};

/// The contracts that a command can use, by their ids: those of the program, and those of folders, which win.
#[derive(Debug, Default)]
pub(super) struct Contracts {
    packs: BTreeMap<String, Pack>,
}

impl Contracts {
    /// The contracts of the program and of these folders.
    pub(super) fn new(folders: &[PathBuf]) -> Result<Contracts, Complaint> {
        let mut packs = BTreeMap::new();
        for vendor in library::vendors() {
            packs.extend(library::pack(vendor).map(|pack| (vendor.to_owned(), pack)));
        }
        for folder in folders {
            for contract in contract_folders(folder)? {
                let pack = library::pack_from(&contract)?;
                // The folder may have any name. A contract that does not tell its id has mistakes to be told.
                let id = pack.id().map_or_else(|| load(&pack, None).map(|l| l.contract.facts.id), Ok)?;
                packs.insert(id, pack);
            }
        }
        Ok(Contracts { packs })
    }

    /// The vendors there are.
    pub(super) fn vendors(&self) -> Vec<String> {
        self.packs.keys().cloned().collect()
    }

    /// The contract of a vendor.
    pub(super) fn contract(&self, vendor: &str, edition: Option<&str>) -> Result<Arc<Contract>, Complaint> {
        match self.packs.get(vendor) {
            Some(pack) => Ok(Arc::new(load(pack, edition)?.contract)),
            None => {
                let known = self.vendors();
                let near = crate::contract::source::nearest(vendor, known.iter().map(String::as_str));
                let help = near.map_or_else(
                    || format!("there are: {}", known.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                Err(format!("there is no vendor `{vendor}`; {help}").into())
            }
        }
    }

    /// The contracts of all vendors that have this edition, in it; of all in their own where none is named.
    pub(super) fn in_edition(&self, edition: Option<&str>) -> Result<Vec<Arc<Contract>>, Complaint> {
        let Some(edition) = edition else { return self.chosen(&[], None) };
        let mut found = Vec::new();
        for vendor in self.vendors() {
            if self.contract(&vendor, None)?.facts.editions.contains_key(edition) {
                found.push(self.contract(&vendor, Some(edition))?);
            }
        }
        if found.is_empty() { Err(format!("no vendor has an edition `{edition}`").into()) } else { Ok(found) }
    }

    /// The contracts of the vendors named, or of all, in this edition, or in every one they have.
    pub(super) fn in_every_edition(
        &self,
        vendors: &[String],
        edition: Option<&str>,
    ) -> Result<Vec<Arc<Contract>>, Complaint> {
        let mut found = Vec::new();
        for contract in self.chosen(vendors, edition)? {
            let others = contract
                .facts
                .editions
                .keys()
                .filter(|other| edition.is_none() && contract.edition.as_ref() != Some(other));
            let vendor = &contract.facts.id;
            let others = others.map(|other| self.contract(vendor, Some(other)));
            let others = others.collect::<Result<Vec<_>, _>>()?;
            found.push(contract);
            found.extend(others);
        }
        Ok(found)
    }

    /// The contracts of the vendors named, or of all.
    pub(super) fn chosen(
        &self,
        vendors: &[String],
        edition: Option<&str>,
    ) -> Result<Vec<Arc<Contract>>, Complaint> {
        let all = self.vendors();
        let chosen = if vendors.is_empty() { &all } else { vendors };
        chosen.iter().map(|vendor| self.contract(vendor, edition)).collect()
    }
}

/// The contract folders in a folder: itself, or those right below it.
pub(super) fn contract_folders(folder: &Path) -> Result<Vec<PathBuf>, Complaint> {
    let is_contract = |path: &Path| path.join("contract.toml").is_file();
    if is_contract(folder) {
        return Ok(vec![folder.to_owned()]);
    }
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut found: Vec<PathBuf> =
        entries.filter_map(|entry| entry.ok().map(|e| e.path())).filter(|path| is_contract(path)).collect();
    found.sort();
    if found.is_empty() {
        let help = "a contract's folder holds a contract.toml";
        return Err(format!("{}: there is no contract here; {help}", folder.display()).into());
    }
    Ok(found)
}

/// What a target file in a folder refers to.
pub(super) struct Around<'c> {
    /// The contracts there are.
    pub(super) contracts: &'c Contracts,
    /// The folder of the target file.
    pub(super) folder: PathBuf,
    /// The edition given on the command line.
    pub(super) edition: Option<String>,
}

impl Surroundings for Around<'_> {
    fn env(&self, name: &str) -> Option<String> {
        env(name)
    }

    fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        let path = self.folder.join(path);
        std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))
    }

    fn groups(&self) -> Vec<&str> {
        groups()
    }

    fn contract(&self, subject: &Subject) -> Result<Contract, Refused> {
        let edition = self.edition.as_deref().or(subject.edition.as_deref());
        let own;
        let pack = match (&subject.vendor, &subject.contract) {
            (Some(vendor), _) => {
                self.contracts.packs.get(vendor).ok_or_else(|| Refused::Vendor(self.contracts.vendors()))?
            }
            (None, Some(folder)) => {
                own = library::pack_from(&self.folder.join(folder)).map_err(Refused::Contract)?;
                &own
            }
            (None, None) => return Err(Refused::Contract(Diagnostics::default())),
        };
        // An edition that does not exist is the target file's mistake, any other the contract's own.
        if let (Some(edition), Ok(base)) = (edition, load(pack, None)) {
            let known: Vec<String> = base.contract.facts.editions.keys().cloned().collect();
            if !known.iter().any(|k| k == edition) {
                return Err(Refused::Edition(known));
            }
        }
        load(pack, edition).map(|loaded| loaded.contract).map_err(Refused::Contract)
    }
}
