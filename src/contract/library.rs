//! The vendors that come with the program, and vendors from folders. Both go through the same door: a [`Pack`] of
//! files, loaded by [`load`].

use std::collections::BTreeMap;
use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};

use super::Contract;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::load::{Loaded, load};
use super::source::Document;

static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schemas");

/// The most that one file of a vendor's folder may hold, in bytes. A folder given by mistake must not fill the memory.
const FILE_LIMIT: u64 = 4 << 20;

/// The files of one vendor.
#[derive(Debug, Clone, Default)]
pub struct Pack {
    /// What stands before each file's name when it is shown.
    pub origin: String,
    /// The files by their path below the folder, with `/` between parts.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Pack {
    /// The id that the contract gives itself, where its file can be read at all.
    pub fn id(&self) -> Option<String> {
        let document = Document::from_bytes("contract.toml", self.files.get("contract.toml")?).ok()?;
        Some(document.value.get("id")?.as_str()?.to_owned())
    }
}

/// The ids of the vendors that come with the program, in alphabetical order.
pub fn vendors() -> Vec<&'static str> {
    let mut found: Vec<&str> = SCHEMAS
        .dirs()
        .filter(|dir| dir.get_file(dir.path().join("contract.toml")).is_some())
        .filter_map(|dir| dir.path().file_name()?.to_str())
        .collect();
    found.sort_unstable();
    found
}

/// The files of a vendor that comes with the program.
pub fn pack(vendor: &str) -> Option<Pack> {
    let dir = SCHEMAS.get_dir(vendor)?;
    let mut files = BTreeMap::new();
    collect(dir, dir.path(), &mut files);
    Some(Pack { origin: format!("schemas/{vendor}"), files })
}

fn collect(dir: &Dir<'_>, root: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => collect(dir, root, files),
            DirEntry::File(file) => {
                if let Ok(path) = file.path().strip_prefix(root) {
                    files.insert(path.to_string_lossy().replace('\\', "/"), file.contents().to_vec());
                }
            }
        }
    }
}

/// Loads a vendor that comes with the program, in its default edition.
///
/// # Errors
/// Says so where there is no such vendor; else every mistake in its files.
pub fn builtin(vendor: &str) -> Result<Contract, Diagnostics> {
    let pack = pack(vendor).ok_or_else(|| unknown_vendor(vendor))?;
    load(&pack, None).map(|Loaded { contract, .. }| contract)
}

fn unknown_vendor(vendor: &str) -> Diagnostics {
    let known = vendors();
    let near = super::source::nearest(vendor, known.iter().copied());
    let help =
        near.map_or_else(|| format!("there are: {}", known.join(", ")), |n| format!("did you mean `{n}`?"));
    Diagnostics::from(vec![
        Diagnostic::error(vendor, &"".into(), None, format!("there is no vendor `{vendor}`")).with_help(help),
    ])
}

/// Reads the files of a vendor's folder.
///
/// # Errors
/// Says which folder or file cannot be read, and why.
pub fn pack_from(folder: &Path) -> Result<Pack, Diagnostics> {
    let mut pack = Pack { origin: folder.display().to_string(), files: BTreeMap::new() };
    let mut mistakes = Vec::new();
    read_folder(folder, folder, &mut pack.files, &mut mistakes);
    if mistakes.is_empty() { Ok(pack) } else { Err(mistakes.into()) }
}

fn read_folder(
    folder: &Path,
    root: &Path,
    files: &mut BTreeMap<String, Vec<u8>>,
    mistakes: &mut Vec<Diagnostic>,
) {
    let mut refuse = |path: &Path, why: String| {
        mistakes.push(Diagnostic::error(path.display().to_string(), &"".into(), None, why));
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return refuse(folder, format!("cannot be read: {error}")),
    };
    let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read_folder(&path, root, files, mistakes);
            continue;
        }
        let known = path.extension().is_some_and(|e| e == "toml" || e == "json" || e == "graphql");
        if !known {
            continue;
        }
        let mut refuse = |why: String| {
            mistakes.push(Diagnostic::error(path.display().to_string(), &"".into(), None, why));
        };
        match std::fs::metadata(&path) {
            Ok(data) if data.len() > FILE_LIMIT => refuse(format!("is larger than {FILE_LIMIT} bytes")),
            _ => match std::fs::read(&path) {
                Ok(bytes) => {
                    if let Ok(name) = path.strip_prefix(root) {
                        files.insert(name.to_string_lossy().replace('\\', "/"), bytes);
                    }
                }
                Err(error) => refuse(format!("cannot be read: {error}")),
            },
        }
    }
}

/// A contract that comes with the program, or one made up for tests, in `tests/data/`.
#[cfg(test)]
pub(crate) fn for_tests(vendor: &str) -> Contract {
    let own = pack(vendor).unwrap_or_else(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(vendor);
        pack_from(&folder).unwrap_or_else(|e| panic!("{e}"))
    });
    load(&own, None).unwrap_or_else(|e| panic!("{e}")).contract
}
