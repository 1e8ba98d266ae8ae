//! `jobproof lint`.

use super::args::LintArgs;
use super::subjects::settings;
use super::surroundings::{Contracts, contract_folders};
use super::terminal::{Complaint, Terminal};
use crate::contract::diagnostic::{Diagnostic, Diagnostics};
use crate::contract::library::{Pack, pack, pack_from, vendors};
use crate::contract::load::load;

/// Checks contracts, each in every edition, or a target file. All mistakes are shown at once.
pub(super) fn lint(args: &LintArgs, out: &Terminal) -> Result<u8, Complaint> {
    let packs: Vec<Pack> = match &args.path {
        None => vendors().into_iter().filter_map(pack).collect(),
        Some(path) if path.is_file() && path.file_name().is_none_or(|name| name != "contract.toml") => {
            let (_, warnings) = settings(path, &Contracts::new(&args.contracts)?, None)?;
            for warning in &warnings {
                out.note(warning);
            }
            out.out(&format!("{}: no mistakes\n", path.display()));
            return Ok(0);
        }
        Some(path) => {
            let folder = if path.is_file() { path.parent().unwrap_or(path) } else { path };
            contract_folders(folder)?.iter().map(|f| pack_from(f)).collect::<Result<_, _>>()?
        }
    };
    let mut mistakes: Vec<Diagnostic> = Vec::new();
    let mut warnings: Vec<Diagnostic> = Vec::new();
    for pack in &packs {
        match load(pack, None) {
            Ok(loaded) => {
                warnings.extend(loaded.warnings);
                for edition in loaded.contract.facts.editions.keys() {
                    if let Err(found) = load(pack, Some(edition)) {
                        mistakes.extend(found);
                    }
                }
                out.out(&format!("{}: {}\n", pack.origin, summary(&loaded.contract)));
            }
            Err(found) => mistakes.extend(found),
        }
    }
    if !warnings.is_empty() {
        out.complain(&Complaint::Mistakes(Diagnostics::from(warnings)));
    }
    if mistakes.is_empty() { Ok(0) } else { Err(Diagnostics::from(mistakes).into()) }
}

fn summary(contract: &crate::contract::Contract) -> String {
    let facts = &contract.facts;
    format!(
        "{} operations, {} states, {} schemas, {} references, no mistakes",
        facts.operations.len(),
        facts.lifecycle.states.len(),
        contract.shapes.names().count(),
        facts.references.len()
    )
}
