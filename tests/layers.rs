//! The layers of `ARCHITECTURE.md`: imports point downwards only, and no vendor is known by name.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jobproof::contract::library::vendors;
use regex::Regex;
use support::{files_below, repository};

/// Every module of the crate's root with its layer.
const LAYERS: [(&str, u8); 15] = [
    ("contract", 0),
    ("exchange", 0),
    ("story", 1),
    ("sign", 1),
    ("mock", 1),
    ("case", 1),
    ("rule", 2),
    ("target", 2),
    ("judge", 3),
    ("run", 4),
    ("recording", 5),
    ("report", 5),
    ("suite", 6),
    ("prove", 7),
    ("cli", 8),
];

/// Imports within a layer that are meant.
const BESIDE: [(&str, &str); 2] = [("exchange", "contract"), ("mock", "sign")];

/// Imports downwards that are forbidden all the same.
const NEVER: [(&str, &str); 3] = [("report", "run"), ("report", "target"), ("report", "judge")];

/// What `report` may know of the rules and of the contract's references: the model, not how anything is judged.
const REPORT_MAY: [(&str, &str); 7] = [
    ("rule", "Level"),
    ("rule", "Why"),
    ("rule", "Seen"),
    ("rule", "About"),
    ("contract", "reference"),
    ("contract", "cancel"),
    ("contract", "operation"),
];

/// Vendors' names beside their ids.
const NAMES: [&str; 8] =
    ["amazon", "aws bedrock", "huawei", "alibaba", "bailian", "veritone", "aiware", "ges"];

/// A module in a file of its own.
static MODULE: LazyLock<Regex> = LazyLock::new(|| regex(r"^(?:pub(?:\([^)]*\))? )?mod (\w+);"));

/// A path from the root of the crate, or from a module above; what it leads to may be a group.
static PATH: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\b(crate::|(?:super::)+)(\w+|\{[^;]*\})(?:::(\w+|\{[^;{}]*\}))?"));

/// The first two names of a path.
static FIRST: LazyLock<Regex> = LazyLock::new(|| regex(r"(\w+)(?:::(\w+))?"));

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a regex")
}

/// One source file without its tests.
struct Source {
    /// The path below `src/`.
    path: String,
    /// Its lines with their numbers; those of tests are left out.
    lines: Vec<(usize, String)>,
}

impl Source {
    /// The name of the root's module it is in.
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// How many modules deep it is.
    fn depth(&self) -> usize {
        self.path.trim_end_matches("/mod.rs").split('/').count()
    }

    /// Its code: without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines
            .iter()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(number, line)| (*number, line.as_str()))
    }
}

/// Every source file, without what is compiled for tests only.
fn sources() -> Vec<Source> {
    let root = repository("src");
    let mut found = Vec::new();
    let mut test_files = BTreeSet::new();
    for path in files_below(&root) {
        if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).expect("sources are UTF-8");
            let (lines, modules) = without_tests(&text);
            for module in modules {
                let folder = match path.file_name().and_then(|n| n.to_str()) {
                    Some("mod.rs" | "lib.rs") => path.parent().expect("a folder").to_owned(),
                    _ => path.with_extension(""),
                };
                test_files.insert(folder.join(module));
            }
            found.push((path, lines));
        }
    }
    let is_test = |path: &Path| {
        let stem = path.with_extension("");
        test_files.iter().any(|test| &stem == test || path.starts_with(test))
    };
    let below = |path: PathBuf| {
        let path = path.strip_prefix(&root).expect("a file below src").to_owned();
        path.to_string_lossy().replace('\\', "/")
    };
    let kept = found.into_iter().filter(|(path, _)| !is_test(path));
    kept.map(|(path, lines)| Source { path: below(path), lines }).collect()
}

/// The lines that are not under `#[cfg(test)]`, and the modules in files of their own that are. Relies on rustfmt: an
/// item ends at the first line with its own indent that closes it.
fn without_tests(text: &str) -> (Vec<(usize, String)>, Vec<String>) {
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let code = line.trim_start();
        if !code.starts_with("#[cfg(test)]") {
            kept.push((index + 1, line.to_owned()));
            continue;
        }
        let indent = line.len() - code.len();
        let mut is_block = false;
        for (_, line) in lines.by_ref() {
            let code = line.trim_start();
            if let Some(found) = MODULE.captures(code) {
                modules.push(found[1].to_owned());
            }
            let is_own = line.len() - code.len() == indent && !code.starts_with("#[");
            // Inside a block only its own brace ends it: a text of several lines may hold anything else.
            if is_own && (matches!(code, "}" | "};") || !is_block && code.ends_with([';', '}'])) {
                break;
            }
            is_block |= is_own && code.ends_with('{');
        }
    }
    (kept, modules)
}

/// Every reference to a module of the crate's root: the file, the line, the module and the name used from it.
fn references(source: &Source) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let code: String = source.code().fold(String::new(), |text, (_, line)| text + line + "\n");
    let numbers: Vec<usize> = source.code().map(|(number, _)| number).collect();
    for hit in PATH.captures_iter(&code) {
        let supers = hit[1].matches("super::").count();
        if supers > 0 && supers < source.depth() {
            continue;
        }
        let at = hit.get(0).map_or(0, |m| m.start());
        let line = numbers[code[..at].matches('\n').count()];
        if hit[2].starts_with('{') {
            // A group of imports: what stands between commas at its own level.
            let mut depth = 0;
            for part in hit[2].trim_matches(['{', '}']).split_inclusive([',', '{', '}']) {
                if depth == 0
                    && let Some(name) = FIRST.captures(part)
                {
                    let used = name.get(2).map_or("", |m| m.as_str());
                    found.push((line, name[1].to_owned(), used.to_owned()));
                }
                depth += i32::from(part.ends_with('{')) - i32::from(part.ends_with('}'));
            }
        } else {
            // One name, or a group of names.
            let used = hit.get(3).map_or("", |m| m.as_str()).trim_matches(['{', '}']);
            found.extend(used.split(',').map(|used| (line, hit[2].to_owned(), used.trim().to_owned())));
        }
    }
    found
}

/// Every module has its layer, so a new one has to be thought about.
#[test]
fn every_module_has_a_layer() {
    let known: BTreeSet<&str> = LAYERS.iter().map(|(module, _)| *module).collect();
    let sources = sources();
    let modules: BTreeSet<&str> =
        sources.iter().map(Source::module).filter(|module| !["lib", "main"].contains(module)).collect();
    assert_eq!(modules, known);
}

/// No module imports one of a higher layer, nor one beside it.
#[test]
fn imports_point_downwards() {
    let layers: BTreeMap<&str, u8> = LAYERS.into();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for source in sources() {
        let Some(own) = layers.get(source.module()) else { continue };
        for (line, module, used) in references(&source) {
            let Some(layer) = layers.get(module.as_str()) else { continue };
            let edge = (source.module(), module.as_str());
            if edge.0 == edge.1 {
                continue;
            }
            seen += 1;
            let fits = layer < own || BESIDE.contains(&edge);
            let judges = edge == ("report", "rule") && !REPORT_MAY.contains(&("rule", used.as_str()))
                || edge == ("report", "contract") && !REPORT_MAY.contains(&("contract", used.as_str()));
            if !fits || NEVER.contains(&edge) || judges {
                wrong.push(format!("src/{}:{line}: {} -> {module}::{used}", source.path, edge.0));
            }
        }
    }
    assert!(seen > 100, "only {seen} imports were found: does this test still see them?");
    assert!(wrong.is_empty(), "imports that point upwards or sideways:\n{}", wrong.join("\n"));
}

/// Rules are pure: no I/O, no clock.
#[test]
fn rules_are_pure() {
    let outside = regex(r"\b(tokio|reqwest|std::(fs|net|env|process|time::(Instant|SystemTime)))\b");
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.module() == "rule") {
        for (number, line) in source.code().filter(|(_, line)| outside.is_match(line)) {
            wrong.push(format!("src/{}:{number}: {}", source.path, line.trim()));
        }
    }
    assert!(wrong.is_empty(), "rules that look beyond their transcript:\n{}", wrong.join("\n"));
}

/// Vendors are data: the code knows none of them. Examples for people may show one: in the help, and in the code of doc
/// comments.
#[test]
fn no_vendor_is_named() {
    let names: Vec<String> =
        vendors().into_iter().chain(NAMES).map(|name| regex::escape(name).replace(' ', r"\s+")).collect();
    let named = regex(&format!(r"(?i)\b({})\b", names.join("|")));
    let mut wrong = Vec::new();
    for source in sources() {
        let is_example = |line: &str| {
            line.trim_start().starts_with("///") && line.contains("Suite::builtin(")
                || source.path == "cli/args.rs" && line.contains("jobproof ")
        };
        let hits = source.lines.iter().filter(|(_, line)| named.is_match(line) && !is_example(line));
        for (number, line) in hits {
            wrong.push(format!("src/{}:{number}: {}", source.path, line.trim()));
        }
    }
    assert!(wrong.is_empty(), "vendors named outside tests:\n{}", wrong.join("\n"));
}

/// The scan itself: what is left out, and what is found.
#[test]
fn the_scan_sees_what_it_should() {
    let text = "use crate::{a, b::C, d::{e, f}};\n#[cfg(test)]\nmod tests;\nfn g() {\n    super::super::h::i();\n}\n\
                // crate::j\n#[cfg(test)]\n#[path = \"x\"]\nmod more {\n    use crate::k;\n}\nuse crate::l::m;\n\
                use crate::n::{o, p};\n";
    let (lines, modules) = without_tests(text);
    assert_eq!(modules, ["tests"]);
    let source = Source { path: "rule/x.rs".into(), lines };
    let found: Vec<String> = references(&source)
        .into_iter()
        .map(|(line, module, used)| format!("{line} {module} {used}"))
        .collect();
    assert_eq!(found, ["1 a ", "1 b C", "1 d ", "5 h i", "13 l m", "14 n o", "14 n p"]);
}
